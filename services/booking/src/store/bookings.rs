//! `bookings`: clients' tries to have offers, and how they ended.
//!
//! Whoever changes a row has locked its offer too: that is what makes the order of the outbox the history of
//! the offer.

use contracts::http::booking::{BookingStatus, Client};
use contracts::ids::{BookingId, CompanyId, OfferId, ServiceId, UserId};
use contracts::messages::booking::BookedCompany;
use contracts::money::{Currency, Money};
use jiff::{SignedDuration, Timestamp};
use jiff_sqlx::ToSqlx as _;
use serde::{Deserialize, Serialize};
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::impossible;
use crate::domain::catalogue;
use crate::domain::saga::{State, Visit};

/// A booking with what was agreed on when it was made.
#[derive(Debug, Clone, PartialEq)]
pub struct Booking {
    pub id: BookingId,
    pub offer_id: OfferId,
    pub client_id: UserId,
    pub service: &'static catalogue::Service,
    pub visit: Visit,
    pub price: Money,
    pub currency: Currency,
    pub company: BookedCompany,
    pub state: State,
    pub expected_price: Option<Money>,
    pub created_at: Timestamp,
    pub revision: i64,
}

struct Row {
    id: Uuid,
    offer_id: Uuid,
    client_id: Uuid,
    service_id: i16,
    starts_at: jiff_sqlx::Timestamp,
    duration_min: i32,
    price: i64,
    currency: String,
    company: Json<BookedCompany>,
    status: String,
    reason: Option<String>,
    refund: Option<i64>,
    expected_price: Option<i64>,
    created_at: jiff_sqlx::Timestamp,
    revision: i64,
}

impl TryFrom<Row> for Booking {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let state = State::from_columns(&row.status, row.reason.as_deref(), row.refund.map(Money));
        Ok(Self {
            id: BookingId(row.id),
            offer_id: OfferId(row.offer_id),
            client_id: UserId(row.client_id),
            service: catalogue::find(ServiceId(row.service_id))
                .ok_or_else(|| impossible("bookings.service_id"))?,
            visit: Visit { starts_at: row.starts_at.to_jiff(), duration_min: row.duration_min },
            price: Money(row.price),
            currency: Currency::parse(&row.currency).ok_or_else(|| impossible("bookings.currency"))?,
            company: row.company.0,
            state: state.ok_or_else(|| impossible("bookings.status"))?,
            expected_price: row.expected_price.map(Money),
            created_at: row.created_at.to_jiff(),
            revision: row.revision,
        })
    }
}

/// What a client has going on, as far as it bears on one more booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Bookings that are not decided yet.
    pub undecided: i64,
    /// Bookings that failed within the last hour.
    pub failed_lately: i64,
    /// The booking that this request has made before: by its key, or, without one, one of the offer that he
    /// has or that is being decided.
    pub same: Option<BookingId>,
}

/// Makes the attempts of one client take turns until the transaction ends, so that what [`standing`] counts is
/// still so when a booking is made of it.
///
/// # Errors
/// Those of the statement.
pub async fn take_turn(connection: &mut PgConnection, client_id: UserId) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", client_id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// # Errors
/// Those of the statement.
pub async fn standing(
    connection: &mut PgConnection,
    client_id: UserId,
    offer_id: OfferId,
    idempotency_key: Option<&str>,
) -> sqlx::Result<Standing> {
    let row = sqlx::query!(
        r#"select
             (select count(*)
              from bookings
              where client_id = $1
                and status in ('reserved', 'voiding')) as "undecided!",
             (select count(*)
              from bookings
              where client_id = $1
                and status = 'failed'
                and updated_at > now() - interval '1 hour') as "failed_lately!",
             (select id
              from bookings
              where client_id = $1
                and idempotency_key = $3) as of_key,
             (select id
              from bookings
              where client_id = $1
                and offer_id = $2
                and (status in ('reserved', 'paid') or status = 'voiding' and reason = 'timed_out')
                and $3::text is null) as of_offer"#,
        client_id.0,
        offer_id.0,
        idempotency_key,
    )
    .fetch_one(connection)
    .await?;
    Ok(Standing {
        undecided: row.undecided,
        failed_lately: row.failed_lately,
        same: row.of_key.or(row.of_offer).map(BookingId),
    })
}

/// A booking to be made.
#[derive(Debug)]
pub struct Claim<'a> {
    pub id: BookingId,
    pub offer_id: OfferId,
    pub client_id: UserId,
    /// The price that the client saw.
    pub expected_price: Option<Money>,
    pub idempotency_key: Option<&'a str>,
    /// How long payment has to answer.
    pub decided_within: SignedDuration,
}

