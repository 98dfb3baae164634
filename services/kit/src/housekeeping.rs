//! Old rows go, once an hour, in small bites.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::telemetry;

const EVERY: Duration = Duration::from_secs(60 * 60);

/// The longest retention of a topic (30 days) and a week: a message that Kafka can still deliver again is
/// still remembered.
const INBOX_DAYS: i32 = 37;

const DEAD_LETTER_DAYS: i32 = 90;

/// Prunes the tables of [`crate::consumer`] and [`crate::dead_letters`] until `stop`.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    loop {
        if let Err(error) = prune(&pool).await {
            tracing::warn!(error = telemetry::chain(&error), "housekeeping waits for its next round");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn prune(pool: &PgPool) -> sqlx::Result<()> {
    loop {
        let done = sqlx::query(
            "delete from inbox
             where message_id in (
                 select message_id from inbox where received_at < now() - make_interval(days => $1) limit 5000
             )",
        )
        .bind(INBOX_DAYS)
        .execute(pool)
        .await?;
        if done.rows_affected() == 0 {
            break;
        }
    }
    sqlx::query("delete from dead_letters where parked_at < now() - make_interval(days => $1)")
        .bind(DEAD_LETTER_DAYS)
        .execute(pool)
        .await?;
    Ok(())
}
