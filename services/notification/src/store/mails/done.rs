use contracts::ids::{BookingId, UserId};
use contracts::messages::notification::MailSent;
use jiff_sqlx::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use super::{audience, outcome};
use crate::domain::queue::{Cause, MailId, Next, Tries};

/// A mail that was not handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postponed {
    pub id: MailId,
    pub tries: Tries,
    pub next: Next,
    /// Nothing personal.
    pub error: String,
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