/// Takes the offer and makes the booking of it, in one statement: the claim decides, and what changes later does
/// not touch the booking. With it comes the offer's new revision. `None` when the offer is not to be had (like
/// that): taken, begun, of an inactive company, or of another price.
///
/// # Errors
/// Those of the statement.
pub async fn claim(connection: &mut PgConnection, claim: &Claim<'_>) -> sqlx::Result<Option<(Booking, i64)>> {
    let row = sqlx::query!(
        r#"with claimed as (
             update offers
             set status = 'reserved',
                 revision = offers.revision + 1
             from companies
             where offers.id = $2
               and offers.status = 'open'
               and offers.starts_at > now()
               and ($4::bigint is null or offers.price = $4)
               and companies.company_id = offers.company_id
               and companies.active
             returning offers.id, offers.company_id, offers.service_id, offers.starts_at, offers.duration_min,
                       offers.price, offers.currency, offers.revision,
                       jsonb_build_object(
                           'id', companies.company_id,
                           'name', companies.name,
                           'address', companies.address,
                           'phone', companies.phone,
                           'location', case
                               when companies.lat is not null
                               then jsonb_build_object('lat', companies.lat, 'lon', companies.lon)
                           end,
                           'time_zone', companies.time_zone,
                           'cancellation_policy', jsonb_build_object(
                               'free_until_hours', companies.free_until_hours,
                               'late_refund_percent', companies.late_refund_percent
                           )
                       ) as company
         ),
         made as (
             insert into bookings
                 (id, offer_id, company_id, client_id, service_id, starts_at, duration_min, price, currency,
                  company, expected_price, idempotency_key, due_at)
             select $1, id, company_id, $3, service_id, starts_at, duration_min, price, currency, company, $4, $5,
                    now() + make_interval(secs => $6)
             from claimed
             returning id, offer_id, client_id, service_id, starts_at, duration_min, price, currency, company,
                       expected_price, created_at, revision
         ),
         noted as (
             insert into timeline (booking_id, at, status, actor)
             select id, created_at, 'reserved', 'client'
             from made
         )
         select made.id, made.offer_id, made.client_id, made.service_id, made.starts_at, made.duration_min,
                made.price, made.currency, made.company as "company: Json<BookedCompany>", made.expected_price,
                made.created_at, made.revision, claimed.revision as offer_revision
         from made
         join claimed on claimed.id = made.offer_id"#,
        claim.id.0,
        claim.offer_id.0,
        claim.client_id.0,
        claim.expected_price.map(|price| price.0),
        claim.idempotency_key,
        claim.decided_within.as_secs_f64(),
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let booking = Row {
        id: row.id,
        offer_id: row.offer_id,
        client_id: row.client_id,
        service_id: row.service_id,
        starts_at: row.starts_at,
        duration_min: row.duration_min,
        price: row.price,
        currency: row.currency,
        company: row.company,
        status: BookingStatus::Reserved.as_str().to_owned(),
        reason: None,
        refund: None,
        expected_price: row.expected_price,
        created_at: row.created_at,
        revision: row.revision,
    };
    Ok(Some((booking.try_into()?, row.offer_revision)))
}

/// Whose booking somebody means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// For the saga itself, which no person asks.
    Anybodys,
    Client(UserId),
    Company(CompanyId),
}

impl Whose {
    /// Client and company as a `where` compares them.
    fn columns(self) -> (Option<Uuid>, Option<Uuid>) {
        match self {
            Self::Anybodys => (None, None),
            Self::Client(id) => (Some(id.0), None),
            Self::Company(id) => (None, Some(id.0)),
        }
    }
}

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

/// A locked booking, whose offer is locked too.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    pub booking: Booking,
    /// How often time has moved it in its state.
    pub resent: i16,
    /// Whether its time in its state is over.
    pub is_due: bool,
    /// The database's clock.
    pub now: Timestamp,
}

