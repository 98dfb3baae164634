use contracts::http::booking::OfferStatus;
use contracts::ids::{CompanyId, OfferId, ServiceId};
use contracts::messages::booking::OfferChanged;
use contracts::money::{Currency, Money};
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::super::impossible;
use crate::domain::offer::Change;

/// The status of an offer of this company, locked.
///
/// # Errors
/// Those of the statement.
pub async fn lock(
    connection: &mut PgConnection,
    id: OfferId,
    company_id: CompanyId,
) -> sqlx::Result<Option<OfferStatus>> {
    let status = sqlx::query_scalar!(
        "select status
         from offers
         where id = $1
           and company_id = $2
         for update",
        id.0,
        company_id.0,
    )
    .fetch_optional(connection)
    .await?;
    status.map(|status| OfferStatus::parse(&status).ok_or_else(|| impossible("offers.status"))).transpose()
}

/// False when everything was like that already. Refused by `offers_once` when the company has another offer of
/// the same service and start.
///
/// # Errors
/// Those of the statement.
pub async fn change(
    connection: &mut PgConnection,
    id: OfferId,
    company_id: CompanyId,
    change: &Change,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "update offers
         set service_id = coalesce($3, service_id),
             category_id = coalesce($4, category_id),
             starts_at = coalesce($5, starts_at),
             duration_min = coalesce($6, duration_min),
             price = coalesce($7, price),
             description = case when $8 then $9 else description end,
             revision = revision + 1
         where id = $1
           and company_id = $2
           and (service_id, starts_at, duration_min, price, description)
               is distinct from
               (coalesce($3, service_id), coalesce($5, starts_at), coalesce($6, duration_min),
                coalesce($7, price), case when $8 then $9 else description end)",
        id.0,
        company_id.0,
        change.service.map(|service| service.id.0),
        change.service.map(|service| service.category_id().0),
        change.starts_at.map(|starts_at| starts_at.to_sqlx()) as _,
        change.duration_min,
        change.price.map(|price| price.0),
        change.description.is_some(),
        change.description.clone().flatten(),
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// # Errors
/// Those of the statement.
pub async fn withdraw(connection: &mut PgConnection, id: OfferId, company_id: CompanyId) -> sqlx::Result<()> {
    sqlx::query!(
        "update offers
         set status = 'withdrawn',
             revision = revision + 1
         where id = $1
           and company_id = $2",
        id.0,
        company_id.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Up to `limit` open offers whose time has come are expired now.
///
/// # Errors
/// Those of the statement.
pub async fn expire(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<(OfferChanged, i64)>> {
    let rows = sqlx::query!(
        "update offers
         set status = 'expired',
             revision = revision + 1
         where id in (
             select id
             from offers
             where status = 'open'
               and starts_at <= now()
             order by starts_at
             limit $1
             for update skip locked
         )
         returning id, company_id, service_id, starts_at, duration_min, price, currency, revision",
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let event = OfferChanged {
                offer_id: OfferId(row.id),
                company_id: CompanyId(row.company_id),
                service_id: ServiceId(row.service_id),
                starts_at: row.starts_at.to_jiff(),
                duration_min: row.duration_min,
                price: Money(row.price),
                currency: Currency::parse(&row.currency).ok_or_else(|| impossible("offers.currency"))?,
                status: OfferStatus::Expired,
            };
            Ok((event, row.revision))
        })
        .collect()
}
