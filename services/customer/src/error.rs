//! What can go wrong, and which answer that is.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::problem::FieldProblem;
use kit::{Problem, caller, mail, outbox, telemetry};

use crate::domain::phone::Check;
use crate::keycloak;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the input is invalid")]
    Invalid(Vec<FieldProblem>),
    #[error("the account server refuses the input")]
    Refused(keycloak::Refusal),
    #[error("the e-mail is taken")]
    EmailTaken,
    #[error("too many registrations from one network")]
    TooManyRegistrations { retry_after_seconds: u64 },
    #[error("e-mail and password do not belong together")]
    WrongCredentials,
    #[error("the new account takes no log-in for a moment")]
    LogInBlocked,
    #[error("the refresh token does not count")]
    StaleRefreshToken,
    #[error("the token's account has no e-mail")]
    NoEmail,
    #[error("the account is gone")]
    AccountGone,
    #[error("the last verification mail is not a minute old")]
    MailSentLately { retry_after_seconds: u64 },
    #[error("the last code is not a minute old")]
    CodeSentLately { retry_after_seconds: u64 },
    #[error("the code does not show whose phone it is")]
    CodeRefused(Check),
    #[error("verify a token")]
    Token(#[from] caller::Error),
    #[error("ask the account server")]
    Keycloak(#[from] keycloak::Error),
    #[error("send a mail")]
    Mail(#[from] mail::Error),
    #[error("ask the database")]
    Database(#[from] sqlx::Error),
    #[error("push a message")]
    Outbox(#[from] outbox::Error),
}

impl From<Vec<FieldProblem>> for Error {
    fn from(fields: Vec<FieldProblem>) -> Self {
        Self::Invalid(fields)
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid(fields) => Self::invalid_fields(fields),
            Error::Refused(refusal) => refuse(&refusal),
            Error::EmailTaken => {
                Self::conflict("not_possible", "an account cannot be opened with this e-mail")
            }
            Error::TooManyRegistrations { retry_after_seconds } => {
                Self::too_many_requests("too many registrations; please try again later", retry_after_seconds)
            }
            Error::WrongCredentials => Self::unauthorized("wrong e-mail or password"),
            Error::StaleRefreshToken => Self::unauthorized("the refresh token is used, expired or not valid"),
            Error::NoEmail => Self::forbidden("the account has no e-mail"),
            Error::AccountGone => Self::unauthorized("the account does not exist any more"),
            Error::MailSentLately { retry_after_seconds } => {
                Self::too_many_requests("a mail was sent less than a minute ago", retry_after_seconds)
            }
            Error::CodeSentLately { retry_after_seconds } => {
                Self::too_many_requests("a code was sent less than a minute ago", retry_after_seconds)
            }
            Error::CodeRefused(check) => refuse_code(check),
            Error::Token(error) => error.into(),
            Error::Keycloak(keycloak::Error::Unexpected { .. }) => {
                tracing::error!(error = telemetry::chain(&error), "account server answers as it should not");
                Self::internal()
            }
            Error::Keycloak(keycloak::Error::Unavailable { .. } | keycloak::Error::Busy { .. })
            | Error::LogInBlocked => {
                tracing::warn!(error = telemetry::chain(&error), "account server is away or busy");
                Self::unavailable()
            }
            Error::Mail(_) => {
                tracing::warn!(error = telemetry::chain(&error), "mail server is away");
                Self::unavailable()
            }
            Error::Database(error) | Error::Outbox(outbox::Error::Database(error)) => {
                Self::of_database(&error)
            }
            Error::Outbox(outbox::Error::Serialize(_)) => {
                tracing::error!(error = telemetry::chain(&error), "message cannot be written");
                Self::internal()
            }
        }
    }
}

/// Never in the account server's words.
fn refuse(refusal: &keycloak::Refusal) -> Problem {
    let detail = "is not accepted";
    if refusal.fields.is_empty() {
        return Problem::invalid("an account cannot be like this");
    }
    let fields = refusal.fields.iter().map(|field| FieldProblem {
        field: (*field).to_owned(),
        code: "refused".to_owned(),
        detail: detail.to_owned(),
    });
    Problem::invalid_fields(fields.collect())
}

fn refuse_code(check: Check) -> Problem {
    let (code, detail) = match check {
        Check::Wrong | Check::Right => ("wrong_code", "the code is wrong"),
        Check::NotSent => ("no_code", "no code is on its way to this phone; please ask for one"),
        Check::Expired => ("expired", "the code has expired; please ask for a new one"),
        Check::TooManyTries => ("too_many_tries", "too many wrong codes; please ask for a new one"),
    };
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail).field("code", code, detail)
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
