//! `booksvc.company.events`: compacted, full state, keyed by company id. `booksvc.company.invitations`: letters to write,
//! keyed by invitation id, kept no longer than they count.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::http::company::{CancellationPolicy, Location, Role};
use crate::ids::{CompanyId, InvitationId, UserId};

messages! {
    /// What `company` tells the others.
    CompanyEvent on "booksvc.company.events" by company_id {
        CompanyChanged(CompanyChanged) = 1,
    }
}

/// A company as it now is, with all its members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompanyChanged {
    pub company_id: CompanyId,
    pub name: String,
    pub description: Option<String>,
    pub address: String,
    pub phone: String,
    pub email: Option<String>,
    pub location: Option<Location>,
    /// IANA name.
    pub time_zone: String,
    pub cancellation_policy: CancellationPolicy,
    pub active: bool,
    /// Where its logo is, as a path of the API.
    #[serde(default)]
    pub logo: Option<String>,
    pub members: Vec<CompanyMember>,
}

/// A person who acts for the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyMember {
    pub user_id: UserId,
    pub role: Role,
}

messages! {
    /// Invitations that `company` made.
    InvitationEvent on "booksvc.company.invitations" by invitation_id {
        InvitationMade(InvitationMade) = 1,
    }
}

/// Somebody is asked to act for a company. Its debug form tells nothing: the token is for the letter alone.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvitationMade {
    pub invitation_id: InvitationId,
    pub company_id: CompanyId,
    pub company_name: String,
    pub role: Role,
    /// Lower case.
    pub email: String,
    /// First and last name; may be empty.
    pub inviter: String,
    /// The inviter's language, for a reader of whom we know none: `ru` or `en`.
    pub locale: String,
    /// What the link carries, sealed for this invitation with the key that `company` and `notification` share; base64.
    pub sealed_token: String,
    pub expires_at: Timestamp,
}

impl std::fmt::Debug for InvitationMade {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "InvitationMade({})", self.invitation_id)
    }
}
