//! `reminders`: what a client will be told shortly before his visit, unless it is cancelled first. Those that are due are
//! mails, which `mails::withdraw_late` ends when they come too late.

use std::iter;

use contracts::ids::BookingId;
use contracts::messages::booking::BookingChanged;
use contracts::messages::notification::Audience;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::queue::Cause;
use crate::domain::reminders;

/// Writes down the reminders of a paid booking that still come in time. One that was there before, went out, or whose
/// booking was cancelled is not written again.
///
/// # Errors
/// Those of the statement.
pub async fn insert(
    connection: &mut PgConnection,
    booking: &BookingChanged,
    cause: &Cause,
) -> sqlx::Result<()> {
    let all = reminders::of(booking.starts_at);
    let ids: Vec<Uuid> = iter::repeat_with(Uuid::now_v7).take(all.len()).collect();
    let outcomes: Vec<String> = all.iter().map(|it| it.outcome.as_str().to_owned()).collect();
    let due: Vec<String> = all.iter().map(|it| it.due_at.to_string()).collect();
    let useful: Vec<String> = all.iter().map(|it| it.useful_until.to_string()).collect();
    sqlx::query!(
        "insert into reminders
             (id, booking_id, outcome, user_id, booking, due_at, useful_until, causation_id, traceparent)
         select id, $1, outcome, $2, $3, due_at::timestamptz, useful_until::timestamptz, $4, $5
         from unnest($6::uuid[], $7::text[], $8::text[], $9::text[])
              as reminder (id, outcome, due_at, useful_until)
         where due_at::timestamptz > now()
           and not exists (
               select
               from mails
               where mails.booking_id = $1
                 and mails.outcome in (reminder.outcome, 'cancelled')
           )
         on conflict on constraint reminders_once do nothing",
        booking.booking_id.0,
        booking.client_id.0,
        Json(booking) as _,
        cause.message_id,
        cause.traceparent,
        &ids,
        &outcomes,
        &due,
        &useful,
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
