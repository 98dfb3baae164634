//! A client's wallet.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::protocol::Answer;
use super::{ApiError, When};

/// What the wallet holds, and how it came to that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WalletPage {
    pub balance: String,
    /// Under which the form for a top-up does so once.
    pub top_up_key: String,
    /// Newest first.
    pub lines: Vec<LedgerLine>,
    /// The cursor of the next page.
    pub next: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    pub id: String,
    pub kind: Movement,
    pub when: When,
    /// With its sign where money moved.
    pub amount: String,
    /// An attempt that moved nothing.
    pub is_failed: bool,
    /// Why it failed, or why money came back, in words.
    pub reason: Option<String>,
    pub booking_id: Option<String>,
    /// What the wallet held after it; on the first page only.
    pub balance: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Movement {
    TopUp,
    Payment,
    Refund,
}

/// What a top-up has come to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AfterTopUp {
    pub balance: String,
}

/// Whether the form needs another key now: its own has done its work, or belongs to another amount.
pub fn uses_up_its_key(done: &Result<AfterTopUp, ApiError>) -> bool {
    match done {
        Ok(_) => true,
        Err(error) => error.code() == Some("idempotency_key_reused"),
    }
}

/// The viewer's wallet with a page of its history.
#[server(endpoint = "wallet/read", output = Answer)]
pub async fn read_wallet(cursor: String) -> Result<WalletPage, ApiError> {
    let calls = crate::gateway::signed_in()?;
    server::wallet(&calls, &cursor).await
}

/// Puts test money into the viewer's wallet, once for each `key`. A form without JavaScript comes back to where it
/// was sent from.
#[server(endpoint = "wallet/top-up", output = Answer)]
pub async fn top_up(amount: String, key: String) -> Result<AfterTopUp, ApiError> {
    let calls = crate::gateway::signed_in()?;
    server::top_up(&calls, &amount, &key).await.map_err(|error| match error {
        // It may have been done: pressed again, it must be the same one.
        ApiError::Unavailable { .. } => error.with_input(&[("amount", &amount), ("key", &key)]),
        _ => error.with_input(&[("amount", &amount)]),
    })
}

#[cfg(feature = "ssr")]
mod server {
    use contracts::format;
    use contracts::http::payment::{
        Balance, TopUp, ToppedUp, Transaction, TransactionStatus, TransactionType,
    };
    use contracts::money::{AmountInput, Money};

    use super::super::{days, offers};
    use super::*;
    use crate::gateway::Calls;

    pub async fn wallet(calls: &Calls, cursor: &str) -> Result<WalletPage, ApiError> {
        let mut query = vec![("limit", "20")];
        query.extend(Some(("cursor", cursor)).filter(|_| !cursor.is_empty()));
        let (balance, transactions) = futures::join!(
            calls.get("/customer/payment/balance").read::<Balance>(),
            calls.get("/customer/payment/transactions").query(&query).list::<Transaction>(),
        );
        let (balance, transactions) = (balance?, transactions?);
        let words = |amount| format::price(calls.lang.into(), amount, balance.currency);
        let mut balances = if cursor.is_empty() {
            running(balance.balance, &transactions.items)
                .into_iter()
                .map(Some)
                .map(|held| held.map(words))
                .collect()
        } else {
            vec![None; transactions.items.len()]
        };
        let mut balances = balances.drain(..);
        let page = transactions.map(|transaction| line(calls, transaction, balances.next().flatten()));
        Ok(WalletPage {
            balance: words(balance.balance),
            top_up_key: offers::server::new_key(),
            lines: page.items,
            next: page.next,
        })
    }

    /// What each of the newest transactions left in the wallet that now holds `balance`.
    fn running(balance: Money, newest_first: &[Transaction]) -> Vec<Money> {
        let mut held = balance;
        let held_after = newest_first.iter().map(|transaction| {
            let after = held;
            held = held - moved(transaction);
            after
        });
        held_after.collect()
    }

    /// What came into the wallet; below zero where it left.
    fn moved(transaction: &Transaction) -> Money {
        match (transaction.status, transaction.kind) {
            (TransactionStatus::Failed, _) => Money::ZERO,
            (TransactionStatus::Completed, TransactionType::Payment) => -transaction.amount,
            (TransactionStatus::Completed, TransactionType::TopUp | TransactionType::Refund) => {
                transaction.amount
            }
        }
    }

    fn line(calls: &Calls, transaction: Transaction, balance: Option<String>) -> LedgerLine {
        let plain = format::price(calls.lang.into(), transaction.amount, transaction.currency);
        let moved = moved(&transaction);
        let sign = match moved.cmp(&Money::ZERO) {
            std::cmp::Ordering::Less => "\u{2212}",
            std::cmp::Ordering::Equal => "",
            std::cmp::Ordering::Greater => "+",
        };
        let reason = transaction.reason.as_deref();
        LedgerLine {
            id: transaction.id.to_string(),
            kind: match transaction.kind {
                TransactionType::TopUp => Movement::TopUp,
                TransactionType::Payment => Movement::Payment,
                TransactionType::Refund => Movement::Refund,
            },
            when: calls.when(transaction.created_at, days::viewer_zone(calls)),
            amount: format!("{sign}{plain}"),
            is_failed: transaction.status == TransactionStatus::Failed,
            reason: reason.and_then(|reason| calls.lang.problem(reason)).map(str::to_owned),
            booking_id: transaction.booking_id.map(|id| id.to_string()),
            balance,
        }
    }

    pub async fn top_up(calls: &Calls, amount: &str, key: &str) -> Result<AfterTopUp, ApiError> {
        // People write `1 500,50`.
        let amount: String = amount.chars().filter(|character| !character.is_whitespace()).collect();
        let body = TopUp { amount: AmountInput::of_text(&amount.replace(',', ".")) };
        let done: ToppedUp = calls.post("/customer/payment/top-up").body(&body).once(key).read().await?;
        Ok(AfterTopUp { balance: format::price(calls.lang.into(), done.balance, done.currency) })
    }

    #[cfg(test)]
    mod tests {
        use contracts::ids::TransactionId;
        use contracts::money::Currency;
        use jiff::Timestamp;
        use uuid::Uuid;

        use super::*;

        #[test]
        fn the_balance_runs_back_from_now_and_failed_attempts_move_nothing() {
            use TransactionStatus::{Completed, Failed};
            use TransactionType::{Payment, Refund, TopUp};
            let transaction = |(kind, status, amount)| Transaction {
                id: TransactionId(Uuid::nil()),
                kind,
                status,
                amount: Money(amount),
                currency: Currency::Rub,
                booking_id: None,
                reason: None,
                created_at: Timestamp::UNIX_EPOCH,
            };
            let newest_first = [
                (Refund, Completed, 300),
                (Payment, Failed, 9_000),
                (Payment, Completed, 700),
                (TopUp, Completed, 1_000),
            ];
            let newest_first = newest_first.map(transaction);
            let left = [Money(600), Money(300), Money(300), Money(1_000)];
            assert_eq!(running(Money(600), &newest_first), left);
            assert_eq!(running(Money::ZERO, &[]), []);
        }
    }
}
