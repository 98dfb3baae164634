//! `timeline`: what happened to bookings, and who made it happen.

use contracts::http::booking::{Actor, TimelineEntry};
use contracts::ids::BookingId;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::PgConnection;

use super::impossible;

/// # Errors
/// Those of the statement.
pub async fn insert(
    connection: &mut PgConnection,
    booking_id: BookingId,
    at: Timestamp,
    status: &str,
    actor: Actor,
    detail: Option<&str>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into timeline (booking_id, at, status, actor, detail)
         values ($1, $2, $3, $4, $5)",
        booking_id.0,
        at.to_sqlx(),
        status,
        actor.as_str(),
        detail,
    )
    .execute(connection)
    .await?;
    Ok(())
}

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
