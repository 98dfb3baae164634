//! From one feed to every stream that a change concerns.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use contracts::ids::{CompanyId, ServiceId, UserId};
use jiff::Timestamp;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// Frames that wait for one reader. Who is further behind is let go, and comes back to the present state.
const QUEUE: usize = 64;

/// For so long a change is told to streams that begin after it: a page is drawn a moment before its stream opens.
const RECENT: Duration = Duration::from_secs(60);

/// How many of those are kept at most, of bookings and of offers each.
const RECENT_LIMIT: usize = 2_000;

/// A change as it goes out, and whom it concerns.
#[derive(Debug, Clone)]
pub struct Change {
    /// A whole event of the stream, made once for all of them.
    pub frame: Bytes,
    pub about: About,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    Booking { client: UserId, company: CompanyId },
    Offer { service: ServiceId, starts_at: Timestamp },
}

/// Which offers a stream tells of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OfferFilter {
    /// `None`: of every service.
    pub services: Option<Vec<ServiceId>>,
    pub from: Option<Timestamp>,
    /// Inclusive, as in the search.
    pub to: Option<Timestamp>,
}

impl OfferFilter {
    fn takes(&self, service: ServiceId, starts_at: Timestamp) -> bool {
        self.services.as_ref().is_none_or(|services| services.contains(&service))
            && self.from.is_none_or(|from| from <= starts_at)
            && self.to.is_none_or(|to| starts_at <= to)
    }
}

/// Knows every open stream. It takes some only between [`Hub::open`] and [`Hub::close`]: while the feed has a place
/// in Kafka, so that what happens after a stream's beginning reaches it for sure.
#[derive(Debug, Clone, Default)]
pub struct Hub(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    is_open: bool,
    next_id: u64,
    viewers: HashMap<u64, Viewer>,
    by_user: HashMap<UserId, Vec<u64>>,
    by_company: HashMap<CompanyId, Vec<u64>>,
    searches: HashMap<u64, Search>,
    recent_bookings: Recent,
    recent_offers: Recent,
}

/// The stream of a person with a session.
#[derive(Debug)]
struct Viewer {
    sender: Sender<Bytes>,
    user: UserId,
    /// `None` until they are known.
    companies: Option<HashSet<CompanyId>>,
    /// What was heard meanwhile: whether he acts for this company.
    heard: Vec<(CompanyId, bool)>,
}

/// The stream of a list of offers.
#[derive(Debug)]
struct Search {
    sender: Sender<Bytes>,
    filter: OfferFilter,
}

#[derive(Debug, Default)]
struct Recent(VecDeque<(Instant, Change)>);

impl Recent {
    fn push(&mut self, change: Change) {
        self.forget();
        if self.0.len() == RECENT_LIMIT {
            self.0.pop_front();
        }
        self.0.push_back((Instant::now(), change));
    }

    fn forget(&mut self) {
        while self.0.front().is_some_and(|(at, _)| at.elapsed() > RECENT) {
            self.0.pop_front();
        }
    }

    /// In the order in which they happened.
    fn of(&mut self, concerns: impl Fn(About) -> bool) -> Vec<Bytes> {
        self.forget();
        let of_interest = self.0.iter().filter(|(_, change)| concerns(change.about));
        of_interest.map(|(_, change)| change.frame.clone()).collect()
    }
}

/// What became of a change.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Told {
    pub streams: usize,
    /// Some reader's queue is more than half full: whoever tells should wait a little.
    pub is_pressed: bool,
}

impl Hub {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on nothing is missed.
    pub fn open(&self) {
        self.lock().is_open = true;
    }

    /// Something may have been missed: ends every stream, so that each begins anew with the present state.
    pub fn close(&self) {
        let mut state = self.lock();
        *state = State { next_id: state.next_id, ..State::default() };
        state.count();
    }

    /// Begins a stream of the user's bookings. [`Subscription::join`] adds his companies. `None` while closed.
    pub fn watch_bookings(&self, user: UserId) -> Option<Subscription> {
        let mut state = self.lock();
        let (sender, frames) = channel(QUEUE);
        let id = state.next_id()?;
        state.viewers.insert(id, Viewer { sender, user, companies: None, heard: Vec::new() });
        state.by_user.entry(user).or_default().push(id);
        state.count();
        Some(Subscription { hub: self.clone(), id, frames })
    }

    /// Begins a stream of offers, with what has happened to them of late. `None` while closed.
    pub fn watch_offers(&self, filter: OfferFilter) -> Option<(Subscription, Vec<Bytes>)> {
        let mut state = self.lock();
        let (sender, frames) = channel(QUEUE);
        let id = state.next_id()?;
        let recent = state.recent_offers.of(|about| match about {
            About::Offer { service, starts_at } => filter.takes(service, starts_at),
            About::Booking { .. } => false,
        });
        state.searches.insert(id, Search { sender, filter });
        state.count();
        Some((Subscription { hub: self.clone(), id, frames }, recent))
    }

