use contracts::ids::{BatchId, CompanyId, OfferId};
use contracts::money::Currency;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::offer::Terms;
use crate::domain::plan::Plan;

/// Publishes an offer of a company that is known here. A second one of the same service and start is refused by
/// the constraint `offers_once`.
///
/// # Errors
/// Those of the statement.
pub async fn insert(
    connection: &mut PgConnection,
    id: OfferId,
    company_id: CompanyId,
    terms: &Terms,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into offers
             (id, company_id, service_id, category_id, starts_at, duration_min, price, currency, description)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        id.0,
        company_id.0,
        terms.service.id.0,
        terms.service.category_id().0,
        terms.starts_at.to_sqlx(),
        terms.duration_min,
        terms.price.0,
        Currency::default().as_str(),
        terms.description,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Publishes what a plan names at `starts`, and tells which of them it published and under which ids: all but those
/// at which the company has an offer of the service.
///
/// # Errors
/// Those of the statement.
pub async fn insert_batch(
    connection: &mut PgConnection,
    id: BatchId,
    company_id: CompanyId,
    plan: &Plan,
    starts: &[Timestamp],
) -> sqlx::Result<Vec<(OfferId, Timestamp)>> {
    let ids: Vec<Uuid> = starts.iter().map(|_| Uuid::now_v7()).collect();
    let starts: Vec<String> = starts.iter().map(Timestamp::to_string).collect();
    let rows = sqlx::query!(
        "insert into offers
             (id, company_id, service_id, category_id, starts_at, duration_min, price, currency, description,
              batch_id)
         select slot.id, $1, $2, $3, slot.starts_at::timestamptz, $4, $5, $6, $7, $8
         from unnest($9::uuid[], $10::text[]) as slot (id, starts_at)
         on conflict (company_id, service_id, starts_at) where status in ('open', 'reserved', 'booked')
         do nothing
         returning id, starts_at",
        company_id.0,
        plan.service.id.0,
        plan.service.category_id().0,
        plan.duration_min,
        plan.price.0,
        Currency::default().as_str(),
        plan.description,
        id.0,
        &ids,
        &starts,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|row| (OfferId(row.id), row.starts_at.to_jiff())).collect())
}

/// At which of `starts` the company has an offer of the plan's service.
///
/// # Errors
/// Those of the statement.
pub async fn taken(
    connection: &mut PgConnection,
    company_id: CompanyId,
    plan: &Plan,
    starts: &[Timestamp],
) -> sqlx::Result<Vec<Timestamp>> {
    let starts: Vec<String> = starts.iter().map(Timestamp::to_string).collect();
    let rows = sqlx::query_scalar!(
        "select starts_at
         from offers
         where company_id = $1
           and service_id = $2
           and status in ('open', 'reserved', 'booked')
           and starts_at = any($3::text[]::timestamptz[])",
        company_id.0,
        plan.service.id.0,
        &starts,
    )
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|starts_at| starts_at.to_jiff()).collect())
}
