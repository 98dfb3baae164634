//! What can go wrong, and which answer that is.

use axum::response::{IntoResponse, Response};
use contracts::problem::FieldProblem;
use kit::{Problem, client, telemetry};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the input is invalid")]
    Invalid(Vec<FieldProblem>),
    #[error("the idempotency key was used for another amount")]
    IdempotencyKeyReused,
    #[error("the wallet would hold more than a wallet may")]
    WalletFull,
    #[error("the caller may not see the company's money")]
    NotMember,
    #[error("there is no such company")]
    NoCompany,
    #[error("ask about a company")]
    Company(#[from] client::Error),
    #[error("ask the database")]
    Database(#[from] sqlx::Error),
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
            Error::IdempotencyKeyReused => Self::idempotency_key_reused(),
            Error::WalletFull => {
                let detail = "the wallet cannot hold that much more";
                Self::unprocessable("wallet_full", detail).field("amount", "wallet_full", detail)
            }
            Error::NotMember => Self::forbidden("only members of the company may see this"),
            Error::NoCompany => Self::not_found("there is no such company"),
            Error::Company(error) => {
                tracing::warn!(error = telemetry::chain(&error), "company is away");
                Self::unavailable()
            }
            Error::Database(error) => Self::of_database(&error),
        }
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
