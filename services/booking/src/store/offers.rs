//! `offers`: what companies publish.
//!
//! Whatever changes a row adds one to its revision and keeps it locked until the transaction ends, so that the
//! message pushed behind it has its place in the offer's history.

use contracts::http::booking::OfferStatus;
use contracts::http::company::{CancellationPolicy, Location};
use contracts::ids::{CompanyId, OfferId, ServiceId};
use contracts::messages::booking::OfferChanged;
use contracts::money::{Currency, Money};
use jiff::Timestamp;
use uuid::Uuid;

use super::impossible;
use crate::domain::catalogue;

pub use change::{change, expire, lock, withdraw};
pub use publish::{insert, insert_batch, taken};
pub use read::{Filter, find, list};

/// Offers are published, one or many.
mod publish;

/// Offers that nobody has are changed, taken back, or over.
mod change;

/// Offers that are only looked at.
mod read;

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
