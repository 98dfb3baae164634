use contracts::http::booking::{Actor, OfferStatus};
use contracts::ids::{BookingId, CompanyId, OfferId, UserId};
use contracts::messages::booking::BookedCompany;
use contracts::messages::notification::Audience;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use super::super::impossible;
use super::super::offers::Fate;
use super::{Booking, Row};
use crate::domain::saga::State;

/// What a changed row says of itself and its offer.
macro_rules! saved {
    ($row:ident) => {
        OfferStatus::parse(&$row.offer_status)
            .map(|offer_status| Saved {
                revision: $row.revision,
                member_ids: $row.member_ids.iter().copied().map(UserId).collect(),
                offer_status,
                offer_revision: $row.offer_revision,
            })
            .ok_or_else(|| impossible("offers.status"))
    };
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

/// A locked booking's next state, and what goes with it.
#[derive(Debug, Clone, Copy)]
pub struct Change<'a> {
    pub id: BookingId,
    pub offer_id: OfferId,
    pub state: State,
    /// When time moves it on, unless something else does.
    pub due_at: Option<Timestamp>,
    pub fate: Fate,
    /// For the timeline.
    pub at: Timestamp,
    pub actor: Actor,
    pub detail: Option<&'a str>,
}

/// A booking and its offer as they are after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saved {
    pub revision: i64,
    /// Everybody who acts for the company now, if the state is one that they are told of by mail.
    pub member_ids: Vec<UserId>,
    pub offer_status: OfferStatus,
    pub offer_revision: i64,
}

/// Brings a locked booking into its next state, gives its offer what that means for it, and adds a line to the timeline.
/// Each booking comes here, so it is one statement.
///
/// # Errors
/// Those of the statement.
pub async fn change(connection: &mut PgConnection, change: &Change<'_>) -> sqlx::Result<Saved> {
    let (reason, refund) = change.state.columns();
    let row = sqlx::query!(
        r#"with offer as (
               update offers
               set status = case
                       when $3 = 'unchanged' then status
                       when $3 <> 'reopened' then $3
                       when starts_at > now()
                            and exists (
                                select
                                from companies
                                where companies.company_id = offers.company_id
                                  and companies.active
                            )
                       then 'open'
                       else 'expired'
                   end,
                   revision = revision + 1
               where id = $2
               returning id, status, revision
           ), line as (
               insert into timeline (booking_id, at, status, actor, detail)
               select $1, $9, $4, $10, $11
               from offer
           )
           update bookings
           set status = $4,
               reason = $5,
               refund = $6,
               due_at = $7,
               resent = 0,
               member_ids = case
                   when $8
                   then array(
                       select members.user_id
                       from members
                       where members.company_id = bookings.company_id
                       order by members.user_id
                   )
                   else '{}'
               end,
               updated_at = clock_timestamp(),
               revision = bookings.revision + 1
           from offer
           where bookings.id = $1
             and bookings.offer_id = offer.id
           returning bookings.revision, bookings.member_ids, offer.status as offer_status,
                     offer.revision as offer_revision"#,
        change.id.0,
        change.offer_id.0,
        change.fate.as_str(),
        change.state.status().as_str(),
        reason,
        refund.map(|refund| refund.0),
        change.due_at.map(|due_at| due_at.to_sqlx()) as _,
        change.state.is_told_by_mail(),
        change.at.to_sqlx(),
        change.actor.as_str(),
        change.detail,
    )
    .fetch_one(connection)
    .await?;
    saved!(row)
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
) -> sqlx::Result<Option<(Booking, Saved)>> {
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
    let saved = saved!(row)?;
    let booking = row!(row);
    Ok(Some((booking.try_into()?, saved)))
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
