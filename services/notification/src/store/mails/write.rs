use contracts::ids::UserId;
use contracts::messages::booking::BookingChanged;
use contracts::messages::company::InvitationMade;
use sqlx::PgConnection;
use sqlx::types::Json;
use uuid::Uuid;

use crate::domain::queue::{Asked, Cause};
use crate::domain::recipients::recipients;

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
pub(in crate::store) fn payload(booking: &BookingChanged) -> sqlx::Result<String> {
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
