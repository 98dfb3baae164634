//! What can go wrong, and which answer that is.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use contracts::problem::FieldProblem;
use kit::{Problem, client, outbox, telemetry};

use crate::domain::saga::{FailReason, Refusal};

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the input is invalid")]
    Invalid(Vec<FieldProblem>),
    #[error("there is no such company")]
    NoCompany,
    #[error("the caller does not act for the company")]
    NotMember,
    #[error("there is no such offer")]
    NoOffer,
    #[error("there is no such booking")]
    NoBooking,
    #[error("the company has another offer of this service and start")]
    SameStart,
    #[error("the offer is not open")]
    NotOpen,
    #[error("the offer is not to be had")]
    NotToBeHad(NotToBeHad),
    #[error("the client has too many undecided bookings")]
    TooManyUndecided,
    #[error("the client has too many failed bookings")]
    TooManyFailed,
    #[error("the client has not verified his e-mail")]
    EmailNotVerified,
    #[error("the key named another request")]
    KeyReused,
    #[error("the booking has failed")]
    Failed(FailReason),
    #[error("the refund is not what was quoted")]
    QuoteChanged,
    #[error("the booking does not allow it")]
    RefusedBySaga(Refusal),
    #[error("too many do the same at once")]
    Busy,
    #[error("ask about a company")]
    Company(#[from] client::Error),
    #[error("ask the database")]
    Database(#[from] sqlx::Error),
    #[error("push a message")]
    Outbox(#[from] outbox::Error),
}

/// Why an offer cannot be booked (like that).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotToBeHad {
    Taken,
    Begun,
    Withdrawn,
    CompanyInactive,
    PriceChanged,
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
            Error::NoCompany => Self::not_found("there is no such company"),
            Error::NotMember => Self::forbidden("only members of the company may do this"),
            Error::NoOffer => Self::not_found("there is no such offer"),
            Error::NoBooking => Self::not_found("there is no such booking"),
            Error::SameStart => {
                let detail = "the company has another offer of this service at this time";
                Self::conflict("same_start", detail).field("datetime", "same_start", detail)
            }
            Error::NotOpen => Self::conflict("not_open", "only an open offer can be changed or withdrawn"),
            Error::NotToBeHad(reason) => not_to_be_had(reason),
            Error::TooManyUndecided => {
                Self::too_many_requests("too many of your bookings are still being decided", 5)
            }
            Error::TooManyFailed => {
                Self::too_many_requests("too many of your bookings have failed; please try again later", 600)
            }
            Error::EmailNotVerified => Self::new(
                StatusCode::FORBIDDEN,
                "email_not_verified",
                "please confirm your e-mail first, with the link in the mail that we have sent you",
            ),
            Error::KeyReused => Self::idempotency_key_reused(),
            Error::Failed(reason) => failed(reason),
            Error::QuoteChanged => Self::conflict("quote_changed", "the refund has changed"),
            Error::RefusedBySaga(refusal) => refused(refusal),
            Error::Busy => Self::unavailable(),
            Error::Company(error) => {
                tracing::warn!(error = telemetry::chain(&error), "company is away");
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

fn not_to_be_had(reason: NotToBeHad) -> Problem {
    match reason {
        NotToBeHad::Taken => Problem::conflict("offer_taken", "somebody else has this offer"),
        NotToBeHad::Begun => Problem::conflict("offer_begun", "the time of this offer has come"),
        NotToBeHad::Withdrawn => Problem::conflict("offer_withdrawn", "the company has withdrawn this offer"),
        NotToBeHad::CompanyInactive => {
            Problem::conflict("company_inactive", "the company takes no bookings at present")
        }
        NotToBeHad::PriceChanged => Problem::conflict("price_changed", "the price has changed"),
    }
}

/// What older clients read is the sentence of the first kind.
fn failed(reason: FailReason) -> Problem {
    use contracts::messages::payment::DeclineReason;
    match reason {
        FailReason::Declined(DeclineReason::InsufficientFunds) => {
            Problem::unprocessable("insufficient_funds", "insufficient funds")
        }
        FailReason::Declined(DeclineReason::Voided) => {
            Problem::unprocessable("voided", "the payment was cancelled")
        }
        FailReason::TimedOut => {
            Problem::unprocessable("timed_out", "the payment was not confirmed in time; nothing was charged")
        }
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Begun => Problem::conflict("begun", "the visit has begun"),
        Refusal::NotBegun => Problem::conflict("not_begun", "the visit has not begun yet"),
        Refusal::NotPaid => Problem::conflict("not_paid", "the booking is not paid"),
        Refusal::Over => Problem::conflict("over", "the booking has ended, or is ending, in another way"),
    }
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
