//! What two processes must agree on: ids, HTTP bodies, Kafka messages, the problem body.
//!
//! Builds for wasm32 too, so nothing here may know tokio, sqlx, axum or rdkafka.

/// Ids of the things that more than one process names.
pub mod ids;

/// Amounts of money, exactly.
pub mod money;

/// The languages that we speak.
pub mod locale;

/// Dates, durations and amounts as mails and pages show them.
pub mod format;

/// The body of every refusal.
pub mod problem;

/// What every Kafka message looks like on the wire.
pub mod envelope;

/// Bodies of the HTTP calls, one file per service.
pub mod http;

/// Kafka messages, one file per service that publishes them.
pub mod messages;
