//! `bookings`: clients' tries to have offers, and how they ended.
//!
//! Whoever changes a row has locked its offer too: that is what makes the order of the outbox the history of
//! the offer.

use contracts::ids::{BookingId, OfferId, ServiceId, UserId};
use contracts::messages::booking::BookedCompany;
use contracts::money::{Currency, Money};
use jiff::Timestamp;
use sqlx::types::Json;
use uuid::Uuid;

use super::impossible;
use crate::domain::catalogue;
use crate::domain::saga::{State, Visit};

pub use change::{Fate, HeldOffer, Locked, Whose, has_unsent, lock, save};
pub use claim::{Claim, Standing, claim, standing, take_turn};
pub use read::{
    AfterVisit, Before, Filter, Undecided, decided, due, find, held_by, of_client, of_company, undecided,
};

/// The booking's columns of a row that holds others too; its state, where the row leaves it out.
macro_rules! row {
    ($row:ident) => {
        row!($row, $row.status, $row.reason, $row.refund)
    };
    ($row:ident, $status:expr, $reason:expr, $refund:expr) => {
        Row {
            id: $row.id,
            offer_id: $row.offer_id,
            client_id: $row.client_id,
            service_id: $row.service_id,
            starts_at: $row.starts_at,
            duration_min: $row.duration_min,
            price: $row.price,
            currency: $row.currency,
            company: $row.company,
            status: $status,
            reason: $reason,
            refund: $refund,
            expected_price: $row.expected_price,
            created_at: $row.created_at,
            revision: $row.revision,
        }
    };
}

/// An offer becomes a booking.
mod claim;

/// A locked booking is brought forward.
mod change;

/// Bookings that are only looked at.
mod read;

/// A booking with what was agreed on when it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking {
    pub id: BookingId,
    pub offer_id: OfferId,
    pub client_id: UserId,
    pub service: &'static catalogue::Service,
    pub visit: Visit,
    pub price: Money,
    pub currency: Currency,
    pub company: BookedCompany,
    pub state: State,
    pub expected_price: Option<Money>,
    pub created_at: Timestamp,
    pub revision: i64,
}

struct Row {
    id: Uuid,
    offer_id: Uuid,
    client_id: Uuid,
    service_id: i16,
    starts_at: jiff_sqlx::Timestamp,
    duration_min: i32,
    price: i64,
    currency: String,
    company: Json<BookedCompany>,
    status: String,
    reason: Option<String>,
    refund: Option<i64>,
    expected_price: Option<i64>,
    created_at: jiff_sqlx::Timestamp,
    revision: i64,
}

impl TryFrom<Row> for Booking {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let state = State::from_columns(&row.status, row.reason.as_deref(), row.refund.map(Money));
        Ok(Self {
            id: BookingId(row.id),
            offer_id: OfferId(row.offer_id),
            client_id: UserId(row.client_id),
            service: catalogue::find(ServiceId(row.service_id))
                .ok_or_else(|| impossible("bookings.service_id"))?,
            visit: Visit { starts_at: row.starts_at.to_jiff(), duration_min: row.duration_min },
            price: Money(row.price),
            currency: Currency::parse(&row.currency).ok_or_else(|| impossible("bookings.currency"))?,
            company: row.company.0,
            state: state.ok_or_else(|| impossible("bookings.status"))?,
            expected_price: row.expected_price.map(Money),
            created_at: row.created_at.to_jiff(),
            revision: row.revision,
        })
    }
}
