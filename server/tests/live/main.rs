//! Streams of live updates: what they begin with, what they tell, and how they end.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

/// A broker of a test's own, to be killed.
#[path = "../../../services/kit/tests/messages/broker.rs"]
mod broker;

mod support;

/// Over a hub that the test feeds.
mod streams;

/// Over a hub that is fed from Kafka.
mod feed;
