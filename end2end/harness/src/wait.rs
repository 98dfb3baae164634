use std::time::{Duration, Instant};

use anyhow::bail;

const BETWEEN_PROBES: Duration = Duration::from_millis(50);

/// Asks `probe` until it finds something.
///
/// # Errors
/// Those of the probe; or nothing was found within `limit`, with `what` named.
pub async fn until<T>(
    what: &str,
    limit: Duration,
    mut probe: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<T> {
    let began = Instant::now();
    loop {
        if let Some(found) = probe().await? {
            return Ok(found);
        }
        if began.elapsed() >= limit {
            bail!("{what}: not within {limit:?}");
        }
        tokio::time::sleep(BETWEEN_PROBES).await;
    }
}
