//! Each id is a type of its own, so that the compiler notices when two are mixed up.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Ids that are UUIDs.
macro_rules! uuid_ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Uuid::from_str(text).map(Self)
            }
        }
    )*};
}

uuid_ids! {
    /// A person: the `sub` of the account server's tokens.
    UserId
    /// A company. UUIDv7.
    CompanyId
    /// A dated, priced slot of a service. UUIDv7.
    OfferId
    /// Offers that were published together. UUIDv7.
    BatchId
    /// One client's try to have one offer. UUIDv7.
    BookingId
    /// An invitation to act for a company. UUIDv7.
    InvitationId
    /// One line of a person's statement. UUIDv7.
    TransactionId
}

/// A service of the catalogue; the ids are fixed by the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct ServiceId(pub i16);

impl fmt::Display for ServiceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
