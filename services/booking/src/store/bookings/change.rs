use contracts::http::booking::{Actor, OfferStatus};
use contracts::ids::{BookingId, CompanyId, UserId};
use contracts::messages::booking::BookedCompany;
use jiff::Timestamp;
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

/// A locked booking, whose offer is locked too, and what was made of them since. [`save`] writes that.
#[derive(Debug, Clone, PartialEq)]
pub struct Locked {
    pub booking: Booking,
    pub offer: HeldOffer,
    /// Everybody who acted for the company when the booking came into its state, if that is one that they are told of by
    /// mail.
    pub member_ids: Vec<UserId>,
    /// How often time has moved it in its state.
    pub resent: i16,
    /// When time moves it on, unless something else does.
    pub due_at: Option<Timestamp>,
    /// Whether that was over when it was locked.
    pub is_due: bool,
    /// The database's clock.
    pub now: Timestamp,
    /// Everybody who acts for the company.
    acting_ids: Vec<UserId>,
    /// Whether there is anything to save.
    is_changed: bool,
    has_moved: bool,
    lines: Vec<Line>,
}

/// A booking's offer. Of bookings locked together two may have had the same one, the first of which is over but still hears
/// of its mails: whoever changes it for one of them must do so for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldOffer {
    pub status: OfferStatus,
    pub revision: i64,
    /// What it is when its booking lets it go: open when its time has not come and its company is active, else expired.
    let_go: OfferStatus,
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

/// A line of the timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Line {
    at: Timestamp,
    status: &'static str,
    actor: Actor,
    detail: Option<String>,
}

impl Locked {
    /// Brings the booking into its `next` state, and gives its offer what that means for it. `detail` is for the timeline.
    pub fn turn(&mut self, next: State, fate: Fate, actor: Actor, detail: Option<&str>) {
        self.offer.status = match fate {
            Fate::Unchanged => self.offer.status,
            Fate::Booked => OfferStatus::Booked,
            Fate::Reopened => self.offer.let_go,
            Fate::Withdrawn => OfferStatus::Withdrawn,
        };
        self.booking.state = next;
        self.member_ids = if next.is_told_by_mail() { self.acting_ids.clone() } else { Vec::new() };
        (self.resent, self.due_at) = (0, next.due_at(self.booking.visit, 0, self.now));
        self.has_moved = true;
        let (at, status, detail) = (self.now, next.status().as_str(), detail.map(str::to_owned));
        self.lines.push(Line { at, status, actor, detail });
        self.revise();
    }

    /// Adds a line to the timeline that is no change of state.
    pub fn note(&mut self, at: Timestamp, status: &'static str, actor: Actor, detail: &str) {
        self.lines.push(Line { at, status, actor, detail: Some(detail.to_owned()) });
        self.is_changed = true;
    }

    /// What is told of booking and offer next is newer than what was told before.
    pub fn revise(&mut self) {
        self.booking.revision += 1;
        self.offer.revision += 1;
        self.is_changed = true;
    }

    /// Time does not move it on any more.
    pub fn rest(&mut self) {
        self.is_changed |= self.due_at.take().is_some();
    }

    /// The command of its state goes out once more.
    pub fn resend(&mut self) {
        self.resent = self.resent.saturating_add(1).min(MOST_RESENT);
        self.due_at = self.booking.state.due_at(self.booking.visit, self.resent, self.now);
        self.is_changed = true;
    }
}

/// Far more often than the pauses between commands grow.
const MOST_RESENT: i16 = 1_000;

/// Locks those of `ids` that there are, always in the same order. What is known of the company, whether it is active and who
/// acts for it, is as it was when the lock was asked for: while that waits, only what is locked is read anew.
///
/// # Errors
/// Those of the statement.
pub async fn lock(
    connection: &mut PgConnection,
    ids: &[BookingId],
    whose: Whose,
) -> sqlx::Result<Vec<Locked>> {
    let (client_id, company_id) = whose.columns();
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query!(
        r#"select bookings.id, bookings.offer_id, bookings.client_id, bookings.service_id, bookings.starts_at,
                  bookings.duration_min, bookings.price, bookings.currency,
                  bookings.company as "company: Json<BookedCompany>", bookings.status, bookings.reason,
                  bookings.refund, bookings.expected_price, bookings.created_at, bookings.revision,
                  bookings.member_ids, bookings.resent, bookings.due_at,
                  coalesce(bookings.due_at <= clock_timestamp(), false) as "is_due!",
                  clock_timestamp() as "now!", offers.status as offer_status, offers.revision as offer_revision,
                  case
                      when offers.starts_at > now() and companies.active then 'open'
                      else 'expired'
                  end as "let_go!",
                  array(
                      select members.user_id
                      from members
                      where members.company_id = bookings.company_id
                      order by members.user_id
                  ) as "acting_ids!"
           from offers
           join bookings on bookings.offer_id = offers.id
           join companies on companies.company_id = offers.company_id
           where bookings.id = any($1)
             and ($2::uuid is null or bookings.client_id = $2)
             and ($3::uuid is null or bookings.company_id = $3)
           order by bookings.id
           for update of offers, bookings"#,
        &ids,
        client_id,
        company_id,
    )
    .fetch_all(connection)
    .await?;
    let people = |ids: Vec<Uuid>| ids.into_iter().map(UserId).collect();
    let status = |text: &str| OfferStatus::parse(text).ok_or_else(|| impossible("offers.status"));
    rows.into_iter()
        .map(|row| {
            Ok(Locked {
                offer: HeldOffer {
                    status: status(&row.offer_status)?,
                    revision: row.offer_revision,
                    let_go: status(&row.let_go)?,
                },
                member_ids: people(row.member_ids),
                resent: row.resent,
                due_at: row.due_at.map(|due_at| due_at.to_jiff()),
                is_due: row.is_due,
                now: row.now.to_jiff(),
                acting_ids: people(row.acting_ids),
                is_changed: false,
                has_moved: false,
                lines: Vec::new(),
                booking: row!(row).try_into()?,
            })
        })
        .collect()
}

