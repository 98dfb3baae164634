//! `timeline`: what happened to bookings, and who made it happen. It is written where bookings are changed.

use contracts::http::booking::{Actor, TimelineEntry};
use contracts::ids::BookingId;
use sqlx::PgConnection;

use super::impossible;

/// All that happened, in the order in which it did.
///
/// # Errors
/// Those of the statement.
pub async fn of_booking(
    connection: &mut PgConnection,
    booking_id: BookingId,
) -> sqlx::Result<Vec<TimelineEntry>> {
    let rows = sqlx::query!(
        "select at, status, actor, detail
         from timeline
         where booking_id = $1
         order by id",
        booking_id.0,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(TimelineEntry {
                at: row.at.to_jiff(),
                status: row.status,
                actor: Actor::parse(&row.actor).ok_or_else(|| impossible("timeline.actor"))?,
                detail: row.detail,
            })
        })
        .collect()
}

/// What was noted when payment was asked to undo the charge of a booking, or to give it back.
///
/// # Errors
/// Those of the statement.
pub async fn detail_of_undoing(
    connection: &mut PgConnection,
    booking_id: BookingId,
) -> sqlx::Result<Option<String>> {
    let detail = sqlx::query_scalar!(
        "select detail
         from timeline
         where booking_id = $1
           and status in ('voiding', 'refunding')",
        booking_id.0,
    );
    Ok(detail.fetch_optional(connection).await?.flatten())
}
