//! Outbox, relay, consumer and dead letters against real PostgreSQL and Kafka.
//!
//! Needs `DATABASE_URL` (a superuser's: each test gets a database of its own), `KAFKA_BROKERS`, and for
//! outages `KAFKA_HOME` with a broker's jars.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

/// What the tests share: rows, topics, deadlines.
mod support;

/// A broker of a test's own, to be killed.
mod broker;

/// A process of a test's own, to be killed at a chosen point.
mod child;

mod consumer;
mod membership;
mod outage;
mod relay;
