//! What companies read about their money: the entries of their wallets.

use contracts::http::payment::{Transaction, TransactionStatus, TransactionType};
use contracts::ids::{BookingId, CompanyId, TransactionId};
use contracts::money::{Currency, Money};
use sqlx::PgConnection;
use uuid::Uuid;

/// An entry, and its place in the ledger.
pub struct Earning {
    pub entry_id: i64,
    pub transaction: Transaction,
}

struct Row {
    id: i64,
    transfer_id: Uuid,
    amount: i64,
    booking_id: Option<Uuid>,
    created_at: jiff_sqlx::Timestamp,
    /// Of the charge: `settled`, or `refunded` where the company keeps a part.
    state: String,
}

/// A company's earnings behind entry `before`, newest first.
///
/// # Errors
/// Those of the statement.
pub async fn list(
    connection: &mut PgConnection,
    company_id: CompanyId,
    before: Option<i64>,
    limit: i64,
) -> sqlx::Result<Vec<Earning>> {
    let rows = sqlx::query_as!(
        Row,
        "select ledger_entries.id, ledger_entries.transfer_id, ledger_entries.amount, ledger_entries.booking_id,
                ledger_entries.created_at, charges.state
         from ledger_entries
         join charges on charges.booking_id = ledger_entries.booking_id
         where ledger_entries.account = 'company'
           and ledger_entries.owner_id = $1
           and ($2::bigint is null or ledger_entries.id < $2)
         order by ledger_entries.id desc
         limit $3",
        company_id.0,
        before,
        limit,
    )
    .fetch_all(connection)
    .await?;
    let earning = |row: Row| Earning {
        entry_id: row.id,
        transaction: Transaction {
            id: TransactionId(row.transfer_id),
            kind: TransactionType::Payment,
            status: TransactionStatus::Completed,
            amount: Money(row.amount),
            currency: Currency::default(),
            booking_id: row.booking_id.map(BookingId),
            reason: Some(row.state),
            created_at: row.created_at.to_jiff(),
        },
    };
    Ok(rows.into_iter().map(earning).collect())
}