    /// Tells `change` to whom it concerns.
    pub fn tell(&self, change: Change) -> Told {
        self.lock().tell(change)
    }

    /// Tells who now acts for `company`; nobody does for an inactive one. The streams of those for whom that is news
    /// end: what they are told changes with it.
    pub fn tell_members(&self, company: CompanyId, members: &HashSet<UserId>) {
        self.lock().tell_members(company, members);
    }
}

impl State {
    fn next_id(&mut self) -> Option<u64> {
        self.next_id += 1;
        self.is_open.then_some(self.next_id)
    }

    fn tell(&mut self, change: Change) -> Told {
        let mut told = Told::default();
        let mut slow = Vec::new();
        let mut send = |id: u64, sender: &Sender<Bytes>| {
            if sender.try_send(change.frame.clone()).is_err() {
                slow.push(id);
            } else {
                told.streams += 1;
                told.is_pressed |= sender.capacity() < QUEUE / 2;
            }
        };
        match change.about {
            About::Booking { client, company } => {
                let own = self.by_user.get(&client).into_iter().flatten();
                let mut ids: Vec<u64> =
                    own.chain(self.by_company.get(&company).into_iter().flatten()).copied().collect();
                // Somebody may book at his own company.
                ids.sort_unstable();
                ids.dedup();
                for id in ids {
                    if let Some(viewer) = self.viewers.get(&id) {
                        send(id, &viewer.sender);
                    }
                }
                self.recent_bookings.push(change);
            }
            About::Offer { service, starts_at } => {
                for (id, search) in &self.searches {
                    if search.filter.takes(service, starts_at) {
                        send(*id, &search.sender);
                    }
                }
                self.recent_offers.push(change);
            }
        }
        if !slow.is_empty() {
            metrics::counter!("live_streams_dropped_total").increment(slow.len() as u64);
            slow.into_iter().for_each(|id| self.end(id));
        }
        told
    }

    fn tell_members(&mut self, company: CompanyId, members: &HashSet<UserId>) {
        let mut news = Vec::new();
        for (id, viewer) in &mut self.viewers {
            let acts = members.contains(&viewer.user);
            match &viewer.companies {
                None => viewer.heard.push((company, acts)),
                Some(companies) if companies.contains(&company) != acts => news.push(*id),
                Some(_) => {}
            }
        }
        news.into_iter().for_each(|id| self.end(id));
    }

    fn join(&mut self, id: u64, companies: HashSet<CompanyId>) -> Vec<Bytes> {
        let Some(viewer) = self.viewers.get_mut(&id) else { return Vec::new() };
        let heard = std::mem::take(&mut viewer.heard);
        let latest: HashMap<CompanyId, bool> = heard.into_iter().collect();
        if latest.iter().any(|(company, acts)| companies.contains(company) != *acts) {
            self.end(id);
            return Vec::new();
        }
        for company in &companies {
            self.by_company.entry(*company).or_default().push(id);
        }
        let user = viewer.user;
        let recent = self.recent_bookings.of(|about| match about {
            About::Booking { client, company } => client == user || companies.contains(&company),
            About::Offer { .. } => false,
        });
        viewer.companies = Some(companies);
        recent
    }

    /// The reader still gets what waits for him, then the end.
    fn end(&mut self, id: u64) {
        if let Some(viewer) = self.viewers.remove(&id) {
            remove(&mut self.by_user, viewer.user, id);
            for company in viewer.companies.into_iter().flatten() {
                remove(&mut self.by_company, company, id);
            }
        }
        self.searches.remove(&id);
        self.count();
    }

    #[expect(clippy::cast_precision_loss, reason = "there are never 2^52 streams")]
    fn count(&self) {
        metrics::gauge!("live_streams", "of" => "bookings").set(self.viewers.len() as f64);
        metrics::gauge!("live_streams", "of" => "offers").set(self.searches.len() as f64);
    }
}

fn remove<K: std::hash::Hash + Eq>(streams: &mut HashMap<K, Vec<u64>>, key: K, id: u64) {
    if let Some(ids) = streams.get_mut(&key) {
        ids.retain(|other| *other != id);
        if ids.is_empty() {
            streams.remove(&key);
        }
    }
}

/// A stream's place in the hub; dropped with the stream.
#[derive(Debug)]
pub struct Subscription {
    hub: Hub,
    id: u64,
    frames: Receiver<Bytes>,
}

impl Subscription {
    /// Adds what happens at the user's `companies`, and gives what has happened of late there and to himself. When
    /// these are not his companies any more, the stream ends.
    pub fn join(&self, companies: HashSet<CompanyId>) -> Vec<Bytes> {
        self.hub.lock().join(self.id, companies)
    }

    /// `None` when the stream ends.
    pub async fn next(&mut self) -> Option<Bytes> {
        self.frames.recv().await
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.lock().end(self.id);
    }
}

#[cfg(test)]
mod tests;
