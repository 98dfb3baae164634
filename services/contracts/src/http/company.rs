//! Companies and their members: the calls that `company` serves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{CompanyId, InvitationId, UserId};

/// `POST /company`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewCompany {
    /// 1 to 100 characters.
    #[schema(min_length = 1, max_length = 100)]
    pub name: String,
    /// 1 to 300 characters.
    #[schema(min_length = 1, max_length = 300)]
    pub address: String,
    /// At least 5 digits.
    #[schema(pattern = r"^[0-9 +().\-]{5,32}$", example = "+7 495 123-45-67")]
    pub phone: String,
    #[schema(format = Email)]
    pub email: Option<String>,
    /// At most 2000 characters.
    pub description: Option<String>,
    /// IANA name; `Europe/Moscow` unless given.
    pub time_zone: Option<String>,
    pub location: Option<Location>,
}

/// `PUT /company/{id}`; a field that is left out stays as it is, an empty text removes it where it may be missing.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
pub struct CompanyChange {
    pub name: Option<String>,
    pub address: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub description: Option<String>,
    pub time_zone: Option<String>,
    pub cancellation_policy: Option<CancellationPolicy>,
}

/// A place on earth in degrees (WGS 84). `POST /company/{id}/location`.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Location {
    /// −90 to 90.
    #[schema(minimum = -90.0, maximum = 90.0)]
    pub lat: f64,
    /// −180 to 180.
    #[schema(minimum = -180.0, maximum = 180.0)]
    pub lon: f64,
}

/// What a client gets back who cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CancellationPolicy {
    /// Until so many hours before the start everything is refunded; 0 to 720.
    #[schema(maximum = 720)]
    pub free_until_hours: u16,
    /// What is refunded later than that, in percent; 0 to 100.
    #[schema(maximum = 100)]
    pub late_refund_percent: u8,
}

impl Default for CancellationPolicy {
    fn default() -> Self {
        Self { free_until_hours: 24, late_refund_percent: 0 }
    }
}

/// What a person may do for a company; an owner may do all that a manager may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    Manager,
    Owner,
}

impl Role {
    /// `None` for a role that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "manager" => Some(Self::Manager),
            "owner" => Some(Self::Owner),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Manager => "manager",
            Self::Owner => "owner",
        }
    }
}

/// A company. `email` and `role` are there for its members only.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    pub description: Option<String>,
    pub address: String,
    pub phone: String,
    pub location: Option<Location>,
    /// IANA name.
    pub time_zone: String,
    pub cancellation_policy: CancellationPolicy,
    /// An inactive company's offers cannot be found or booked.
    pub active: bool,
    /// Grows by one with every change.
    pub revision: i64,
    /// Where its logo is, as a path; what is there never changes.
    pub logo: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The caller's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<Role>,
}

/// A person who acts for a company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    pub user_id: UserId,
    pub role: Role,
    pub since: Timestamp,
}

/// `PUT /company/{id}/members/{user}`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct MemberChange {
    /// `owner` or `manager`.
    #[schema(pattern = "^(owner|manager)$")]
    pub role: String,
}

/// `POST /company/{id}/invitations`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct NewInvitation {
    /// Where the letter goes.
    #[schema(format = Email)]
    pub email: String,
    /// `owner` or `manager`, and no more than the inviter's own.
    #[schema(pattern = "^(owner|manager)$")]
    pub role: String,
}

/// An invitation that nobody has accepted yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invitation {
    pub id: InvitationId,
    pub email: String,
    pub role: Role,
    pub invited_by: UserId,
    pub created_at: Timestamp,
    /// From then on it cannot be accepted any more.
    pub expires_at: Timestamp,
}

/// `POST /invitations/accept`.
#[derive(Clone, Serialize, Deserialize, ToSchema)]
pub struct AcceptInvitation {
    /// From the link in the letter.
    pub token: String,
}
