//! `booksvc.payment.commands`, from `booking`, and `booksvc.payment.events`, the answers; both keyed by booking id.
//!
//! Every command says whose money it is about, so that it can be carried out, or refused for ever, without
//! another one having arrived before it.

use serde::{Deserialize, Serialize};

use crate::ids::{BookingId, CompanyId, UserId};
use crate::money::{Currency, Money};

messages! {
    /// What `booking` orders. A re-sent command is a new message, so that a lost answer comes again.
    PaymentCommand on "booksvc.payment.commands" by booking_id {
        /// Take the price from the client into escrow.
        Charge(Order) = 1,
        /// See that the charge is undone if it happened, and refused if it comes later.
        VoidCharge(Order) = 1,
        /// Give part of the escrow back to the client, the rest to the company.
        Refund(Refund) = 1,
        /// Give the escrow to the company.
        Settle(Order) = 1,
    }
}

messages! {
    /// What `payment` answers. Every command is answered each time it comes.
    PaymentEvent on "booksvc.payment.events" by booking_id {
        /// The price is in escrow.
        Charged(Answer) = 1,
        /// Nothing was taken, and nothing will be.
        ChargeDeclined(ChargeDeclined) = 1,
        /// Nothing is in escrow, and nothing will be.
        ChargeVoided(Answer) = 1,
        /// The escrow was shared out.
        Refunded(Answer) = 1,
        /// The company has the money.
        Settled(Answer) = 1,
    }
}

/// Whose money a command is about, and how much.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Order {
    pub booking_id: BookingId,
    /// The client who pays.
    pub user_id: UserId,
    /// Whom he pays.
    pub company_id: CompanyId,
    /// The price.
    pub amount: Money,
    pub currency: Currency,
}

/// How the escrow is shared out; `refund` and `rest` make up the order's amount.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refund {
    pub booking_id: BookingId,
    pub user_id: UserId,
    pub company_id: CompanyId,
    /// Back to the client.
    pub refund: Money,
    /// To the company.
    pub rest: Money,
    pub currency: Currency,
}

/// An answer that says all by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    pub booking_id: BookingId,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChargeDeclined {
    pub booking_id: BookingId,
    pub reason: DeclineReason,
}

/// Why nothing was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeclineReason {
    /// The wallet holds less, or there is none.
    InsufficientFunds,
    /// The charge was voided before it came.
    Voided,
}

impl DeclineReason {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InsufficientFunds => "insufficient_funds",
            Self::Voided => "voided",
        }
    }

    /// `None` for a reason that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::InsufficientFunds, Self::Voided].into_iter().find(|reason| reason.as_str() == text)
    }
}
