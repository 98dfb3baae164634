//! What time does by itself: it moves bookings that wait too long, and ends offers whose hour has come.

use std::time::Duration;

use contracts::ids::BookingId;
use contracts::messages::booking::BookingEvent;
use kit::outbox::{self, Outbox};
use kit::telemetry;
use kit::watch::gauge;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::sagas::{self, Outcome};
use crate::store::bookings::{self, Undecided};
use crate::store::offers;

const EVERY: Duration = Duration::from_millis(500);

/// Offers are looked at once in so many rounds.
const ROUNDS_OF_A_MINUTE: u32 = 120;

/// Bookings that wait are counted once in so many.
const ROUNDS_OF_A_COUNT: u32 = 30;

/// What one round takes on at once.
const BATCH: i64 = 200;

/// Runs until `stop`.
pub async fn run(outbox: Outbox, pool: PgPool, stop: CancellationToken) {
    let mut round: u32 = 0;
    loop {
        let work = async {
            move_due(&pool, &outbox).await?;
            if round.is_multiple_of(ROUNDS_OF_A_MINUTE) {
                expire(&pool, &outbox).await?;
            }
            if round.is_multiple_of(ROUNDS_OF_A_COUNT) {
                show_undecided(&pool).await?;
            }
            Ok::<(), outbox::Error>(())
        };
        // A round that is broken off is rolled back, and comes again.
        let result = tokio::select! {
            () = stop.cancelled() => return,
            result = work => result,
        };
        if let Err(error) = result {
            tracing::warn!(error = telemetry::chain(&error), "timers wait for their next round");
        }
        round = round.wrapping_add(1);
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
    }
}

/// Each in a transaction of its own: one that fails does not undo the others.
async fn move_due(pool: &PgPool, outbox: &Outbox) -> Result<(), outbox::Error> {
    let due = bookings::due(&mut *pool.acquire().await?, BATCH).await?;
    for id in due {
        match move_one(pool, outbox, id).await {
            Ok(Outcome::Moved(state)) => {
                tracing::info!(booking_id = %id, status = state.status().as_str(), "time moved a booking");
            }
            Ok(Outcome::AlreadyDone | Outcome::Refused(_) | Outcome::Impossible) => {}
            Err(error) => {
                tracing::warn!(booking_id = %id, error = telemetry::chain(&error), "a due booking waits");
            }
        }
    }
    Ok(())
}

async fn move_one(pool: &PgPool, outbox: &Outbox, id: BookingId) -> Result<Outcome, outbox::Error> {
    let mut transaction = pool.begin().await?;
    let outcome = sagas::tick(&mut transaction, id).await?;
    outbox.commit_in_background(transaction).await?;
    Ok(outcome)
}

async fn expire(pool: &PgPool, outbox: &Outbox) -> Result<(), outbox::Error> {
    loop {
        let mut transaction = pool.begin().await?;
        let expired = offers::expire(&mut transaction, BATCH).await?;
        if expired.is_empty() {
            return Ok(());
        }
        for (event, revision) in expired {
            outbox::push(&mut transaction, &BookingEvent::OfferChanged(event), revision).await?;
        }
        outbox.commit_in_background(transaction).await?;
    }
}

async fn show_undecided(pool: &PgPool) -> sqlx::Result<()> {
    let Undecided { count, oldest_seconds, stuck } = bookings::undecided(&mut *pool.acquire().await?).await?;
    metrics::gauge!("bookings_undecided").set(gauge(count));
    metrics::gauge!("bookings_undecided_oldest_seconds").set(oldest_seconds);
    metrics::gauge!("bookings_stuck").set(gauge(stuck));
    if stuck > 0 {
        tracing::error!(stuck, "bookings have waited for payment for more than ten minutes");
    }
    Ok(())
}
