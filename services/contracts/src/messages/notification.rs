//! `booksvc.notification.events`, keyed by booking id.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{BookingId, UserId};

messages! {
    /// What `notification` tells the others.
    NotificationEvent on "booksvc.notification.events" by booking_id {
        MailSent(MailSent) = 1,
    }
}

/// The mail server has taken a mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailSent {
    pub booking_id: BookingId,
    pub outcome: Outcome,
    pub audience: Audience,
    pub user_id: UserId,
    pub sent_at: Timestamp,
}

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Paid,
    Failed,
    Cancelled,
    /// The visit is a day away.
    #[serde(rename = "reminder_24h")]
    Reminder24h,
    /// The visit is two hours away.
    #[serde(rename = "reminder_2h")]
    Reminder2h,
}

impl Outcome {
    pub const ALL: [Self; 5] =
        [Self::Paid, Self::Failed, Self::Cancelled, Self::Reminder24h, Self::Reminder2h];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Paid => "paid",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
            Self::Reminder24h => "reminder_24h",
            Self::Reminder2h => "reminder_2h",
        }
    }

    /// Whether it reminds of a visit, and tells nothing new.
    pub fn is_reminder(self) -> bool {
        match self {
            Self::Reminder24h | Self::Reminder2h => true,
            Self::Paid | Self::Failed | Self::Cancelled => false,
        }
    }

    /// `None` for an outcome that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// To whom a mail speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    Client,
    Company,
}

impl Audience {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Company => "company",
        }
    }

    /// `None` for an audience that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Client, Self::Company].into_iter().find(|audience| audience.as_str() == text)
    }
}
