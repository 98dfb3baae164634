use contracts::http::booking::OfferStatus;
use contracts::ids::{BatchId, CompanyId, OfferId, ServiceId};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::{Offer, Row};
use crate::domain::search::AfterStart;

/// # Errors
/// Those of the statement.
pub async fn find(connection: &mut PgConnection, id: OfferId) -> sqlx::Result<Option<Offer>> {
    sqlx::query_as!(
        Row,
        "select offers.id, offers.service_id, offers.starts_at, offers.duration_min, offers.price,
                offers.currency, offers.status, offers.description, offers.revision, companies.company_id,
                companies.name as company_name, companies.description as company_description,
                companies.address, companies.phone, companies.lat, companies.lon, companies.time_zone,
                companies.free_until_hours, companies.late_refund_percent, companies.active, companies.logo
         from offers
         join companies using (company_id)
         where offers.id = $1",
        id.0,
    )
    .fetch_optional(connection)
    .await?
    .map(Offer::try_from)
    .transpose()
}

/// Which of its offers a company wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub status: Option<OfferStatus>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    pub service_id: Option<ServiceId>,
    pub batch_id: Option<BatchId>,
    pub after: Option<AfterStart>,
}

/// A company's offers in every state, one more than `limit` if there are.
///
/// # Errors
/// Those of the statement.
pub async fn list(
    connection: &mut PgConnection,
    company_id: CompanyId,
    filter: &Filter,
    limit: i64,
) -> sqlx::Result<Vec<Offer>> {
    let (after_start, after_id) = match filter.after {
        Some(AfterStart { starts_at, id }) => (Some(starts_at), Some(id.0)),
        None => (None, None),
    };
    let rows = sqlx::query_as!(
        Row,
        "select offers.id, offers.service_id, offers.starts_at, offers.duration_min, offers.price,
                offers.currency, offers.status, offers.description, offers.revision, companies.company_id,
                companies.name as company_name, companies.description as company_description,
                companies.address, companies.phone, companies.lat, companies.lon, companies.time_zone,
                companies.free_until_hours, companies.late_refund_percent, companies.active, companies.logo
         from offers
         join companies using (company_id)
         where offers.company_id = $1
           and ($2::text is null or offers.status = $2)
           and ($3::timestamptz is null or offers.starts_at >= $3)
           and ($4::timestamptz is null or offers.starts_at <= $4)
           and ($5::smallint is null or offers.service_id = $5 or offers.category_id = $5)
           and ($6::uuid is null or offers.batch_id = $6)
           and ($7::timestamptz is null or (offers.starts_at, offers.id) > ($7, $8))
         order by offers.starts_at, offers.id
         limit $9::bigint + 1",
        company_id.0,
        filter.status.map(OfferStatus::as_str),
        filter.from.map(|from| from.to_sqlx()) as _,
        filter.to.map(|to| to.to_sqlx()) as _,
        filter.service_id.map(|service_id| service_id.0),
        filter.batch_id.map(|batch_id| batch_id.0),
        after_start.map(|after| after.to_sqlx()) as _,
        after_id,
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Offer::try_from).collect()
}
