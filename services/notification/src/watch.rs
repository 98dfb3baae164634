//! What the queue looks like from outside, and an alarm when it stands.

use std::time::Duration;

use kit::telemetry;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::store::mails::{self, Queue};

const EVERY: Duration = Duration::from_secs(15);

/// Shows the queue until `stop`. In the metrics `mails` counts by state; what went out is a counter. `mails_overdue`
/// is the alarm: mails that are older than five minutes and not sent. Those given up count too, until somebody
/// queues them again or they are pruned: nothing else will ever send them.
pub async fn run(pool: PgPool, stop: CancellationToken) {
    loop {
        match look(&pool).await {
            Ok(queue) => show(queue),
            Err(error) => {
                tracing::warn!(error = telemetry::chain(&error), "the queue of mails cannot be seen");
            }
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

async fn look(pool: &PgPool) -> sqlx::Result<Queue> {
    let mut connection = pool.acquire().await?;
    mails::look(&mut connection).await
}

fn show(queue: Queue) {
    for (state, count) in [("queued", queue.queued), ("waiting", queue.waiting), ("failed", queue.failed)] {
        metrics::gauge!("mails", "state" => state).set(count as f64);
    }
    metrics::gauge!("mails_overdue").set(queue.alarming() as f64);
    if queue.alarming() > 0 {
        let Queue { queued, waiting, failed, overdue } = queue;
        tracing::warn!(overdue, queued, waiting, failed, "mails are overdue or given up");
    }
}
