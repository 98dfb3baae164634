//! How often one network may register.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::domain::address_block::AddressBlock;
use crate::error::Error;

/// After so many registrations, networks that are quiet again are forgotten.
const FORGET_EVERY: u32 = 1_000;

/// Counts in memory: each replica for itself, and from nothing after a restart.
pub struct RegisterLimit {
    limiter: DefaultKeyedRateLimiter<AddressBlock>,
    clock: DefaultClock,
    counted: AtomicU32,
}

impl RegisterLimit {
    pub fn new(per_hour: NonZeroU32) -> Self {
        Self {
            limiter: RateLimiter::keyed(Quota::per_hour(per_hour)),
            clock: DefaultClock::default(),
            counted: AtomicU32::new(0),
        }
    }

    /// Counts one registration from `client`.
    ///
    /// # Errors
    /// [`Error::TooManyRegistrations`]
    pub fn count(&self, client: ClientAddress) -> Result<(), Error> {
        if self.counted.fetch_add(1, Ordering::Relaxed) % FORGET_EVERY == FORGET_EVERY - 1 {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
        self.limiter.check_key(&AddressBlock::of(client.0)).map_err(|not_until| {
            let wait = not_until.wait_time_from(self.clock.now());
            Error::TooManyRegistrations { retry_after_seconds: wait.as_secs() + 1 }
        })
    }
}

/// Where a request comes from: what the gateway says, or the peer when nobody is between.
///
/// The gateway writes `X-Forwarded-For` itself and passes on none of its client's, so the last entry is its word: who asked it,
/// or whom that one named, if it was told to believe him (`GATEWAY_TRUSTED_PROXIES`; on the local stack everybody on this
/// machine). Who reaches us past the gateway is inside, and could write anything there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientAddress(pub IpAddr);

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let forwarded =
            forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        let peer = || parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip());
        // Those of whom nothing is known share one limit.
        Ok(Self(forwarded.or_else(peer).unwrap_or(Ipv4Addr::UNSPECIFIED.into())))
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    #[test]
    fn a_network_may_register_so_often_and_others_do_not_notice() {
        let limit = RegisterLimit::new(NonZeroU32::new(5).unwrap());
        let client = |text: &str| ClientAddress(text.parse().unwrap());
        for number in 1..=5 {
            limit.count(client(&format!("192.0.2.{number}"))).unwrap();
        }
        let refused = limit.count(client("192.0.2.200")).unwrap_err();
        let Error::TooManyRegistrations { retry_after_seconds } = refused else { panic!("{refused}") };
        assert!((1..=721).contains(&retry_after_seconds), "{retry_after_seconds}");
        limit.count(client("198.51.100.1")).unwrap();
    }

    #[tokio::test]
    async fn the_last_forwarded_address_counts_then_the_peer() {
        let peer: SocketAddr = "203.0.113.9:4000".parse().unwrap();
        let cases: [(&[&str], &str); 6] = [
            (&["192.0.2.1"], "192.0.2.1"),
            (&["10.0.0.1, 192.0.2.1"], "192.0.2.1"),
            (&["10.0.0.1", "2001:db8::1"], "2001:db8::1"),
            (&["garbage"], "203.0.113.9"),
            (&[""], "203.0.113.9"),
            (&[], "203.0.113.9"),
        ];
        for (headers, expected) in cases {
            let mut request = Request::builder().extension(ConnectInfo(peer));
            for value in headers {
                request = request.header("X-Forwarded-For", *value);
            }
            let mut parts = request.body(()).unwrap().into_parts().0;
            let Ok(client) = ClientAddress::from_request_parts(&mut parts, &()).await;
            assert_eq!(client, ClientAddress(expected.parse().unwrap()), "{headers:?}");
        }
    }
}
