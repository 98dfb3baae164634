use contracts::http::booking::{BookingStatus, Client};
use contracts::ids::{BookingId, CompanyId, OfferId, UserId};
use contracts::messages::booking::BookedCompany;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::{Booking, Row};

/// A booking of this client.
///
/// # Errors
/// Those of the statement.
pub async fn find(
    connection: &mut PgConnection,
    id: BookingId,
    client_id: UserId,
) -> sqlx::Result<Option<Booking>> {
    sqlx::query_as!(
        Row,
        r#"select id, offer_id, client_id, service_id, starts_at, duration_min, price, currency,
                  company as "company: Json<BookedCompany>", status, reason, refund, expected_price, created_at,
                  revision
           from bookings
           where id = $1
             and client_id = $2"#,
        id.0,
        client_id.0,
    )
    .fetch_optional(connection)
    .await?
    .map(Booking::try_from)
    .transpose()
}

/// Up to `limit` bookings that time moves on now, longest overdue first.
///
/// # Errors
/// Those of the statement.
pub async fn due(connection: &mut PgConnection, limit: i64) -> sqlx::Result<Vec<BookingId>> {
    let ids = sqlx::query_scalar!(
        "select id
         from bookings
         where due_at <= now()
         order by due_at
         limit $1",
        limit,
    )
    .fetch_all(connection)
    .await?;
    Ok(ids.into_iter().map(BookingId).collect())
}

/// Bookings that wait for payment's answer: to the charge, to its undoing, to the order to pay the company.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Undecided {
    pub count: i64,
    /// Since the one that has waited longest came into its state.
    pub oldest_seconds: f64,
    /// Those that have waited for ten minutes and more.
    pub stuck: i64,
}

/// Whoever waits for payment is asked about again within minutes, so that the index of what is due finds them all.
///
/// # Errors
/// Those of the statement.
pub async fn undecided(connection: &mut PgConnection) -> sqlx::Result<Undecided> {
    sqlx::query_as!(
        Undecided,
        r#"select count(*) as "count!",
                  coalesce(extract(epoch from now() - min(updated_at)), 0)::float8 as "oldest_seconds!",
                  count(*) filter (where updated_at < now() - interval '10 minutes') as "stuck!"
           from bookings
           where due_at <= now() + interval '1 hour'
             and status <> 'paid'"#,
    )
    .fetch_one(connection)
    .await
}

/// Which of these are decided.
///
/// # Errors
/// Those of the statement.
pub async fn decided(connection: &mut PgConnection, ids: &[BookingId]) -> sqlx::Result<Vec<BookingId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let decided = sqlx::query_scalar!(
        "select id
         from bookings
         where id = any($1)
           and status not in ('reserved', 'voiding', 'refunding')",
        &ids,
    )
    .fetch_all(connection)
    .await?;
    Ok(decided.into_iter().map(BookingId).collect())
}

/// Behind which booking a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Before {
    pub created_at: Timestamp,
    pub id: BookingId,
}

/// A client's bookings, newest first, one more than `limit` if there are.
///
/// # Errors
/// Those of the statement.
pub async fn of_client(
    connection: &mut PgConnection,
    client_id: UserId,
    status: Option<BookingStatus>,
    before: Option<Before>,
    limit: i64,
) -> sqlx::Result<Vec<Booking>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, offer_id, client_id, service_id, starts_at, duration_min, price, currency,
                  company as "company: Json<BookedCompany>", status, reason, refund, expected_price, created_at,
                  revision
           from bookings
           where client_id = $1
             and ($2::text is null or status = $2)
             and ($3::timestamptz is null or (created_at, id) < ($3, $4))
           order by created_at desc, id desc
           limit $5::bigint + 1"#,
        client_id.0,
        status.map(BookingStatus::as_str),
        before.map(|before| before.created_at.to_sqlx()) as _,
        before.map(|before| before.id.0),
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Booking::try_from).collect()
}

/// Behind which held offer a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterVisit {
    pub starts_at: Timestamp,
    pub id: OfferId,
}

/// The bookings by which a client holds or has bought an offer, soonest first, one more than `limit` if there are.
///
/// # Errors
/// Those of the statement.
pub async fn held_by(
    connection: &mut PgConnection,
    client_id: UserId,
    after: Option<AfterVisit>,
    limit: i64,
) -> sqlx::Result<Vec<Booking>> {
    let rows = sqlx::query_as!(
        Row,
        r#"select id, offer_id, client_id, service_id, starts_at, duration_min, price, currency,
                  company as "company: Json<BookedCompany>", status, reason, refund, expected_price, created_at,
                  revision
           from bookings
           where client_id = $1
             and status in ('reserved', 'paid')
             and ($2::timestamptz is null or (starts_at, offer_id) > ($2, $3))
           order by starts_at, offer_id
           limit $4::bigint + 1"#,
        client_id.0,
        after.map(|after| after.starts_at.to_sqlx()) as _,
        after.map(|after| after.id.0),
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter().map(Booking::try_from).collect()
}

/// Which of its bookings a company wants to see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    pub id: Option<BookingId>,
    pub status: Option<BookingStatus>,
    /// When the visit begins, inclusive.
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
    /// A part of the client's name, e-mail or phone.
    pub text: Option<String>,
    pub before: Option<Before>,
}

/// A company's bookings with their clients, newest first, one more than `limit` if there are.
///
/// # Errors
/// Those of the statement.
pub async fn of_company(
    connection: &mut PgConnection,
    company_id: CompanyId,
    filter: &Filter,
    limit: i64,
) -> sqlx::Result<Vec<(Booking, Option<Client>)>> {
    let rows = sqlx::query!(
        r#"select bookings.id, bookings.offer_id, bookings.client_id, bookings.service_id, bookings.starts_at,
                  bookings.duration_min, bookings.price, bookings.currency,
                  bookings.company as "company: Json<BookedCompany>", bookings.status, bookings.reason,
                  bookings.refund, bookings.expected_price, bookings.created_at, bookings.revision,
                  clients.first_name as "first_name?", clients.last_name as "last_name?",
                  clients.email as "email?", clients.phone as "phone?"
           from bookings
           left join clients on clients.user_id = bookings.client_id
           where bookings.company_id = $1
             and ($2::uuid is null or bookings.id = $2)
             and ($3::text is null or bookings.status = $3)
             and ($4::timestamptz is null or bookings.starts_at >= $4)
             and ($5::timestamptz is null or bookings.starts_at <= $5)
             and ($6::text is null
                  or position(lower($6) in lower(concat_ws(' ', clients.first_name, clients.last_name,
                                                           clients.email, clients.phone))) > 0)
             and ($7::timestamptz is null or (bookings.created_at, bookings.id) < ($7, $8))
           order by bookings.created_at desc, bookings.id desc
           limit $9::bigint + 1"#,
        company_id.0,
        filter.id.map(|id| id.0),
        filter.status.map(BookingStatus::as_str),
        filter.from.map(|from| from.to_sqlx()) as _,
        filter.to.map(|to| to.to_sqlx()) as _,
        filter.text,
        filter.before.map(|before| before.created_at.to_sqlx()) as _,
        filter.before.map(|before| before.id.0),
        limit,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            let client = match (row.first_name, row.last_name, row.email) {
                (Some(first_name), Some(last_name), Some(email)) => {
                    Some(Client { id: UserId(row.client_id), first_name, last_name, email, phone: row.phone })
                }
                _ => None,
            };
            let booking = row!(row);
            Ok((booking.try_into()?, client))
        })
        .collect()
}
