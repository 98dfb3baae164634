//! One answer that does not end: `text/event-stream`.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::http::HeaderName;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt as _, stream};
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::CancellationToken;

use super::hub::Subscription;
use super::limits::Permit;
use super::session::SessionCheck;

/// How often a stream shows that it lives, and looks whether its session does. Proxies cut what is silent for longer,
/// and so does the page.
pub const HEARTBEAT_EVERY: Duration = Duration::from_secs(15);

/// An event and not a comment, so that the page can notice that there is none.
const HEARTBEAT: Bytes = Bytes::from_static(b"event: beat\ndata: .\n\n");

/// There is nobody to tell anything: the page closes the stream and does not come back.
const SIGNED_OUT: Bytes = Bytes::from_static(b"event: end\ndata: signed_out\n\n");

/// Before a browser comes back by itself, in milliseconds: not all at once after a restart.
const RETRY_MS: std::ops::RangeInclusive<u32> = 1_000..=5_000;

/// What a stream holds for as long as it is open.
pub struct Open {
    pub subscription: Subscription,
    /// Given back when the stream ends.
    pub permit: Permit,
    pub session: Option<SessionCheck>,
    pub heartbeat_every: Duration,
}

/// Tells `first`, then what comes, until the session ends, the hub lets go of it, or the process stops.
pub fn answer(first: &[Bytes], open: Open, stopping: CancellationToken) -> Response {
    let retry = Bytes::from(format!("retry: {}\n\n", rand::random_range(RETRY_MS)));
    let beginning: Vec<u8> = std::iter::once(&retry).chain(first).flatten().copied().collect();
    let rest = stream::unfold(Some(Reading::new(open)), async |reading| reading?.next().await);
    let frames = stream::once(async { Bytes::from(beginning) }).chain(rest);
    body(Body::from_stream(frames.map(Ok::<_, Infallible>).take_until(stopping.cancelled_owned())))
}

/// For somebody who has no session.
pub fn signed_out() -> Response {
    body(Body::from(SIGNED_OUT))
}

fn body(body: Body) -> Response {
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
        // nginx would collect it.
        (HeaderName::from_static("x-accel-buffering"), "no"),
    ];
    (headers, body).into_response()
}

struct Reading {
    subscription: Subscription,
    session: Option<SessionCheck>,
    heartbeat: Interval,
    _permit: Permit,
}

impl Reading {
    fn new(open: Open) -> Self {
        let Open { subscription, permit, session, heartbeat_every } = open;
        let mut heartbeat = interval_at(Instant::now() + heartbeat_every, heartbeat_every);
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self { subscription, session, heartbeat, _permit: permit }
    }

    /// The next frame, and whether there is more to read.
    async fn next(mut self) -> Option<(Bytes, Option<Self>)> {
        tokio::select! {
            biased;
            frame = self.subscription.next() => Some((frame?, Some(self))),
            _ = self.heartbeat.tick() => match &self.session {
                Some(session) if !session.still_signed_in().await => Some((SIGNED_OUT, None)),
                _ => Some((HEARTBEAT, Some(self))),
            },
        }
    }
}