/// Writes what was made of locked bookings, in one statement. Two of one offer must name the same for it, see
/// [`HeldOffer`]; the statement writes it once.
///
/// # Errors
/// Those of the statement.
pub async fn save(connection: &mut PgConnection, locked: &[Locked]) -> sqlx::Result<()> {
    let mut rows = Rows::default();
    for locked in locked.iter().filter(|it| it.is_changed) {
        rows.add(locked);
    }
    if rows.ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "with change as (
             select *
             from unnest($1::uuid[], $2::bigint[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::smallint[],
                         $8::text[], $9::boolean[], $10::uuid[], $11::text[], $12::bigint[])
                  as change (id, revision, status, reason, refund, due_at, resent, member_ids, has_moved, offer_id,
                             offer_status, offer_revision)
         ), offer as (
             update offers
             set status = change.offer_status,
                 revision = change.offer_revision
             from change
             where offers.id = change.offer_id
         ), booking as (
             update bookings
             set revision = change.revision,
                 status = change.status,
                 reason = change.reason,
                 refund = change.refund,
                 due_at = change.due_at::timestamptz,
                 resent = change.resent,
                 member_ids = change.member_ids::uuid[],
                 updated_at = case when change.has_moved then clock_timestamp() else updated_at end
             from change
             where bookings.id = change.id
         )
         insert into timeline (booking_id, at, status, actor, detail)
         select booking_id, at::timestamptz, status, actor, detail
         from unnest($13::uuid[], $14::text[], $15::text[], $16::text[], $17::text[])
              with ordinality
              as line (booking_id, at, status, actor, detail, place)
         order by place",
        &rows.ids,
        &rows.revisions,
        &rows.statuses,
        &rows.reasons as &[Option<String>],
        &rows.refunds as &[Option<i64>],
        &rows.due as &[Option<String>],
        &rows.resent,
        &rows.member_ids,
        &rows.has_moved,
        &rows.offer_ids,
        &rows.offer_statuses,
        &rows.offer_revisions,
        &rows.line_booking_ids,
        &rows.line_times,
        &rows.line_statuses,
        &rows.line_actors,
        &rows.line_details as &[Option<String>],
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The columns of what [`save`] writes: bookings with their offers, and lines of the timeline.
#[derive(Default)]
struct Rows {
    ids: Vec<Uuid>,
    revisions: Vec<i64>,
    statuses: Vec<String>,
    reasons: Vec<Option<String>>,
    refunds: Vec<Option<i64>>,
    due: Vec<Option<String>>,
    resent: Vec<i16>,
    member_ids: Vec<String>,
    has_moved: Vec<bool>,
    offer_ids: Vec<Uuid>,
    offer_statuses: Vec<String>,
    offer_revisions: Vec<i64>,
    line_booking_ids: Vec<Uuid>,
    line_times: Vec<String>,
    line_statuses: Vec<String>,
    line_actors: Vec<String>,
    line_details: Vec<Option<String>>,
}

impl Rows {
    fn add(&mut self, locked: &Locked) {
        let Locked { booking, offer, .. } = locked;
        let (reason, refund) = booking.state.columns();
        self.ids.push(booking.id.0);
        self.revisions.push(booking.revision);
        self.statuses.push(booking.state.status().as_str().to_owned());
        self.reasons.push(reason.map(str::to_owned));
        self.refunds.push(refund.map(|refund| refund.0));
        self.due.push(locked.due_at.map(|due_at| due_at.to_string()));
        self.resent.push(locked.resent);
        self.member_ids.push(array(&locked.member_ids));
        self.has_moved.push(locked.has_moved);
        self.offer_ids.push(booking.offer_id.0);
        self.offer_statuses.push(offer.status.as_str().to_owned());
        self.offer_revisions.push(offer.revision);
        for line in &locked.lines {
            self.line_booking_ids.push(booking.id.0);
            self.line_times.push(line.at.to_string());
            self.line_statuses.push(line.status.to_owned());
            self.line_actors.push(line.actor.as_str().to_owned());
            self.line_details.push(line.detail.clone());
        }
    }
}

/// As PostgreSQL writes an array: rows of a set cannot hold arrays of different lengths otherwise.
fn array(ids: &[UserId]) -> String {
    let ids: Vec<_> = ids.iter().map(UserId::to_string).collect();
    format!("{{{}}}", ids.join(","))
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