/// # Errors
/// Those of the statement.
pub async fn lock(
    connection: &mut PgConnection,
    id: BookingId,
    whose: Whose,
) -> sqlx::Result<Option<Locked>> {
    let (client_id, company_id) = whose.columns();
    let row = sqlx::query!(
        r#"select bookings.id, bookings.offer_id, bookings.client_id, bookings.service_id, bookings.starts_at,
                  bookings.duration_min, bookings.price, bookings.currency,
                  bookings.company as "company: Json<BookedCompany>", bookings.status, bookings.reason,
                  bookings.refund, bookings.expected_price, bookings.created_at, bookings.revision,
                  bookings.resent, coalesce(bookings.due_at <= clock_timestamp(), false) as "is_due!",
                  clock_timestamp() as "now!"
           from offers
           join bookings on bookings.offer_id = offers.id
           where bookings.id = $1
             and ($2::uuid is null or bookings.client_id = $2)
             and ($3::uuid is null or bookings.company_id = $3)
           for update of offers, bookings"#,
        id.0,
        client_id,
        company_id,
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let (resent, is_due, now) = (row.resent, row.is_due, row.now.to_jiff());
    let booking = Row {
        id: row.id,
        offer_id: row.offer_id,
        client_id: row.client_id,
        service_id: row.service_id,
        starts_at: row.starts_at,
        duration_min: row.duration_min,
        price: row.price,
        currency: row.currency,
        company: row.company,
        status: row.status,
        reason: row.reason,
        refund: row.refund,
        expected_price: row.expected_price,
        created_at: row.created_at,
        revision: row.revision,
    };
    Ok(Some(Locked { booking: booking.try_into()?, resent, is_due, now }))
}

/// What comes back of a saved state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub revision: i64,
    /// Everybody who acts for the company now, if the state is one that they are told of by mail.
    pub member_ids: Vec<UserId>,
}

/// Brings a locked booking into its next state.
///
/// # Errors
/// Those of the statement.
pub async fn save(
    connection: &mut PgConnection,
    id: BookingId,
    state: State,
    due_at: Option<Timestamp>,
) -> sqlx::Result<Saved> {
    let (reason, refund) = state.columns();
    let row = sqlx::query!(
        "update bookings
         set status = $2,
             reason = $3,
             refund = $4,
             due_at = $5,
             resent = 0,
             member_ids = case
                 when $6
                 then array(
                     select members.user_id
                     from members
                     where members.company_id = bookings.company_id
                     order by members.user_id
                 )
                 else '{}'
             end,
             updated_at = clock_timestamp(),
             revision = revision + 1
         where id = $1
         returning revision, member_ids",
        id.0,
        state.status().as_str(),
        reason,
        refund.map(|refund| refund.0),
        due_at.map(|due_at| due_at.to_sqlx()) as _,
        state.is_told_by_mail(),
    )
    .fetch_one(connection)
    .await?;
    Ok(Saved { revision: row.revision, member_ids: row.member_ids.into_iter().map(UserId).collect() })
}

/// Notes that a locked booking's command went out once more.
///
/// # Errors
/// Those of the statement.
pub async fn save_resent(
    connection: &mut PgConnection,
    id: BookingId,
    due_at: Option<Timestamp>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update bookings
         set due_at = $2,
             resent = least(resent + 1, 1000)
         where id = $1",
        id.0,
        due_at.map(|due_at| due_at.to_sqlx()) as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes that something happened to a locked booking that left its state as it was. The new revision, and whom
/// its outcome was told to.
///
/// # Errors
/// Those of the statement.
pub async fn touch(connection: &mut PgConnection, id: BookingId) -> sqlx::Result<Saved> {
    let row = sqlx::query!(
        "update bookings
         set revision = revision + 1
         where id = $1
         returning revision, member_ids",
        id.0,
    )
    .fetch_one(connection)
    .await?;
    Ok(Saved { revision: row.revision, member_ids: row.member_ids.into_iter().map(UserId).collect() })
}

/// Whether a command of this booking has not left yet.
///
/// # Errors
/// Those of the statement.
pub async fn has_unsent(connection: &mut PgConnection, id: BookingId, topic: &str) -> sqlx::Result<bool> {
    // The outbox is kit's table, and this question is ours.
    sqlx::query_scalar("select exists(select from outbox where topic = $1 and key = $2)")
        .bind(topic)
        .bind(id.to_string())
        .fetch_one(connection)
        .await
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

/// How many bookings have waited for payment's answer for ten minutes and more.
///
/// # Errors
/// Those of the statement.
pub async fn stuck(connection: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from bookings
           where status in ('reserved', 'voiding', 'refunding')
             and due_at is not null
             and updated_at < now() - interval '10 minutes'"#,
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
            let booking = Row {
                id: row.id,
                offer_id: row.offer_id,
                client_id: row.client_id,
                service_id: row.service_id,
                starts_at: row.starts_at,
                duration_min: row.duration_min,
                price: row.price,
                currency: row.currency,
                company: row.company,
                status: row.status,
                reason: row.reason,
                refund: row.refund,
                expected_price: row.expected_price,
                created_at: row.created_at,
                revision: row.revision,
            };
            Ok((booking.try_into()?, client))
        })
        .collect()
}
