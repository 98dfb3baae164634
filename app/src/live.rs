//! What the server tells an open page while it happens.
//!
//! A page never builds its content from these messages: each only says that something has a newer revision than
//! what is shown, and the page asks for it anew. So it does not matter which of them were missed.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::api::{BookingStatus, OfferStatus};

/// The stream of the signed-in viewer: his own bookings and those of companies that he acts for.
pub const LIVE_PATH: &str = "/live";
/// The stream for anybody: offers, by the same `service_id`, `from` and `to` as the search.
pub const LIVE_OFFERS_PATH: &str = "/live/offers";

/// A booking has changed, or this is how it stood when the stream began. The data of a `booking` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingChange {
    pub booking_id: String,
    pub company_id: String,
    pub status: BookingStatus,
    /// The booking's own.
    pub revision: i64,
}

/// An offer has changed, or this is how it stood when the stream began. The data of an `offer` event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferChange {
    pub offer_id: String,
    pub status: OfferStatus,
    /// The offer's own.
    pub revision: i64,
}

/// Whether a page still hears of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Connection {
    #[default]
    Connecting,
    Live,
    Reconnecting,
    /// The browser itself says that there is no network.
    Offline,
    /// The session has ended: nothing comes any more.
    SignedOut,
}

/// Calls `handle` for every change of a booking that concerns the viewer, for as long as the component lives.
pub fn use_booking_changes(handle: impl Fn(BookingChange) + 'static) -> Signal<Connection> {
    stream::open(Signal::stored(Some(LIVE_PATH.to_owned())), "booking", handle)
}

/// Calls `handle` for every change of an offer within `address`, a path of [`LIVE_OFFERS_PATH`] with its query.
pub fn use_offer_changes(
    address: Signal<Option<String>>,
    handle: impl Fn(OfferChange) + 'static,
) -> Signal<Connection> {
    stream::open(address, "offer", handle)
}

/// How often a stream of this page was cut and has come back. What happened meanwhile may not be told again, so a
/// page that shows more than the newest hundred bookings, or any offers, reads its data anew when this grows: it
/// belongs to what the resource depends on.
pub fn use_reconnects() -> Signal<u32> {
    stream::reconnects()
}

#[cfg(any(feature = "hydrate", test))]
mod machine;

#[cfg(feature = "hydrate")]
mod stream;

/// On the server nothing moves.
#[cfg(not(feature = "hydrate"))]
mod stream {
    use leptos::prelude::*;

    use super::Connection;

    pub fn open<T>(
        _address: Signal<Option<String>>,
        _event: &'static str,
        _handle: impl Fn(T) + 'static,
    ) -> Signal<Connection> {
        Signal::stored(Connection::default())
    }

    pub fn reconnects() -> Signal<u32> {
        Signal::stored(0)
    }
}
