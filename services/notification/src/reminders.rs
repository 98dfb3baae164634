//! Reminders become mails when they are due, and mails that come too late are withdrawn.

use std::time::Duration;

use kit::telemetry;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::store::{mails, reminders};

const EVERY: Duration = Duration::from_secs(5);

const BATCH: i64 = 500;

/// Queues what is due until `stop`.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    loop {
        if let Err(error) = queue_due(&pool).await {
            tracing::warn!(error = telemetry::chain(&error), "reminders wait for the next round");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn queue_due(pool: &PgPool) -> sqlx::Result<()> {
    let mut connection = pool.acquire().await?;
    while reminders::queue_due(&mut connection, BATCH).await? > 0 {}
    mails::withdraw_late(&mut connection).await
}
