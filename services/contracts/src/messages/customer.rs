//! `booksvc.customer.events`: compacted, full state, keyed by user id; a tombstone on erasure.

use serde::{Deserialize, Serialize};

use crate::ids::UserId;

messages! {
    /// What `customer` tells the others.
    CustomerEvent on "booksvc.customer.events" by user_id {
        CustomerChanged(CustomerChanged) = 1,
    }
}

/// A profile as it now is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerChanged {
    pub user_id: UserId,
    /// Lower case.
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    pub phone: Option<String>,
    /// `ru` or `en`.
    pub locale: String,
    /// IANA name.
    pub time_zone: String,
}
