//! `mails`: who is told what of a booking, or invited, and whether the mail server has it.
//!
//! Whoever writes a mail down does not ask whether its reader is known. The claim does: it makes a mail
//! without a contact `waiting`, and looks again when the lease ends. [`release`], in the transaction that
//! brings the contact, only spares it that time. So no order of the two transactions can leave a mail behind.

use contracts::ids::{BookingId, InvitationId, UserId};
use contracts::locale::Locale;
use contracts::messages::booking::BookingChanged;
use contracts::messages::company::InvitationMade;
use contracts::messages::notification::{Audience, MailSent, Outcome};
use jiff_sqlx::Timestamp;
use kit::telemetry;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::queue::{About, Asked, Cause, Claimed, MailId, Next, Reader, Tries};
use crate::domain::recipients::recipients;

/// How long a claimed mail is its claimer's, who renews it for a mail that takes longer. Short, for it is also
/// how long the mails of a process that died stay where they are.
const LEASE_SECONDS: f64 = 10.0;

/// As long as the topic can bring an event again, and a week.
const KEPT_DAYS: i32 = 37;

/// How many mails the queue holds, seen from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Queue {
    pub queued: i64,
    /// For their readers' addresses.
    pub waiting: i64,
    pub failed: i64,
    /// Neither sent nor given up within five minutes.
    pub overdue: i64,
}

impl Queue {
    /// What somebody must look at: given up is no better than overdue.
    pub fn alarming(self) -> i64 {
        self.overdue + self.failed
    }
}

/// A mail that was not handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postponed {
    pub id: MailId,
    pub tries: Tries,
    pub next: Next,
    /// Nothing personal.
    pub error: String,
}

/// Writes down one mail for each recipient of all that is asked for, unless it is there already.
///
/// # Errors
/// Those of the statement.
pub async fn insert(connection: &mut PgConnection, asked: &[Asked]) -> sqlx::Result<()> {
    let (mut ids, mut booking_ids, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut audiences, mut user_ids, mut bookings) = (Vec::new(), Vec::new(), Vec::new());
    let (mut causation_ids, mut traceparents) = (Vec::new(), Vec::new());
    for Asked { booking, outcome, cause } in asked {
        let Some(outcome) = outcome else { continue };
        let payload = payload(booking)?;
        for (audience, user_id) in recipients(booking) {
            ids.push(Uuid::now_v7());
            booking_ids.push(booking.booking_id.0);
            outcomes.push(outcome.as_str().to_owned());
            audiences.push(audience.as_str().to_owned());
            user_ids.push(user_id.0);
            bookings.push(payload.clone());
            causation_ids.push(cause.message_id);
            traceparents.push(cause.traceparent.clone());
        }
    }
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "insert into mails (id, booking_id, outcome, audience, user_id, booking, causation_id, traceparent)
         select id, booking_id, outcome, audience, user_id, booking::jsonb, causation_id, traceparent
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::uuid[], $8::text[])
              as mail (id, booking_id, outcome, audience, user_id, booking, causation_id, traceparent)
         on conflict on constraint mails_once do nothing",
        &ids,
        &booking_ids,
        &outcomes,
        &audiences,
        &user_ids,
        &bookings,
        &causation_ids,
        &traceparents,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// An event's payload for a column.
pub(super) fn payload(booking: &BookingChanged) -> sqlx::Result<String> {
    serde_json::to_string(booking).map_err(|error| sqlx::Error::Encode(error.into()))
}

