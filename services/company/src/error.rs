//! What can go wrong, and which answer that is.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::problem::FieldProblem;
use kit::input::Invalid;
use kit::{Problem, outbox, seal, telemetry};

use crate::domain::logo::NoLogo;
use crate::domain::members::Refusal;

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the input is invalid")]
    Invalid(Vec<FieldProblem>),
    #[error("there is no such company")]
    NotFound,
    #[error("the caller is no member")]
    NotAMember,
    #[error("the company stays as it is")]
    Refused(#[from] Refusal),
    #[error("the database does not know the time zone")]
    UnknownTimeZone,
    #[error("the company has no logo")]
    NoLogo,
    #[error("the file is too large")]
    FileTooLarge,
    #[error("the file did not arrive whole")]
    FileBroken,
    #[error("the file is no logo")]
    File(#[from] NoLogo),
    #[error("the image broke its reader")]
    Unreadable,
    #[error("too many images at once")]
    Busy,
    #[error("seal a token")]
    Seal(#[from] seal::Broken),
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
            Error::NotFound => Self::not_found("there is no such company"),
            Error::NotAMember => Self::forbidden("only members of the company may do this"),
            Error::Refused(Refusal::OwnersOnly) => {
                Self::forbidden("only an owner of the company may do this")
            }
            Error::Refused(Refusal::NoSuchMember) => Self::not_found("the company has no such member"),
            Error::Refused(Refusal::LastOwner) => Self::conflict(
                "last_owner",
                "the company would have no owner; please make somebody else one first",
            ),
            Error::Refused(Refusal::AboveOwnRole) => {
                Self::forbidden("an invitation cannot give more than you may do yourself")
            }
            Error::Refused(Refusal::TooManyInvitations) => Self::conflict(
                "too_many_invitations",
                "too many invitations of the company are out; please withdraw some first",
            ),
            Error::Refused(Refusal::InvitedTooOften) => Self::too_many_requests(
                "too many invitations were sent within a day; please try again tomorrow",
                60 * 60,
            ),
            Error::Refused(Refusal::AlreadyInvited) => {
                let (code, detail) = ("already_invited", "has an invitation already");
                Self::conflict(code, format!("this address {detail}")).field("email", code, detail)
            }
            Error::Refused(Refusal::NoSuchInvitation) => Self::not_found("there is no such invitation"),
            Error::Refused(Refusal::InvitationUsed) => {
                Self::conflict("invitation_used", "the invitation was accepted before")
            }
            Error::Refused(Refusal::InvitationRevoked) => {
                Self::conflict("invitation_withdrawn", "the invitation was withdrawn")
            }
            Error::Refused(Refusal::InvitationExpired) => {
                Self::conflict("invitation_expired", "the invitation is too old; please ask for a new one")
            }
            Error::Refused(Refusal::InviterGone) => Self::conflict(
                "inviter_gone",
                "whoever invited you may not do so any more; please ask for a new invitation",
            ),
            Error::UnknownTimeZone => {
                let unknown =
                    Invalid::new("unknown_time_zone", "must be a time zone that our database knows");
                Self::invalid_fields(vec![unknown.of("time_zone")])
            }
            Error::NoLogo => Self::not_found("the company has no logo"),
            Error::FileTooLarge => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the file is larger than 2 MiB")
            }
            Error::FileBroken => Self::bad_request("unreadable", "the file did not arrive whole"),
            Error::File(NoLogo::OtherFormat) => Self::new(
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "not_an_image",
                "the file must be PNG, JPEG or WebP",
            ),
            Error::File(NoLogo::Unusable(why)) => Self::invalid_fields(vec![why.of("file")]),
            Error::Unreadable => Self::internal(),
            Error::Busy => Self::unavailable(),
            Error::Seal(error) => {
                tracing::error!(error = telemetry::chain(&error), "token cannot be sealed");
                Self::internal()
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

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
