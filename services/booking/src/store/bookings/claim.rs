use contracts::http::booking::BookingStatus;
use contracts::ids::{BookingId, OfferId, UserId};
use contracts::messages::booking::BookedCompany;
use contracts::money::Money;
use jiff::SignedDuration;
use sqlx::PgConnection;
use sqlx::types::Json;

use super::{Booking, Row};

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
    let booking = row!(row, BookingStatus::Reserved.as_str().to_owned(), None, None);
    Ok(Some((booking.try_into()?, row.offer_revision)))
}
