//! Old mails go, once an hour, in small bites.

use std::time::Duration;

use kit::telemetry;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::store::mails;

const EVERY: Duration = Duration::from_secs(60 * 60);

const BITE: i64 = 5_000;

/// Prunes `mails` until `stop`.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    loop {
        if let Err(error) = prune(&pool).await {
            tracing::warn!(error = telemetry::chain(&error), "old mails stay until the next round");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn prune(pool: &PgPool) -> sqlx::Result<()> {
    let mut connection = pool.acquire().await?;
    while mails::prune(&mut connection, BITE).await? > 0 {}
    Ok(())
}
