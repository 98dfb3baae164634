//! The catalogue, offers and bookings: the calls that `booking` serves.

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::http::company::{CancellationPolicy, Location};
use crate::ids::{BatchId, BookingId, CompanyId, OfferId, ServiceId, UserId};
use crate::money::{AmountInput, Currency, Money};

/// A line of `GET /booking/services`, named in the language of `Accept-Language`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Service {
    pub id: ServiceId,
    pub parent_id: Option<ServiceId>,
    pub name: String,
}

/// `POST /company/{id}/offers`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewOffer {
    pub service_id: ServiceId,
    pub price: AmountInput,
    /// RFC 3339 with an offset, in the future.
    #[schema(format = DateTime)]
    pub datetime: String,
    /// 5 to 1440; 60 unless given.
    #[schema(minimum = 5, maximum = 1440)]
    pub duration_min: Option<i32>,
    /// At most 2000 characters.
    pub description: Option<String>,
}

/// `PUT /company/{id}/offers/{offer}`; a field that is left out stays as it is.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct OfferChange {
    pub service_id: Option<ServiceId>,
    pub price: Option<AmountInput>,
    #[schema(format = DateTime)]
    pub datetime: Option<String>,
    #[schema(minimum = 5, maximum = 1440)]
    pub duration_min: Option<i32>,
    pub description: Option<String>,
}

/// `POST /company/{id}/offers/batch`: a week that repeats over a range of dates, on the venue's clock.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewOfferBatch {
    pub service_id: ServiceId,
    pub price: AmountInput,
    /// 5 to 1440; 60 unless given.
    #[schema(minimum = 5, maximum = 1440)]
    pub duration_min: Option<i32>,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// The first date, such as `2026-12-01`.
    #[schema(format = Date)]
    pub from: String,
    /// The last date.
    #[schema(format = Date)]
    pub to: String,
    /// What begins when in a week; at most 10 000 offers in the whole range.
    pub weekly: Vec<DaySlots>,
    /// Only say what would be published.
    pub dry_run: Option<bool>,
}

/// What begins on a day of the week.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct DaySlots {
    pub weekday: Weekday,
    /// `HH:MM`.
    #[schema(pattern = "^([01][0-9]|2[0-3]):[0-5][0-9]$")]
    pub times: Vec<String>,
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// What came, or would come, of a [`NewOfferBatch`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct OfferBatch {
    /// Names these offers in `GET /company/{id}/offers`; missing after a dry run.
    pub batch_id: Option<BatchId>,
    /// How many offers were published, or would be.
    pub created: usize,
    /// What of the plan was left out, in its order.
    pub conflicts: Vec<BatchConflict>,
    /// When the offers would begin, in order; only of a dry run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub starts: Vec<Timestamp>,
}

/// A slot of a plan that did not become an offer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BatchConflict {
    /// On the venue's calendar.
    pub date: Date,
    /// On the venue's clock, `HH:MM`.
    pub time: String,
    pub reason: BatchConflictReason,
}

/// Why a slot of a plan did not become an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BatchConflictReason {
    /// The company has another offer of this service and start.
    SameStart,
    InThePast,
    /// The clock is put forward over it that night.
    NoSuchTime,
}

/// A line of `GET /customer/offers/summary`: what a search finds of one service.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServiceSummary {
    pub service_id: ServiceId,
    pub parent_id: Option<ServiceId>,
    pub service_name: String,
    pub offers: i64,
    /// The first day that has one, on its venue's calendar.
    pub first_day: Date,
}

/// `GET /company/{id}/summary`: one week on the venue's calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CompanySummary {
    /// ISO 8601, such as `2026-W49`.
    pub week: String,
    /// When the week begins, and when the next one does.
    pub from: Timestamp,
    pub to: Timestamp,
    pub time_zone: String,
    /// Offers of the week that were not withdrawn.
    pub offers: i64,
    /// Those of them that somebody has.
    pub booked: i64,
    /// `booked` of `offers` in whole percent; missing when there are no offers.
    pub fill_rate_percent: Option<i64>,
    /// Visits that are paid: to come, completed, and those to which nobody came.
    pub visits: i64,
    /// Of these visits, and what of cancelled ones was not refunded.
    pub revenue: Money,
    pub currency: Currency,
}

/// What has become of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OfferStatus {
    /// Anybody may book it.
    Open,
    /// Somebody's booking is being decided.
    Reserved,
    /// Somebody has it.
    Booked,
    /// The company took it back.
    Withdrawn,
    /// Its time came and nobody had it.
    Expired,
}

impl OfferStatus {
    pub const ALL: [Self; 5] = [Self::Open, Self::Reserved, Self::Booked, Self::Withdrawn, Self::Expired];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reserved => "reserved",
            Self::Booked => "booked",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    /// `None` for a status that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A dated, priced slot of a service.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Offer {
    pub id: OfferId,
    pub company_id: CompanyId,
    pub company_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    /// When it begins, in UTC.
    pub datetime: Timestamp,
    pub duration_min: i32,
    pub price: Money,
    pub currency: Currency,
    /// Of the venue; IANA name.
    pub time_zone: String,
    pub status: OfferStatus,
    pub description: Option<String>,
    pub location: Option<Location>,
    /// Grows by one with every change.
    pub revision: i64,
}

