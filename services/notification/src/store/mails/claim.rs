use contracts::ids::{BookingId, InvitationId};
use contracts::locale::Locale;
use jiff_sqlx::Timestamp;
use kit::telemetry;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{audience, impossible, outcome};
use crate::domain::queue::{About, Cause, Claimed, MailId, Reader, Tries};

/// How long a claimed mail is its claimer's, who renews it for a mail that takes longer. Short, for it is also
/// how long the mails of a process that died stay where they are.
const LEASE_SECONDS: f64 = 10.0;

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
