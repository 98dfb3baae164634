//! `wallets` and `ledger_entries`: where all money is.
//!
//! Nothing outside this file changes a balance, and nothing in it does so without the two entries of a
//! transfer: what leaves one account reaches another. So all entries sum to zero, and a wallet holds the
//! sum of its entries. Escrow and funding have no balance; they are the sums of theirs.

use contracts::ids::BookingId;
use contracts::money::Money;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::account::{Account, Owner};

/// What the wallet holds; nothing where there is none.
pub async fn balance(connection: &mut PgConnection, owner: Owner) -> sqlx::Result<Money> {
    let balance = sqlx::query_scalar!(
        "select balance
         from wallets
         where owner_kind = $1 and owner_id = $2",
        owner.kind(),
        owner.id(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(balance.map_or(Money::ZERO, Money))
}

/// Makes an empty wallet. False when there is one.
pub async fn open_wallet(connection: &mut PgConnection, owner: Owner) -> sqlx::Result<bool> {
    let opened = sqlx::query!(
        "insert into wallets (owner_kind, owner_id)
         values ($1, $2)
         on conflict do nothing",
        owner.kind(),
        owner.id(),
    )
    .execute(connection)
    .await?;
    Ok(opened.rows_affected() == 1)
}

/// Test money: from funding into a wallet, which is made if there is none.
pub async fn fund(connection: &mut PgConnection, to: Owner, amount: Money) -> sqlx::Result<()> {
    credit(connection, to, amount).await?;
    enter(connection, Account::Funding, Account::Wallet(to), amount, None).await
}

/// From a wallet into escrow. False, and nothing has moved, when the wallet holds less, or there is none. Every charge
/// comes here, so it is one statement.
pub async fn hold(
    connection: &mut PgConnection,
    booking_id: BookingId,
    from: Owner,
    amount: Money,
) -> sqlx::Result<bool> {
    let (wallet, escrow) = (Account::Wallet(from), Account::Escrow);
    let entered = sqlx::query!(
        "with debited as (
             update wallets
             set balance = balance - $3
             where owner_kind = $1 and owner_id = $2
               and balance >= $3
             returning owner_id
         )
         insert into ledger_entries (transfer_id, booking_id, account, owner_id, amount)
         select $4, $5, entry.account, entry.owner_id, entry.amount
         from debited
         cross join (values ($6, $7::uuid, -$3::bigint), ($8, $9::uuid, $3)) as entry (account, owner_id, amount)",
        from.kind(),
        from.id(),
        amount.0,
        Uuid::now_v7(),
        booking_id.0,
        wallet.name(),
        wallet.owner_id(),
        escrow.name(),
        escrow.owner_id(),
    )
    .execute(connection)
    .await?;
    Ok(entered.rows_affected() == 2)
}

/// From escrow into a wallet, which is made if there is none.
pub async fn release(
    connection: &mut PgConnection,
    booking_id: BookingId,
    to: Owner,
    amount: Money,
) -> sqlx::Result<()> {
    credit(connection, to, amount).await?;
    enter(connection, Account::Escrow, Account::Wallet(to), amount, Some(booking_id)).await
}

async fn credit(connection: &mut PgConnection, owner: Owner, amount: Money) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into wallets as wallet (owner_kind, owner_id, balance)
         values ($1, $2, $3)
         on conflict (owner_kind, owner_id) do update
         set balance = wallet.balance + excluded.balance",
        owner.kind(),
        owner.id(),
        amount.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes both entries of a transfer.
async fn enter(
    connection: &mut PgConnection,
    from: Account,
    to: Account,
    amount: Money,
    booking_id: Option<BookingId>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into ledger_entries (transfer_id, booking_id, account, owner_id, amount)
         values ($1, $2, $3, $4, -$7::bigint),
                ($1, $2, $5, $6, $7)",
        Uuid::now_v7(),
        booking_id.map(|id| id.0),
        from.name(),
        from.owner_id(),
        to.name(),
        to.owner_id(),
        amount.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}
