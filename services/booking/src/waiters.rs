//! Requests that wait for the outcome of a booking.
//!
//! Who waits registers before his booking is committed, so no outcome can slip by. He is woken by this process's
//! own consumer; for outcomes that another replica has consumed there is one poller, which asks for all waiting
//! bookings in one query, and only while somebody waits.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use contracts::ids::BookingId;
use kit::telemetry;
use sqlx::PgPool;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::store::bookings::{self, Booking};

/// More would only hold connections of the gateway: the next one is told to ask again.
const AT_MOST: usize = 256;

const POLL_EVERY: Duration = Duration::from_millis(25);

/// Everybody who waits in this process.
#[derive(Debug, Clone, Default)]
pub struct Waiters(Arc<Inner>);

#[derive(Debug, Default)]
struct Inner {
    waiting: Mutex<Waiting>,
    somebody: Notify,
}

type Waiting = HashMap<BookingId, Vec<Arc<Place>>>;

#[derive(Debug, Default)]
struct Place {
    woken: Notify,
    /// What the last one who woke knew.
    news: Mutex<Option<Booking>>,
}

/// A place among them, until it is dropped.
#[derive(Debug)]
pub struct Waiter {
    waiters: Waiters,
    id: BookingId,
    place: Arc<Place>,
}

impl Waiters {
    /// `None` when too many wait already.
    pub fn register(&self, id: BookingId) -> Option<Waiter> {
        let place = Arc::<Place>::default();
        let mut waiting = self.lock();
        if waiting.values().map(Vec::len).sum::<usize>() >= AT_MOST {
            return None;
        }
        waiting.entry(id).or_default().push(place.clone());
        drop(waiting);
        self.0.somebody.notify_one();
        Some(Waiter { waiters: self.clone(), id, place })
    }

    /// Something has happened to this booking, and is committed. `news` is what it is then, of one who knows.
    pub fn wake(&self, id: BookingId, news: Option<Booking>) {
        for place in self.lock().get(&id).into_iter().flatten() {
            place.news().clone_from(&news);
            place.woken.notify_one();
        }
    }

    /// Wakes for what other replicas have done, until `stop`.
    pub async fn poll(self, pool: PgPool, stop: CancellationToken) {
        loop {
            let waiting: Vec<BookingId> = self.lock().keys().copied().collect();
            let pause = async {
                if waiting.is_empty() {
                    self.0.somebody.notified().await;
                }
                tokio::time::sleep(POLL_EVERY).await;
            };
            tokio::select! {
                () = stop.cancelled() => return,
                () = pause => {}
            }
            if waiting.is_empty() {
                continue;
            }
            let decided = async { bookings::decided(&mut *pool.acquire().await?, &waiting).await };
            match decided.await {
                Ok(decided) => decided.into_iter().for_each(|id| self.wake(id, None)),
                // Who waits has a deadline of his own.
                Err(error) => {
                    tracing::debug!(error = telemetry::chain(&error), "outcomes cannot be asked for")
                }
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.0.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    fn news(&self) -> MutexGuard<'_, Option<Booking>> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiter {
    /// Returns when something has happened to the booking since the last call, or since registration: what it is now, or
    /// `None` when that is to be read.
    pub async fn woken(&self) -> Option<Booking> {
        self.place.woken.notified().await;
        self.place.news().take()
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let mut waiting = self.waiters.lock();
        if let Some(places) = waiting.get_mut(&self.id) {
            places.retain(|place| !Arc::ptr_eq(place, &self.place));
            if places.is_empty() {
                waiting.remove(&self.id);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn who_is_woken_before_he_waits_does_not_wait() {
        let (waiters, id) = (Waiters::default(), BookingId(Uuid::from_u128(1)));
        let (first, second) = (waiters.register(id).unwrap(), waiters.register(id).unwrap());
        waiters.wake(id, None);
        assert!(first.woken().now_or_never().is_some());
        assert!(second.woken().now_or_never().is_some());
        assert!(first.woken().now_or_never().is_none());
    }

    #[test]
    fn a_place_is_free_again_when_its_waiter_is_gone() {
        let waiters = Waiters::default();
        let id = |number: usize| BookingId(Uuid::from_u128(number.try_into().unwrap()));
        let all: Vec<Waiter> = (0..AT_MOST).map(|number| waiters.register(id(number)).unwrap()).collect();
        assert!(waiters.register(id(AT_MOST)).is_none());
        drop(all);
        assert!(waiters.lock().is_empty());
        let of_one: Vec<Waiter> = (0..AT_MOST).map(|_| waiters.register(id(1)).unwrap()).collect();
        assert!(waiters.register(id(1)).is_none(), "many may wait for one booking, but not more");
        drop(of_one);
        assert!(waiters.register(id(AT_MOST)).is_some());
    }
}
