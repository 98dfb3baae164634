//! `transactions`: what clients read about their money.

use contracts::http::payment::{Transaction, TransactionStatus, TransactionType};
use contracts::ids::{BookingId, TransactionId, UserId};
use contracts::messages::payment::{DeclineReason, Order};
use contracts::money::{Currency, Money};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::statement::Line;

struct Row {
    id: Uuid,
    kind: String,
    status: String,
    amount: i64,
    currency: String,
    booking_id: Option<Uuid>,
    reason: Option<String>,
    created_at: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Transaction {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let impossible = |column: &str| sqlx::Error::ColumnDecode {
            index: format!("transactions.{column}"),
            source: "is nothing that we know".into(),
        };
        Ok(Self {
            id: TransactionId(row.id),
            kind: TransactionType::parse(&row.kind).ok_or_else(|| impossible("type"))?,
            status: TransactionStatus::parse(&row.status).ok_or_else(|| impossible("status"))?,
            amount: Money(row.amount),
            currency: Currency::parse(&row.currency).ok_or_else(|| impossible("currency"))?,
            booking_id: row.booking_id.map(BookingId),
            reason: row.reason,
            created_at: row.created_at.to_jiff(),
        })
    }
}

/// Adds what the bookings of these orders did to their clients' wallets, or could not do.
pub async fn insert(connection: &mut PgConnection, lines: &[(&Order, Line)]) -> sqlx::Result<()> {
    if lines.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = lines.iter().map(|_| Uuid::now_v7()).collect();
    let user_ids: Vec<Uuid> = lines.iter().map(|(order, _)| order.user_id.0).collect();
    let booking_ids: Vec<Uuid> = lines.iter().map(|(order, _)| order.booking_id.0).collect();
    let currencies: Vec<String> = lines.iter().map(|(order, _)| order.currency.as_str().to_owned()).collect();
    let (mut kinds, mut statuses) = (Vec::new(), Vec::new());
    let (mut amounts, mut reasons) = (Vec::new(), Vec::new());
    for (order, line) in lines {
        let (kind, status, amount, reason) = columns(order, *line);
        kinds.push(kind.as_str().to_owned());
        statuses.push(status.as_str().to_owned());
        amounts.push(amount.0);
        reasons.push(reason.map(str::to_owned));
    }
    sqlx::query!(
        "insert into transactions (id, user_id, type, status, amount, currency, booking_id, reason)
         select *
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::uuid[],
                     $8::text[])",
        &ids,
        &user_ids,
        &kinds,
        &statuses,
        &amounts,
        &currencies,
        &booking_ids,
        &reasons as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Kind, status, amount and reason of a line.
fn columns(order: &Order, line: Line) -> (TransactionType, TransactionStatus, Money, Option<&'static str>) {
    match line {
        Line::Paid => (TransactionType::Payment, TransactionStatus::Completed, order.amount, None),
        Line::Declined => {
            let reason = DeclineReason::InsufficientFunds.as_str();
            (TransactionType::Payment, TransactionStatus::Failed, order.amount, Some(reason))
        }
        Line::Refunded { refund, reason } => {
            (TransactionType::Refund, TransactionStatus::Completed, refund, Some(reason.as_str()))
        }
    }
}

/// Adds a top-up. `None` when the client has used the key before, also when that was at the same time: then
/// it waits for the other to be committed, or to be given up.
pub async fn insert_top_up(
    connection: &mut PgConnection,
    user_id: UserId,
    amount: Money,
    key: Option<&str>,
) -> sqlx::Result<Option<TransactionId>> {
    let id = sqlx::query_scalar!(
        "insert into transactions (id, user_id, type, status, amount, currency, idempotency_key)
         values ($1, $2, 'top_up', 'completed', $3, $4, $5)
         on conflict on constraint transactions_idempotency_key do nothing
         returning id",
        Uuid::now_v7(),
        user_id.0,
        amount.0,
        Currency::default().as_str(),
        key,
    )
    .fetch_optional(connection)
    .await?;
    Ok(id.map(TransactionId))
}

/// What a key has made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Made {
    pub id: TransactionId,
    pub amount: Money,
}

/// What the client's `key` has made; it has made something.
pub async fn find_by_key(
    connection: &mut PgConnection,
    user_id: UserId,
    key: Option<&str>,
) -> sqlx::Result<Made> {
    let row = sqlx::query!(
        "select id, amount
         from transactions
         where user_id = $1 and idempotency_key = $2",
        user_id.0,
        key,
    )
    .fetch_one(connection)
    .await?;
    Ok(Made { id: TransactionId(row.id), amount: Money(row.amount) })
}

/// The client's lines, newest first, from behind `after` on.
pub async fn list(
    connection: &mut PgConnection,
    user_id: UserId,
    after: Option<(Timestamp, TransactionId)>,
    limit: i64,
) -> sqlx::Result<Vec<Transaction>> {
    sqlx::query_as!(
        Row,
        r#"select id, type as "kind", status, amount, currency, booking_id, reason, created_at
           from transactions
           where user_id = $1
             and (created_at, id) < (coalesce($2::timestamptz, 'infinity'), $3)
           order by created_at desc, id desc
           limit $4"#,
        user_id.0,
        after.map(|(created_at, _)| created_at.to_sqlx()),
        after.map_or(Uuid::max(), |(_, id)| id.0),
        limit,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Transaction::try_from)
    .collect()
}
