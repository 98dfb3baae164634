//! `reminders`: what a client will be told shortly before his visit, unless it is cancelled first. Those that are due are
//! mails, which `mails::withdraw_late` ends when they come too late.

use contracts::ids::BookingId;
use contracts::messages::notification::Audience;
use sqlx::PgConnection;
use uuid::Uuid;

use super::mails::payload;
use crate::domain::queue::Asked;
use crate::domain::reminders;

/// Writes down the reminders of paid bookings that still come in time. One that was there before, went out, or whose
/// booking was cancelled is not written again.
///
/// # Errors
/// Those of the statement.
pub async fn insert(connection: &mut PgConnection, paid: &[&Asked]) -> sqlx::Result<()> {
    if paid.is_empty() {
        return Ok(());
    }
    let (mut ids, mut booking_ids, mut outcomes) = (Vec::new(), Vec::new(), Vec::new());
    let (mut user_ids, mut bookings) = (Vec::new(), Vec::new());
    let (mut due, mut useful) = (Vec::new(), Vec::new());
    let (mut causation_ids, mut traceparents) = (Vec::new(), Vec::new());
    for Asked { booking, cause, .. } in paid {
        let payload = payload(booking)?;
        for reminder in reminders::of(booking.starts_at) {
            ids.push(Uuid::now_v7());
            booking_ids.push(booking.booking_id.0);
            outcomes.push(reminder.outcome.as_str().to_owned());
            user_ids.push(booking.client_id.0);
            bookings.push(payload.clone());
            due.push(reminder.due_at.to_string());
            useful.push(reminder.useful_until.to_string());
            causation_ids.push(cause.message_id);
            traceparents.push(cause.traceparent.clone());
        }
    }
    sqlx::query!(
        "insert into reminders
             (id, booking_id, outcome, user_id, booking, due_at, useful_until, causation_id, traceparent)
         select id, booking_id, outcome, user_id, booking::jsonb, due_at::timestamptz, useful_until::timestamptz,
                causation_id, traceparent
         from unnest($1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::text[], $8::uuid[],
                     $9::text[])
              as reminder (id, booking_id, outcome, user_id, booking, due_at, useful_until, causation_id, traceparent)
         where due_at::timestamptz > now()
           and not exists (
               select
               from mails
               where mails.booking_id = reminder.booking_id
                 and mails.outcome in (reminder.outcome, 'cancelled')
           )
         on conflict on constraint reminders_once do nothing",
        &ids,
        &booking_ids,
        &outcomes,
        &user_ids,
        &bookings,
        &due,
        &useful,
        &causation_ids,
        &traceparents,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// There will be no visit: nobody is reminded of it, not even by a mail that waits for the mail server. One that is being
/// handed over just now may still go out.
///
/// # Errors
/// Those of the statements.
pub async fn withdraw(connection: &mut PgConnection, booking_id: BookingId) -> sqlx::Result<()> {
    sqlx::query!("delete from reminders where booking_id = $1", booking_id.0)
        .execute(&mut *connection)
        .await?;
    sqlx::query!(
        "update mails
         set state = 'withdrawn'
         where booking_id = $1
           and outcome in ('reminder_24h', 'reminder_2h')
           and state in ('queued', 'waiting')",
        booking_id.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Up to `limit` reminders that are due become mails; those that come too late are dropped. Says how many it were.
///
/// # Errors
/// Those of the statement.
pub async fn queue_due(connection: &mut PgConnection, limit: i64) -> sqlx::Result<u64> {
    let queued = sqlx::query!(
        r#"with due as (
               delete from reminders
               where id in (
                   select id
                   from reminders
                   where due_at <= now()
                   order by due_at
                   limit $1
                   for update skip locked
               )
               returning id, booking_id, outcome, user_id, booking, useful_until, causation_id, traceparent
           ), written as (
               insert into mails
                   (id, booking_id, outcome, audience, user_id, booking, useful_until, causation_id, traceparent)
               select id, booking_id, outcome, $2, user_id, booking, useful_until, causation_id, traceparent
               from due
               where useful_until > now()
               on conflict on constraint mails_once do nothing
           )
           select count(*) as "count!" from due"#,
        limit,
        Audience::Client.as_str(),
    )
    .fetch_one(connection)
    .await?;
    Ok(queued.count.unsigned_abs())
}
