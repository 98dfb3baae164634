use serde::{Deserialize, Serialize};

/// What has become of an offer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfferStatus {
    Open,
    Reserved,
    Booked,
    Withdrawn,
    Expired,
}

/// Where a booking stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

impl OfferStatus {
    pub const ALL: [Self; 5] = [Self::Open, Self::Reserved, Self::Booked, Self::Withdrawn, Self::Expired];

    /// As the API and the address write it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Reserved => "reserved",
            Self::Booked => "booked",
            Self::Withdrawn => "withdrawn",
            Self::Expired => "expired",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }
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

    /// As the API and the address write it.
    pub fn code(self) -> &'static str {
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

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Whether something is still on its way that ends by itself.
    pub fn is_moving(self) -> bool {
        matches!(self, Self::Reserved | Self::Voiding | Self::Refunding)
    }
}

#[cfg(feature = "ssr")]
mod server {
    use contracts::http::booking;

    use super::{BookingStatus, OfferStatus};

    impl From<booking::OfferStatus> for OfferStatus {
        fn from(status: booking::OfferStatus) -> Self {
            match status {
                booking::OfferStatus::Open => Self::Open,
                booking::OfferStatus::Reserved => Self::Reserved,
                booking::OfferStatus::Booked => Self::Booked,
                booking::OfferStatus::Withdrawn => Self::Withdrawn,
                booking::OfferStatus::Expired => Self::Expired,
            }
        }
    }

    impl From<booking::BookingStatus> for BookingStatus {
        fn from(status: booking::BookingStatus) -> Self {
            match status {
                booking::BookingStatus::Reserved => Self::Reserved,
                booking::BookingStatus::Voiding => Self::Voiding,
                booking::BookingStatus::Paid => Self::Paid,
                booking::BookingStatus::Refunding => Self::Refunding,
                booking::BookingStatus::Failed => Self::Failed,
                booking::BookingStatus::Cancelled => Self::Cancelled,
                booking::BookingStatus::Completed => Self::Completed,
                booking::BookingStatus::NoShow => Self::NoShow,
            }
        }
    }
}