/// `GET /offers/{id}`: an offer with its company's public part.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferDetail {
    #[serde(flatten)]
    pub offer: Offer,
    pub company: OfferCompany,
}

/// Who offers it, and where.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct OfferCompany {
    pub id: CompanyId,
    pub name: String,
    pub description: Option<String>,
    pub address: String,
    pub phone: String,
    pub location: Option<Location>,
    pub time_zone: String,
    pub cancellation_policy: CancellationPolicy,
    pub active: bool,
    /// Where its logo is, as a path; what is there never changes.
    pub logo: Option<String>,
}

/// The body of `POST /customer/offer/{id}/book`; all of it may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct BookRequest {
    /// The price that the client saw; another one now is a 409 `price_changed`.
    pub expected_price: Option<AmountInput>,
}

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum BookingStatus {
    /// The offer is held, the charge is on its way.
    Reserved,
    /// It can no longer become paid; a charge that may have happened is being cancelled.
    Voiding,
    Paid,
    /// Cancelled, and the money is on its way back.
    Refunding,
    Failed,
    Cancelled,
    Completed,
    NoShow,
}

impl BookingStatus {
    pub const ALL: [Self; 8] = [
        Self::Reserved,
        Self::Voiding,
        Self::Paid,
        Self::Refunding,
        Self::Failed,
        Self::Cancelled,
        Self::Completed,
        Self::NoShow,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Voiding => "voiding",
            Self::Paid => "paid",
            Self::Refunding => "refunding",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
        }
    }

    /// `None` for a status that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }
}

/// A client's booking of an offer, with what was agreed on when he made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Booking {
    pub id: BookingId,
    pub offer_id: OfferId,
    pub company_id: CompanyId,
    pub company_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub datetime: Timestamp,
    pub duration_min: i32,
    pub price: Money,
    pub currency: Currency,
    pub time_zone: String,
    pub status: BookingStatus,
    /// Why it failed or was cancelled, such as `insufficient_funds`; a stable name for programs.
    pub reason: Option<String>,
    pub created_at: Timestamp,
    /// Grows by one with every change.
    pub revision: i64,
}

/// `GET /customer/bookings/{id}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct BookingDetail {
    #[serde(flatten)]
    pub booking: Booking,
    /// Of the company, when the booking was made.
    pub address: String,
    pub phone: String,
    pub location: Option<Location>,
    pub timeline: Vec<TimelineEntry>,
}

/// Something that happened to a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TimelineEntry {
    pub at: Timestamp,
    /// A [`BookingStatus`], or `notified` for a mail about it that went out, `reminded` for one that reminds of the visit.
    pub status: String,
    pub actor: Actor,
    /// Why, in the person's own words where he gave some, else a stable name such as `insufficient_funds`; for a
    /// mail, who got it: `client` or `company`.
    pub detail: Option<String>,
}

/// Who made something happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    Client,
    Company,
    System,
}

impl Actor {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Company => "company",
            Self::System => "system",
        }
    }

    /// `None` for an actor that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Client, Self::Company, Self::System].into_iter().find(|actor| actor.as_str() == text)
    }
}

/// A line of `GET /customer/offers/my`: an offer that the caller holds or has bought.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MyOffer {
    /// The offer's.
    pub id: OfferId,
    pub booking_id: BookingId,
    pub company_id: CompanyId,
    pub company_name: String,
    pub service_id: ServiceId,
    pub service_name: String,
    pub datetime: Timestamp,
    pub duration_min: i32,
    pub price: Money,
    pub currency: Currency,
    pub time_zone: String,
    /// `reserved` or `paid`.
    pub status: BookingStatus,
    pub revision: i64,
}

/// `GET /customer/bookings/{id}/cancellation`: what would be refunded by the policy that the booking was made
/// under.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CancellationQuote {
    pub refund: Money,
    pub price: Money,
    pub currency: Currency,
    /// Until then everything is refunded.
    pub free_until: Timestamp,
}

/// The body of a cancel; all of it may be left out.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct CancelRequest {
    /// Why, in the person's own words; at most 500 characters.
    pub reason: Option<String>,
    /// The refund that the client was quoted; another one now is a 409 `quote_changed`.
    pub expected_refund: Option<AmountInput>,
}

/// A booking as the company sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompanyBooking {
    #[serde(flatten)]
    pub booking: Booking,
    /// Missing until the client is known here, which takes a moment at most.
    pub client: Option<Client>,
}

/// Who comes, and how to reach him.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Client {
    pub id: UserId,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    pub phone: Option<String>,
}

/// `GET /company/{id}/bookings/{booking}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CompanyBookingDetail {
    #[serde(flatten)]
    pub booking: CompanyBooking,
    pub timeline: Vec<TimelineEntry>,
}
