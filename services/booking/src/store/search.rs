//! Offers that can be booked now: one range of one index, page by page.

use contracts::ids::ServiceId;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::{PgConnection, Postgres, QueryBuilder};

use super::impossible;
use super::offers::{Offer, Row};
use crate::domain::catalogue;
use crate::domain::search::{Filter, Order, Search, Services};

/// What `search` finds, one more than its limit if there is.
///
/// # Errors
/// Those of the statement.
pub async fn find(connection: &mut PgConnection, search: &Search) -> sqlx::Result<Vec<Offer>> {
    let rows: Vec<Row> = statement("", search).build_query_as().fetch_all(connection).await?;
    rows.into_iter().map(Offer::try_from).collect()
}

/// The statement of [`find`], behind `before`, such as `explain`.
///
/// Each combination of filters is a statement of its own, so that each is planned for the index that fits it.
pub fn statement(before: &str, search: &Search) -> QueryBuilder<Postgres> {
    let mut query = QueryBuilder::<Postgres>::new(before);
    query.push(
        "select offers.id, offers.service_id, offers.starts_at, offers.duration_min, offers.price,
                offers.currency, offers.status, offers.description, offers.revision, companies.company_id,
                companies.name as company_name, companies.description as company_description,
                companies.address, companies.phone, companies.lat, companies.lon, companies.time_zone,
                companies.free_until_hours, companies.late_refund_percent, companies.active, companies.logo
         from offers
         join companies using (company_id)",
    );
    conditions(&mut query, &search.filter);
    match search.order {
        Order::ByStart(after) => {
            if let Some(after) = after {
                query.push(" and (offers.starts_at, offers.id) > (").push_bind(after.starts_at.to_sqlx());
                query.push(", ").push_bind(after.id.0).push(")");
            }
            query.push(" order by offers.starts_at, offers.id");
        }
        Order::ByPrice(after) => {
            if let Some(after) = after {
                query.push(" and (offers.price, offers.starts_at, offers.id) > (").push_bind(after.price);
                query.push(", ").push_bind(after.starts_at.to_sqlx());
                query.push(", ").push_bind(after.id.0).push(")");
            }
            query.push(" order by offers.price, offers.starts_at, offers.id");
        }
    }
    query.push(" limit ").push_bind(search.limit + 1);
    query
}

/// What `filter` leaves, counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub service: &'static catalogue::Service,
    pub offers: i64,
    /// The first day that has one, on its venue's calendar.
    pub first_day: Date,
}

#[derive(sqlx::FromRow)]
struct CountedRow {
    service_id: i16,
    offers: i64,
    first_day: jiff_sqlx::Date,
}

/// What `filter` leaves of each service that it leaves anything of, in the catalogue's order.
///
/// # Errors
/// Those of the statement.
pub async fn count(connection: &mut PgConnection, filter: &Filter) -> sqlx::Result<Vec<Counted>> {
    let mut query = QueryBuilder::<Postgres>::new(
        // A clock is asked once for each zone, and not for each offer.
        "select service_id, sum(offers)::bigint as offers, min((first at time zone time_zone)::date) as first_day
         from (
             select offers.service_id, companies.time_zone, count(*) as offers, min(offers.starts_at) as first
             from offers
             join companies using (company_id)",
    );
    conditions(&mut query, filter);
    query.push(
        "
             group by offers.service_id, companies.time_zone
         ) as counted
         group by service_id
         order by service_id",
    );
    let rows: Vec<CountedRow> = query.build_query_as().fetch_all(connection).await?;
    rows.into_iter()
        .map(|row| {
            let service = catalogue::find(ServiceId(row.service_id));
            Ok(Counted {
                service: service.ok_or_else(|| impossible("offers.service_id"))?,
                offers: row.offers,
                first_day: row.first_day.to_jiff(),
            })
        })
        .collect()
}

/// Which offers of which companies: each filter that is given, and that somebody can book them now.
fn conditions(query: &mut QueryBuilder<Postgres>, filter: &Filter) {
    query.push(
        "
         where offers.status = 'open'
           and companies.active
           and offers.starts_at > now()
           and offers.starts_at >= ",
    );
    query.push_bind(filter.from.to_sqlx());
    query.push(" and offers.starts_at <= ").push_bind(filter.to.to_sqlx());
    match filter.services {
        Some(Services::One(id)) => query.push(" and offers.service_id = ").push_bind(id.0),
        Some(Services::Category(id)) => query.push(" and offers.category_id = ").push_bind(id.0),
        None => query,
    };
    if let Some(company_id) = filter.company_id {
        query.push(" and offers.company_id = ").push_bind(company_id.0);
    }
    if let Some(price) = filter.price_min {
        query.push(" and offers.price >= ").push_bind(price.0);
    }
    if let Some(price) = filter.price_max {
        query.push(" and offers.price <= ").push_bind(price.0);
    }
    if let Some(text) = &filter.text {
        let services: Vec<i16> = text.services.iter().map(|service| service.0).collect();
        query.push(" and (offers.service_id = any(").push_bind(services);
        query.push(") or position(lower(").push_bind(text.text.clone());
        query.push(") in lower(companies.name)) > 0)");
    }
    const VENUE_TIME: &str = "(offers.starts_at at time zone companies.time_zone)::time";
    let bound = |time: jiff::civil::Time| format!("{:02}:{:02}", time.hour(), time.minute());
    match (filter.time_from, filter.time_to) {
        (Some(from), Some(to)) => {
            let both = if from <= to { " and " } else { " or " };
            query.push(" and (").push(VENUE_TIME).push(" >= ").push_bind(bound(from)).push("::time");
            query.push(both).push(VENUE_TIME).push(" <= ").push_bind(bound(to)).push("::time)");
        }
        (Some(from), None) => {
            query.push(" and ").push(VENUE_TIME).push(" >= ").push_bind(bound(from)).push("::time");
        }
        (None, Some(to)) => {
            query.push(" and ").push(VENUE_TIME).push(" <= ").push_bind(bound(to)).push("::time");
        }
        (None, None) => {}
    }
}
