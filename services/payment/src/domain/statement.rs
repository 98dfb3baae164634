//! What a client reads about his bookings' money.

use contracts::money::Money;

/// What a booking adds to the statement of its client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// The price was taken.
    Paid,
    /// The wallet did not hold the price.
    Declined,
    /// So much came back.
    Refunded { refund: Money, reason: RefundReason },
}

/// Why money came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundReason {
    /// The booking came to nothing after it had been paid.
    Voided,
    /// Somebody cancelled it.
    Cancelled,
}

impl RefundReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Voided => "voided",
            Self::Cancelled => "cancelled",
        }
    }
}
