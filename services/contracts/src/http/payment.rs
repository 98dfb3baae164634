//! Wallets and statements: the calls that `payment` serves.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::ids::{BookingId, TransactionId};
use crate::money::{AmountInput, Currency, Money};

/// `GET /customer/payment/balance`, and the answer of `POST /customer/payment/create-account`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Balance {
    pub balance: Money,
    pub currency: Currency,
}

/// `POST /customer/payment/top-up`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct TopUp {
    pub amount: AmountInput,
}

/// The answer of `POST /customer/payment/top-up`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ToppedUp {
    pub balance: Money,
    pub currency: Currency,
    pub transaction_id: TransactionId,
}

/// What kind of movement a line of a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionType {
    TopUp,
    Payment,
    Refund,
}

impl TransactionType {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TopUp => "top_up",
            Self::Payment => "payment",
            Self::Refund => "refund",
        }
    }

    /// `None` for a type that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::TopUp, Self::Payment, Self::Refund].into_iter().find(|kind| kind.as_str() == text)
    }
}

/// Whether money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TransactionStatus {
    Completed,
    /// An attempt that moved nothing.
    Failed,
}

impl TransactionStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Completed => "completed",
            Self::Failed => "failed",
        }
    }

    /// `None` for a status that there is not.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Completed, Self::Failed].into_iter().find(|status| status.as_str() == text)
    }
}

/// A line of `GET /customer/payment/transactions`, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Transaction {
    pub id: TransactionId,
    #[serde(rename = "type")]
    pub kind: TransactionType,
    pub status: TransactionStatus,
    /// Always above zero; the type tells the direction.
    pub amount: Money,
    pub currency: Currency,
    pub booking_id: Option<BookingId>,
    /// Why it failed, or why money came back; a stable name for programs, such as `insufficient_funds`.
    pub reason: Option<String>,
    pub created_at: Timestamp,
}
