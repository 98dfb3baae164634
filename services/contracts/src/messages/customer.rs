//! `booksvc.customer.events`: compacted, full state, keyed by user id; a tombstone on erasure.

use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};

use super::Message;
use crate::ids::UserId;

/// What `customer` tells the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CustomerEvent {
    CustomerChanged(CustomerChanged),
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

impl Message for CustomerEvent {
    const TOPIC: &'static str = "booksvc.customer.events";

    fn kind(&self) -> &'static str {
        match self {
            Self::CustomerChanged(_) => "CustomerChanged",
        }
    }

    fn schema(&self) -> i16 {
        match self {
            Self::CustomerChanged(_) => 1,
        }
    }

    fn key(&self) -> String {
        match self {
            Self::CustomerChanged(customer) => customer.user_id.to_string(),
        }
    }

    fn payload(&self) -> serde_json::Result<Box<RawValue>> {
        match self {
            Self::CustomerChanged(customer) => to_raw_value(customer),
        }
    }

    fn parse(kind: &str, payload: &RawValue) -> serde_json::Result<Option<Self>> {
        match kind {
            "CustomerChanged" => serde_json::from_str(payload.get()).map(Self::CustomerChanged).map(Some),
            _ => Ok(None),
        }
    }
}
