//! What waits in the tables that every service has, shown in the metrics.

use std::time::Duration;

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::telemetry;

const EVERY: Duration = Duration::from_secs(15);

/// Shows until `stop`: `outbox_messages` that are not published yet, `outbox_oldest_seconds` since the first of them was
/// pushed, and `dead_letters` that wait for somebody to look at them.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    loop {
        if let Err(error) = show(&pool).await {
            tracing::debug!(error = telemetry::chain(&error), "what waits cannot be seen");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn show(pool: &PgPool) -> sqlx::Result<()> {
    let (messages, seconds, letters): (i64, f64, i64) = sqlx::query_as(
        "select count(*), coalesce(extract(epoch from clock_timestamp() - min(occurred_at)), 0)::float8,
                (select count(*) from dead_letters)
         from outbox",
    )
    .fetch_one(pool)
    .await?;
    metrics::gauge!("outbox_messages").set(gauge(messages));
    metrics::gauge!("outbox_oldest_seconds").set(seconds);
    metrics::gauge!("dead_letters").set(gauge(letters));
    Ok(())
}

/// A count as a gauge takes it.
#[expect(clippy::cast_precision_loss, reason = "nobody waits for so many that it matters")]
pub fn gauge(count: i64) -> f64 {
    count as f64
}
