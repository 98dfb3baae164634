//! `wallets` and `ledger_entries`: where all money is.
//!
//! Nothing outside this file changes a balance, and nothing in it does so without the two entries of a
//! transfer: what leaves one account reaches another. So all entries sum to zero, and a wallet holds the
//! sum of its entries. Escrow and funding have no balance; they are the sums of theirs.

use std::collections::HashMap;

use contracts::ids::{BookingId, UserId};
use contracts::messages::payment::Order;
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

/// What the wallets of these clients hold, which stay locked; those that there are.
pub async fn lock(connection: &mut PgConnection, clients: &[UserId]) -> sqlx::Result<HashMap<UserId, Money>> {
    let ids: Vec<Uuid> = clients.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        "select owner_id, balance
         from wallets
         where owner_kind = 'client' and owner_id = any($1)
         order by owner_id
         for update",
        &ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (UserId(row.owner_id), Money(row.balance))).collect())
}

/// From the clients' wallets, which are locked and hold so much, into escrow. Every charge comes here, so it is one
/// statement.
pub async fn hold(connection: &mut PgConnection, orders: &[&Order]) -> sqlx::Result<()> {
    if orders.is_empty() {
        return Ok(());
    }
    let transfer_ids: Vec<Uuid> = orders.iter().map(|_| Uuid::now_v7()).collect();
    let booking_ids: Vec<Uuid> = orders.iter().map(|order| order.booking_id.0).collect();
    let client_ids: Vec<Uuid> = orders.iter().map(|order| order.user_id.0).collect();
    let amounts: Vec<i64> = orders.iter().map(|order| order.amount.0).collect();
    let entered = sqlx::query!(
        "with transfer as (
             select *
             from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[])
                  as transfer (id, booking_id, client_id, amount)
         ), debited as (
             update wallets
             set balance = balance - total.amount
             from (
                 select client_id, sum(amount)::bigint as amount
                 from transfer
                 group by client_id
             ) as total
             where owner_kind = 'client'
               and owner_id = total.client_id
             returning owner_id
         )
         insert into ledger_entries (transfer_id, booking_id, account, owner_id, amount)
         select transfer.id, transfer.booking_id, entry.account, entry.owner_id, entry.amount
         from transfer
         join debited on debited.owner_id = transfer.client_id
         cross join lateral (
             values ('client', client_id, -transfer.amount),
                    ('escrow', null, transfer.amount)
         ) as entry (account, owner_id, amount)",
        &transfer_ids,
        &booking_ids,
        &client_ids,
        &amounts,
    )
    .execute(connection)
    .await?;
    // Every transfer has two sides, or none of them is written.
    if entered.rows_affected() == 2 * orders.len() as u64 { Ok(()) } else { Err(sqlx::Error::RowNotFound) }
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
