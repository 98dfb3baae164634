//! How test money comes into a wallet, once for each key.

use contracts::http::payment::ToppedUp;
use contracts::ids::UserId;
use contracts::money::{Currency, Money};
use sqlx::PgPool;

use crate::domain::account::{LARGEST_BALANCE, Owner};
use crate::error::Error;
use crate::store::{ledger, transactions};

/// Puts `amount` into the client's wallet, which is made if there is none. The same `key` again, also at
/// the same time, answers with the transaction that it made.
///
/// # Errors
/// [`Error::IdempotencyKeyReused`], [`Error::WalletFull`], or the database is away; nothing has changed then.
pub async fn top_up(
    pool: &PgPool,
    user_id: UserId,
    amount: Money,
    key: Option<&str>,
) -> Result<ToppedUp, Error> {
    let client = Owner::Client(user_id);
    let mut transaction = pool.begin().await?;
    // The line comes before the money: its key makes those wait who came with the same one.
    let line = transactions::insert_top_up(&mut transaction, user_id, amount, key).await?;
    let transaction_id = match line {
        Some(id) => {
            ledger::fund(&mut transaction, client, amount).await?;
            id
        }
        None => {
            let made = transactions::find_by_key(&mut transaction, user_id, key).await?;
            if made.amount != amount {
                return Err(Error::IdempotencyKeyReused);
            }
            made.id
        }
    };
    let balance = ledger::balance(&mut transaction, client).await?;
    if line.is_some() && balance > LARGEST_BALANCE {
        return Err(Error::WalletFull);
    }
    transaction.commit().await?;
    Ok(ToppedUp { balance, currency: Currency::default(), transaction_id })
}
