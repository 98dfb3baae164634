//! `booksvc.booking.events`: what happens to offers and to their bookings, keyed by offer id.
//!
//! The envelope's revision is the offer's.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::booking::{BookingStatus, OfferStatus};
use crate::http::company::{CancellationPolicy, Location};
use crate::ids::{BookingId, CompanyId, OfferId, ServiceId, UserId};
use crate::money::{Currency, Money};

messages! {
    /// What `booking` tells the others.
    BookingEvent on "booksvc.booking.events" by offer_id {
        /// Published, changed, withdrawn or expired.
        OfferChanged(OfferChanged) = 1,
        BookingReserved(BookingChanged) = 1,
        BookingVoiding(BookingChanged) = 1,
        BookingPaid(BookingChanged) = 1,
        BookingRefunding(BookingChanged) = 1,
        BookingFailed(BookingChanged) = 1,
        BookingCancelled(BookingChanged) = 1,
        BookingCompleted(BookingChanged) = 1,
        BookingNoShow(BookingChanged) = 1,
        /// A mail about it went out.
        BookingNotified(BookingChanged) = 1,
    }
}

/// An offer as it now is, outside of any booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferChanged {
    pub offer_id: OfferId,
    pub company_id: CompanyId,
    pub service_id: ServiceId,
    pub starts_at: Timestamp,
    pub duration_min: i32,
    pub price: Money,
    pub currency: Currency,
    pub status: OfferStatus,
}

/// A booking as it now is, with all that a mail or a page says of it but addresses.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookingChanged {
    pub booking_id: BookingId,
    pub offer_id: OfferId,
    pub status: BookingStatus,
    /// The booking's own; the envelope has the offer's.
    pub booking_revision: i64,
    /// The offer's status beside it.
    pub offer_status: OfferStatus,
    pub client_id: UserId,
    pub company: BookedCompany,
    pub service: BookedService,
    pub starts_at: Timestamp,
    pub duration_min: i32,
    pub price: Money,
    pub currency: Currency,
    /// Why it failed or was cancelled; a stable name for programs.
    pub reason: Option<String>,
    /// What the person who cancelled wrote, on any number of lines; only of a booking that has just become cancelled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<String>,
    /// What the client got back; only of a cancelled booking that had been paid.
    pub refund: Option<Money>,
    /// Everybody who acted for the company when the booking came to be paid, failed or cancelled; empty in
    /// other states.
    pub member_ids: Vec<UserId>,
}

/// The company as it was when the booking was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BookedCompany {
    pub id: CompanyId,
    pub name: String,
    pub address: String,
    pub phone: String,
    pub location: Option<Location>,
    /// IANA name.
    pub time_zone: String,
    pub cancellation_policy: CancellationPolicy,
}

/// A service with its names, so that nobody else needs the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookedService {
    pub id: ServiceId,
    pub name_ru: String,
    pub name_en: String,
}
