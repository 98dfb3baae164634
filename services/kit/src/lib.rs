//! The plumbing under every service, without a word of the business.
//!
//! In reading order:

/// Settings that all processes share, by clap and environment.
pub mod config;

/// What the present piece of work is part of: trace, causing message, path.
pub mod context;

/// Structured logs.
pub mod telemetry;

/// Pools, migrations, and which database errors mean "try again".
pub mod database;

/// `application/problem+json`.
pub mod problem;

/// What people type, parsed at the edge.
pub mod input;

/// Extractors that refuse with a problem body.
pub mod extract;

/// Lists by keyset.
pub mod paging;

/// Who calls: a verified access token.
pub mod caller;

/// How tokens are checked.
mod rs256;

/// Secrets at rest and on their way.
pub mod seal;

/// Asking another service in the caller's name.
pub mod client;

/// What surrounds every route: trace, log line, metrics, limits.
pub mod http;

/// What the description of the calls says of all of them.
pub mod document;

/// `/healthz` and `/readyz`.
pub mod health;

/// Kafka's client settings and topics.
pub mod kafka;

/// Messages that leave with the transaction that made them.
pub mod outbox;

/// From the outbox to Kafka.
pub mod relay;

/// How long messages wait for each other.
mod pace;

/// From Kafka into one transaction, once.
pub mod consumer;

/// Messages that were set aside, with the reason.
pub mod dead_letters;

/// Handing mails to the mail server.
pub mod mail;

/// Old rows go.
pub mod housekeeping;

/// What waits, shown in the metrics.
pub mod watch;

/// `serve` and `migrate`.
pub mod run;

pub use problem::Problem;
