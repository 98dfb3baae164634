//! Open pages learn at once what happens: `GET /live` for a person with a session, `GET /live/offers` for anybody.
//!
//! A stream takes its place in the hub first, then sends how everything stands, then what changes; a reconnect is a
//! connect. Each message has a revision, so it does not matter if one comes twice or late. Only ids, states and
//! revisions go out.
//!
//! In reading order:

/// The one reader of Kafka.
pub mod feed;

/// What a record of Kafka means to open pages.
pub mod changes;

/// From the feed to every stream that a change concerns.
pub mod hub;

/// How everything stands when a stream begins.
mod snapshot;

/// The answer that does not end.
mod stream;

/// How many may be open.
mod limits;

/// Whose page asks.
mod origin;

/// Which offers somebody looks at.
mod query;

/// Which services belong to which.
mod catalogue;

/// Whether somebody is still signed in.
mod session;

use std::time::Duration;

use app::api::ApiError;
use app::gateway::Calls;
use app::live::{LIVE_OFFERS_PATH, LIVE_PATH};
use app::viewer::Viewer;
use axum::Router;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use contracts::ids::UserId;
use kit::run::Process;
use tokio_util::sync::CancellationToken;

pub use session::SessionCheck;

use crate::config::{Config, PublicUrl};
use catalogue::Catalogue;
use feed::{Feed, Topics};
use hub::{Hub, OfferFilter};
use limits::{Limits, Permit, Refused, Whose};
use query::OffersQuery;

/// Whoever changes what he looks at closes one stream and opens the next, and we may learn of the end after the
/// beginning: a place that is taken is asked for so often, with a pause between.
const TAKE_TRIES: u32 = 4;
const TAKE_PAUSE: Duration = Duration::from_millis(250);

/// What all streams of the process share.
#[derive(Debug, Clone)]
pub struct Live {
    hub: Hub,
    limits: Limits,
    catalogue: Catalogue,
    public_url: PublicUrl,
    heartbeat_every: Duration,
    /// Cancelled when the process begins to stop; no stream outlives that.
    stopping: CancellationToken,
}

impl Live {
    /// Streams over `hub`, which somebody else feeds.
    pub fn new(hub: Hub, settings: &Settings, public_url: PublicUrl, stopping: CancellationToken) -> Self {
        Self {
            hub,
            limits: Limits::new(settings.live_streams_per_address),
            catalogue: Catalogue::default(),
            public_url,
            heartbeat_every: stream::HEARTBEAT_EVERY,
            stopping,
        }
    }

    /// With another pace, for tests.
    pub fn with_heartbeat_every(self, heartbeat_every: Duration) -> Self {
        Self { heartbeat_every, ..self }
    }

    /// Begins to read what happens. The process is ready once that has a place in Kafka.
    pub fn start(process: &mut Process, config: &Config) -> Self {
        let hub = Hub::default();
        let feed = Feed {
            brokers: config.common.storage.kafka_brokers.clone(),
            client_id: format!("portal-live-{}", config.common.instance),
            topics: Topics::default(),
            hub: hub.clone(),
            status: process.part("live"),
        };
        process.spawn(|_, stop| feed.run(stop));
        Self::new(hub, &config.live, config.public_url.clone(), process.stopping())
    }

    /// # Errors
    /// An answer that says to come back later.
    async fn take(&self, whose: Whose) -> Result<Permit, Response> {
        let mut tries = 1;
        loop {
            match self.limits.take(whose) {
                Ok(permit) => return Ok(permit),
                Err(_) if tries < TAKE_TRIES => tries += 1,
                Err(Refused::TooMany) => return Err(later(StatusCode::TOO_MANY_REQUESTS, "too_many", 30)),
                Err(Refused::Full) => return Err(later(StatusCode::SERVICE_UNAVAILABLE, "full", 30)),
            }
            tokio::time::sleep(TAKE_PAUSE).await;
        }
    }
}

/// Limits of open streams.
#[derive(Debug, Clone, clap::Args)]
pub struct Settings {
    /// Streams that one address may have open without a session.
    #[arg(long, env = "LIVE_STREAMS_PER_ADDRESS", default_value_t = 2)]
    pub live_streams_per_address: usize,
}

