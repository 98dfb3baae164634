//! Where money can be.

use contracts::ids::{CompanyId, UserId};
use contracts::money::Money;
use uuid::Uuid;

/// What a wallet holds at most after a top-up. Money that comes back, and what a company earns, is not held
/// to it.
pub const LARGEST_BALANCE: Money = Money(10_000_000_000_000);

/// Whose a wallet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Client(UserId),
    Company(CompanyId),
}

/// One side of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Account {
    Wallet(Owner),
    /// What is paid for, and not yet delivered or cancelled.
    Escrow,
    /// Where test money comes from.
    Funding,
}

impl Owner {
    pub fn kind(self) -> &'static str {
        match self {
            Self::Client(_) => "client",
            Self::Company(_) => "company",
        }
    }

    pub fn id(self) -> Uuid {
        match self {
            Self::Client(UserId(id)) | Self::Company(CompanyId(id)) => id,
        }
    }
}

impl Account {
    pub fn name(self) -> &'static str {
        match self {
            Self::Wallet(owner) => owner.kind(),
            Self::Escrow => "escrow",
            Self::Funding => "funding",
        }
    }

    pub fn owner_id(self) -> Option<Uuid> {
        match self {
            Self::Wallet(owner) => Some(owner.id()),
            Self::Escrow | Self::Funding => None,
        }
    }
}
