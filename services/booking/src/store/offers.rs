//! `offers`: what companies publish.
//!
//! Whatever changes a row adds one to its revision and keeps it locked until the transaction ends, so that the
//! message pushed behind it has its place in the offer's history.

use contracts::http::booking::OfferStatus;
use contracts::http::company::{CancellationPolicy, Location};
use contracts::ids::{BatchId, CompanyId, OfferId, ServiceId};
use contracts::messages::booking::OfferChanged;
use contracts::money::{Currency, Money};
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use uuid::Uuid;

use super::impossible;
use crate::domain::catalogue;
use crate::domain::offer::{Change, Terms};
use crate::domain::plan::Plan;
use crate::domain::search::AfterStart;

/// An offer with what is shown of its company.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub id: OfferId,
    pub service: &'static catalogue::Service,
    pub starts_at: Timestamp,
    pub duration_min: i32,
    pub price: Money,
    pub currency: Currency,
    pub status: OfferStatus,
    pub description: Option<String>,
    pub revision: i64,
    pub company: Company,
}

/// A company as `company` last told of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Company {
    pub id: CompanyId,
    pub name: String,
    pub description: Option<String>,
    pub address: String,
    pub phone: String,
    pub location: Option<Location>,
    pub time_zone: String,
    pub cancellation_policy: CancellationPolicy,
    pub active: bool,
    /// As a path of the API.
    pub logo: Option<String>,
}

/// Shared by every query that shows offers.
#[derive(sqlx::FromRow)]
pub(super) struct Row {
    id: Uuid,
    service_id: i16,
    starts_at: jiff_sqlx::Timestamp,
    duration_min: i32,
    price: i64,
    currency: String,
    status: String,
    description: Option<String>,
    revision: i64,
    company_id: Uuid,
    company_name: String,
    company_description: Option<String>,
    address: String,
    phone: String,
    lat: Option<f64>,
    lon: Option<f64>,
    time_zone: String,
    free_until_hours: i16,
    late_refund_percent: i16,
    active: bool,
    logo: Option<String>,
}

impl TryFrom<Row> for Offer {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: OfferId(row.id),
            service: catalogue::find(ServiceId(row.service_id))
                .ok_or_else(|| impossible("offers.service_id"))?,
            starts_at: row.starts_at.to_jiff(),
            duration_min: row.duration_min,
            price: Money(row.price),
            currency: Currency::parse(&row.currency).ok_or_else(|| impossible("offers.currency"))?,
            status: OfferStatus::parse(&row.status).ok_or_else(|| impossible("offers.status"))?,
            description: row.description,
            revision: row.revision,
            company: Company {
                id: CompanyId(row.company_id),
                name: row.company_name,
                description: row.company_description,
                address: row.address,
                phone: row.phone,
                location: row.lat.zip(row.lon).map(|(lat, lon)| Location { lat, lon }),
                time_zone: row.time_zone,
                cancellation_policy: policy(row.free_until_hours, row.late_refund_percent)?,
                active: row.active,
                logo: row.logo,
            },
        })
    }
}

pub(super) fn policy(free_until_hours: i16, late_refund_percent: i16) -> sqlx::Result<CancellationPolicy> {
    Ok(CancellationPolicy {
        free_until_hours: free_until_hours
            .try_into()
            .map_err(|_| impossible("companies.free_until_hours"))?,
        late_refund_percent: late_refund_percent
            .try_into()
            .map_err(|_| impossible("companies.late_refund_percent"))?,
    })
}

impl Offer {
    /// How the others are told of it.
    pub fn event(&self) -> OfferChanged {
        OfferChanged {
            offer_id: self.id,
            company_id: self.company.id,
            service_id: self.service.id,
            starts_at: self.starts_at,
            duration_min: self.duration_min,
            price: self.price,
            currency: self.currency,
            status: self.status,
        }
    }
}

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

/// What becomes of an offer when its booking moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// What it was.
    Unchanged,
    Booked,
    /// Open again when its time has not come and its company is active, else expired.
    Reopened,
    Withdrawn,
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