/// Both streams. They need the viewer and the way to the services in the request, and nothing around them that holds
/// an answer back, such as compression.
pub fn routes<S: Clone + Send + Sync + 'static>(live: Live) -> Router<S> {
    Router::new().route(LIVE_PATH, get(bookings)).route(LIVE_OFFERS_PATH, get(offers)).with_state(live)
}

/// The viewer's own bookings and those of the active companies that he acts for.
async fn bookings(State(live): State<Live>, parts: Parts) -> Result<Response, Response> {
    if !origin::is_ours(&parts.headers, live.public_url.origin()) {
        return Err(StatusCode::FORBIDDEN.into_response());
    }
    if parts.extensions.get::<Calls>().is_some_and(|calls| calls.is_cut_off) {
        // Not the same as signed out.
        return Err(no_sessions());
    }
    let Some((user, calls)) = signed_in(&parts) else { return Ok(stream::signed_out()) };
    let permit = live.take(Whose::User(user)).await?;
    let subscription = live.hub.watch_bookings(user).ok_or_else(no_feed)?;
    let present = async {
        let companies = snapshot::companies(&calls).await?;
        // Before the bookings are read: what happens to them from here on waits in the stream.
        let recent = subscription.join(companies.clone());
        Ok([snapshot::bookings(&calls, &companies).await?, recent].concat())
    };
    let first = match present.await {
        Ok(first) => first,
        Err(ApiError::SignedOut) => return Ok(stream::signed_out()),
        Err(error) => return Err(no_services(&error)),
    };
    let session = parts.extensions.get::<SessionCheck>().cloned();
    let open = stream::Open { subscription, permit, session, heartbeat_every: live.heartbeat_every };
    Ok(stream::answer(&first, open, live.stopping))
}

/// Offers that somebody looks at. They begin with what has happened to them within the last minute, not with how all
/// of them stand: the page has read that just before, and reads it again when it comes back.
async fn offers(
    State(live): State<Live>,
    Query(query): Query<OffersQuery>,
    parts: Parts,
) -> Result<Response, Response> {
    if !origin::is_ours(&parts.headers, live.public_url.origin()) {
        return Err(StatusCode::FORBIDDEN.into_response());
    }
    let wanted = query.read().ok_or_else(|| StatusCode::BAD_REQUEST.into_response())?;
    let whose = match signed_in(&parts) {
        Some((user, _)) => Whose::User(user),
        None => Whose::Address(parts.extensions.get::<Calls>().ok_or_else(no_feed)?.address),
    };
    let permit = live.take(whose).await?;
    let services = match wanted.service {
        None => None,
        Some(id) => {
            let calls = parts.extensions.get::<Calls>().ok_or_else(no_feed)?;
            let family = live.catalogue.family(calls, id).await.map_err(|error| no_services(&error))?;
            if family.is_empty() {
                return Err(StatusCode::BAD_REQUEST.into_response());
            }
            Some(family)
        }
    };
    let filter = OfferFilter { services, from: wanted.from, to: wanted.to };
    let (subscription, recent) = live.hub.watch_offers(filter).ok_or_else(no_feed)?;
    let open = stream::Open { subscription, permit, session: None, heartbeat_every: live.heartbeat_every };
    Ok(stream::answer(&recent, open, live.stopping))
}

fn signed_in(parts: &Parts) -> Option<(UserId, Calls)> {
    let user = parts.extensions.get::<Viewer>()?.id.parse().ok()?;
    let calls = parts.extensions.get::<Calls>().filter(|calls| calls.token.is_some())?;
    Some((user, calls.clone()))
}

/// The feed has no place in Kafka: a stream could miss something.
fn no_feed() -> Response {
    later(StatusCode::SERVICE_UNAVAILABLE, "no_feed", 2)
}

/// Nobody knows at present who this is, or may speak for him.
fn no_sessions() -> Response {
    later(StatusCode::SERVICE_UNAVAILABLE, "no_sessions", 2)
}

fn no_services(error: &ApiError) -> Response {
    tracing::warn!(code = error.code(), "a stream cannot begin: no answer from the services");
    later(StatusCode::SERVICE_UNAVAILABLE, "no_services", 2)
}

fn later(status: StatusCode, reason: &'static str, seconds: u32) -> Response {
    metrics::counter!("live_refused_total", "reason" => reason).increment(1);
    (status, [(RETRY_AFTER, seconds.to_string())]).into_response()
}
