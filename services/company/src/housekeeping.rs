//! Old invitations go, once an hour.

use std::time::Duration;

use kit::telemetry;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::store::invitations;

const EVERY: Duration = Duration::from_secs(60 * 60);

/// Prunes `invitations` until `stop`.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    loop {
        let pruned = async { invitations::prune(&mut *pool.acquire().await?).await };
        if let Err(error) = pruned.await {
            tracing::warn!(error = telemetry::chain(&error), "old invitations stay until the next round");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}
