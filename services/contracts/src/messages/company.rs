//! `booksvc.company.events`: compacted, full state, keyed by company id.

use serde::{Deserialize, Serialize};

use crate::http::company::{CancellationPolicy, Location, Role};
use crate::ids::{CompanyId, UserId};

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
    pub members: Vec<CompanyMember>,
}

/// A person who acts for the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyMember {
    pub user_id: UserId,
    pub role: Role,
}
