use contracts::http::booking::{Actor, OfferStatus};
use contracts::ids::{BookingId, CompanyId, UserId};
use contracts::messages::booking::BookedCompany;
use contracts::messages::notification::Audience;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::impossible;
use super::{Booking, Row};
use crate::domain::saga::State;

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
    let booking = row!(row);
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

/// A booking to which something happened that left its state as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Noted {
    pub booking: Booking,
    /// The new revision, and whom its outcome was told to.
    pub saved: Saved,
    pub offer_status: OfferStatus,
    pub offer_revision: i64,
}

/// Adds a line to the timeline of a booking and one to the revisions of it and its offer, which stay locked. It is asked
/// twice a booking, so it is one statement; the offer is locked first here too, for the second part reads the first.
///
/// # Errors
/// Those of the statement.
pub async fn note(
    connection: &mut PgConnection,
    id: BookingId,
    at: Timestamp,
    status: &str,
    audience: Audience,
) -> sqlx::Result<Option<Noted>> {
    let row = sqlx::query!(
        r#"with offer as (
               update offers
               set revision = revision + 1
               where id = (select offer_id from bookings where id = $1)
               returning id, status, revision
           ), line as (
               insert into timeline (booking_id, at, status, actor, detail)
               select $1, $2, $3, $4, $5
               from offer
           )
           update bookings
           set revision = bookings.revision + 1
           from offer
           where bookings.id = $1
             and bookings.offer_id = offer.id
           returning bookings.id, bookings.offer_id, bookings.client_id, bookings.service_id, bookings.starts_at,
                     bookings.duration_min, bookings.price, bookings.currency,
                     bookings.company as "company: Json<BookedCompany>", bookings.status, bookings.reason,
                     bookings.refund, bookings.expected_price, bookings.created_at, bookings.revision,
                     bookings.member_ids, offer.status as offer_status, offer.revision as offer_revision"#,
        id.0,
        at.to_sqlx(),
        status,
        Actor::System.as_str(),
        audience.as_str(),
    )
    .fetch_optional(connection)
    .await?;
    let Some(row) = row else { return Ok(None) };
    let member_ids = row.member_ids.iter().copied().map(UserId).collect();
    let offer_status = OfferStatus::parse(&row.offer_status).ok_or_else(|| impossible("offers.status"))?;
    let (saved, offer_revision) = (Saved { revision: row.revision, member_ids }, row.offer_revision);
    let booking = row!(row);
    Ok(Some(Noted { booking: booking.try_into()?, saved, offer_status, offer_revision }))
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