/// Writes down the letter of an invitation, unless it is there already.
///
/// # Errors
/// Those of the statement.
pub async fn insert_invitation(
    connection: &mut PgConnection,
    invitation: &InvitationMade,
    cause: &Cause,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into mails (id, invitation_id, invitation, useful_until, causation_id, traceparent)
         values ($1, $2, $3, $4::text::timestamptz, $5, $6)
         on conflict on constraint mails_invitation_once do nothing",
        Uuid::now_v7(),
        invitation.invitation_id.0,
        Json(invitation) as _,
        invitation.expires_at.to_string(),
        cause.message_id,
        cause.traceparent,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Lets the mails go that waited for `user_id` to be known.
///
/// # Errors
/// Those of the statement.
pub async fn release(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "update mails
         set state = 'queued',
             next_attempt_at = now()
         where user_id = $1
           and state = 'waiting'",
        user_id.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

struct ClaimedRow {
    id: Uuid,
    booking_id: Option<Uuid>,
    outcome: Option<String>,
    audience: Option<String>,
    booking: Option<String>,
    invitation_id: Option<Uuid>,
    invitation: Option<String>,
    created_at: Timestamp,
    attempts: i32,
    refusals: i32,
    causation_id: Uuid,
    traceparent: String,
    email: Option<String>,
    first_name: Option<String>,
    locale: Option<String>,
    client_name: Option<String>,
}

impl ClaimedRow {
    /// `None` when nobody knows the reader yet.
    fn claimed(self) -> sqlx::Result<Option<Claimed>> {
        let (Some(email), Some(first_name), Some(locale)) = (self.email, self.first_name, self.locale) else {
            return Ok(None);
        };
        // A newer release may speak more languages.
        let locale = Locale::parse(&locale).unwrap_or_default();
        let booking = self.booking_id.zip(self.booking).zip(self.outcome.zip(self.audience));
        let about = match (booking, self.invitation_id.zip(self.invitation)) {
            (Some(((id, payload), (outcome_text, audience_text))), None) => About::Booking {
                id: BookingId(id),
                outcome: outcome(&outcome_text)?,
                audience: audience(&audience_text)?,
                payload,
                client_name: self.client_name.filter(|name| !name.is_empty()),
            },
            (None, Some((id, payload))) => About::Invitation { id: InvitationId(id), payload },
            (None, None) | (Some(_), Some(_)) => return Err(impossible("mails", "is about no one thing")),
        };
        Ok(Some(Claimed {
            id: MailId(self.id),
            about,
            tries: Tries { attempts: self.attempts, refusals: self.refusals },
            cause: Cause { message_id: self.causation_id, traceparent: self.traceparent },
            reader: Reader { email, first_name, locale },
            created_at: self.created_at.to_jiff(),
        }))
    }
}

/// Takes up to `limit` mails that are due, for the time of a lease. Replicas share: what one has taken, another
/// does not see.
///
/// A reader's mails about a booking go out in the order in which they were asked for, also after an outage that has
/// shuffled the queue: each waits until the older ones are over. One that was refused holds up none.
///
/// # Errors
/// Those of the statement.
pub async fn claim(connection: &mut PgConnection, limit: usize) -> sqlx::Result<Vec<Claimed>> {
    if limit == 0 {
        return Ok(Vec::new());
    }
    let rows = sqlx::query_as!(
        ClaimedRow,
        r#"with due as (
               select id, user_id, (booking ->> 'client_id')::uuid as client_id,
                      invitation ->> 'email' as address
               from mails
               where state in ('queued', 'waiting')
                 and next_attempt_at <= now()
                 and (useful_until is null or useful_until > now())
                 and not exists (
                     select
                     from mails as older
                     where older.booking_id = mails.booking_id
                       and older.audience = mails.audience
                       and older.user_id = mails.user_id
                       -- Not "queued or waiting", which would let the index of what is due be read for it: all of
                       -- that for each mail, because to the statistics the queue is empty.
                       and older.state not in ('sent', 'failed', 'withdrawn')
                       and older.refusals = 0
                       and (older.created_at, older.id) < (mails.created_at, mails.id)
                 )
               order by next_attempt_at
               limit $1
               for update skip locked
           )
           update mails as mail
           set state = case when reader.user_id is null and due.address is null then 'waiting' else 'queued' end,
               next_attempt_at = now() + make_interval(secs => $2)
           from due
           left join contacts as reader on reader.user_id = due.user_id
           left join lateral (
               select first_name, locale
               from contacts
               where email = due.address
               order by user_id
               limit 1
           ) as invited on due.address is not null
           left join contacts as client on client.user_id = due.client_id
           where mail.id = due.id
           returning mail.id, mail.booking_id, mail.outcome, mail.audience, mail.booking::text as booking,
                     mail.invitation_id, mail.invitation::text as invitation,
                     mail.created_at as "created_at: Timestamp", mail.attempts,
                     mail.refusals, mail.causation_id, mail.traceparent,
                     coalesce(due.address, reader.email) as email,
                     -- empty where there is an address without a name
                     coalesce(reader.first_name, invited.first_name, left(due.address, 0)) as first_name,
                     coalesce(reader.locale, invited.locale, mail.invitation ->> 'locale') as locale,
                     trim(client.first_name || ' ' || client.last_name) as "client_name?""#,
        i64::try_from(limit).unwrap_or(i64::MAX),
        LEASE_SECONDS,
    )
    .fetch_all(&mut *connection)
    .await?;
    let (mut claimed, mut unreadable) = (Vec::new(), Vec::new());
    for row in rows {
        let id = row.id;
        match row.claimed() {
            Ok(mail) => claimed.extend(mail),
            Err(error) => {
                tracing::error!(mail_id = %id, error = telemetry::chain(&error), "a mail cannot be read");
                unreadable.push(id);
            }
        }
    }
    put_aside(connection, &unreadable).await?;
    Ok(claimed)
}

/// What this release cannot read must hold up nothing else: a later one may try it. It counts as refused, so that no mail
/// of its booking waits for it.
async fn put_aside(connection: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    sqlx::query!(
        "update mails
         set next_attempt_at = now() + interval '10 minutes',
             refusals = greatest(refusals, 1),
             last_error = 'cannot be read'
         where id = any($1)",
        ids,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends the mails that are not true any more, so that nobody is told what is over.
///
/// # Errors
/// Those of the statement.
pub async fn withdraw_late(connection: &mut PgConnection) -> sqlx::Result<()> {
    sqlx::query!(
        "update mails
         set state = 'withdrawn'
         where state in ('queued', 'waiting')
           and useful_until <= now()",
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Begins the leases of these mails anew; they are still being handed over. Who renews before he claims is
/// never given one of them. A mail that somebody else has sent or postponed meanwhile stays so.
///
/// # Errors
/// Those of the statement.
pub async fn renew(connection: &mut PgConnection, ids: &[MailId]) -> sqlx::Result<()> {
    if ids.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    sqlx::query!(
        "update mails
         set next_attempt_at = greatest(next_attempt_at, now() + make_interval(secs => $2))
         where id = any($1)
           and state = 'queued'",
        &ids,
        LEASE_SECONDS,
    )
    .execute(connection)
    .await?;
    Ok(())
}

struct SentRow {
    booking_id: Option<Uuid>,
    outcome: Option<String>,
    audience: Option<String>,
    user_id: Option<Uuid>,
    sent_at: Timestamp,
    causation_id: Uuid,
    traceparent: String,
}

/// Notes that the mail server has these mails, and tells which of them nobody had noted before.
///
/// # Errors
/// Those of the statement.
pub async fn mark_sent(
    connection: &mut PgConnection,
    ids: &[MailId],
) -> sqlx::Result<Vec<(MailSent, Cause)>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    let rows = sqlx::query_as!(
        SentRow,
        r#"update mails
           set state = 'sent',
               sent_at = now(),
               last_error = null,
               invitation = invitation - 'sealed_token'
           where id = any($1)
             and state <> 'sent'
           returning booking_id, outcome, audience, user_id, sent_at as "sent_at!: Timestamp", causation_id,
                     traceparent"#,
        &ids,
    )
    .fetch_all(connection)
    .await?;
    // Nobody waits to hear that an invitation went out.
    rows.into_iter().filter_map(|row| sent(row).transpose()).collect()
}

fn sent(row: SentRow) -> sqlx::Result<Option<(MailSent, Cause)>> {
    let (Some(booking_id), Some(outcome_text), Some(audience_text), Some(user_id)) =
        (row.booking_id, row.outcome, row.audience, row.user_id)
    else {
        return Ok(None);
    };
    let sent = MailSent {
        booking_id: BookingId(booking_id),
        outcome: outcome(&outcome_text)?,
        audience: audience(&audience_text)?,
        user_id: UserId(user_id),
        sent_at: row.sent_at.to_jiff(),
    };
    Ok(Some((sent, Cause { message_id: row.causation_id, traceparent: row.traceparent })))
}

/// Notes that these mails were not handed over. What somebody else has handed over meanwhile stays so.
///
/// # Errors
/// Those of the statement.
pub async fn postpone(connection: &mut PgConnection, postponed: &[Postponed]) -> sqlx::Result<()> {
    if postponed.is_empty() {
        return Ok(());
    }
    let ids: Vec<Uuid> = postponed.iter().map(|mail| mail.id.0).collect();
    let attempts: Vec<i32> = postponed.iter().map(|mail| mail.tries.attempts).collect();
    let refusals: Vec<i32> = postponed.iter().map(|mail| mail.tries.refusals).collect();
    let errors: Vec<String> = postponed.iter().map(|mail| mail.error.clone()).collect();
    let (given_up, waits): (Vec<bool>, Vec<i32>) = postponed
        .iter()
        .map(|mail| match mail.next {
            Next::Again { wait_seconds } => (false, wait_seconds),
            Next::GiveUp => (true, 0),
        })
        .unzip();
    sqlx::query!(
        "update mails as mail
         set state = case when verdict.given_up then 'failed' else 'queued' end,
             attempts = verdict.attempts,
             refusals = verdict.refusals,
             next_attempt_at = now() + make_interval(secs => verdict.wait_seconds),
             last_error = verdict.error
         from unnest($1::uuid[], $2::boolean[], $3::integer[], $4::integer[], $5::integer[], $6::text[])
              as verdict (id, given_up, attempts, refusals, wait_seconds, error)
         where mail.id = verdict.id
           and mail.state = 'queued'",
        &ids,
        &given_up,
        &attempts,
        &refusals,
        &waits,
        &errors,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// What has not gone out, counted. An invitation to an address that a mail server refuses is no trouble of ours: anybody
/// can mistype one.
///
/// # Errors
/// Those of the statement.
pub async fn look(connection: &mut PgConnection) -> sqlx::Result<Queue> {
    sqlx::query_as!(
        Queue,
        r#"select count(*) filter (where state = 'queued') as "queued!",
                  count(*) filter (where state = 'waiting') as "waiting!",
                  (select count(*) from mails where state = 'failed' and invitation_id is null) as "failed!",
                  count(*) filter (
                      where created_at < now() - interval '5 minutes'
                        and (invitation_id is null or refusals = 0)
                  ) as "overdue!"
           from mails
           where state in ('queued', 'waiting')"#,
    )
    .fetch_one(connection)
    .await
}

/// Deletes up to `limit` mails that no event can ask for again, and says how many it were. What waits for the
/// mail server stays.
///
/// # Errors
/// Those of the statement.
pub async fn prune(connection: &mut PgConnection, limit: i64) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from mails
         where id in (
             select id
             from mails
             where created_at < now() - make_interval(days => $1)
               and state <> 'queued'
             limit $2
         )",
        KEPT_DAYS,
        limit,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

fn outcome(text: &str) -> sqlx::Result<Outcome> {
    Outcome::parse(text).ok_or_else(|| impossible("mails.outcome", "is no outcome"))
}

fn audience(text: &str) -> sqlx::Result<Audience> {
    Audience::parse(text).ok_or_else(|| impossible("mails.audience", "is no audience"))
}

fn impossible(index: &str, reason: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode { index: index.to_owned(), source: reason.into() }
}
