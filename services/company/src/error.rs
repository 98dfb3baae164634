//! What can go wrong, and which answer that is.

use axum::response::{IntoResponse, Response};
use contracts::problem::FieldProblem;
use kit::{Problem, outbox, telemetry};

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
