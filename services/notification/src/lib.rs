//! Who gets which mail, and whether it went out.
//!
//! In reading order:

/// Settings.
pub mod config;

/// Every URL of the service.
pub mod routes;

/// What the service makes of what it hears.
pub mod consume;

/// SQL.
pub mod store;

use std::sync::LazyLock;

use kit::kafka::{Keeps, Topic};
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;

use crate::config::Config;

/// The tables of this service, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// What makes a process this service.
pub static SERVICE: Service = Service {
    name: "notification",
    migrator: &MIGRATOR,
    topics: &[Topic { name: "booksvc.notification.events", keeps: Keeps::Days(14) }],
};

/// Serves until it is told to stop.
///
/// # Errors
/// When a setting is unusable, the address is taken, or a consumer can never go on.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut process = Process::new(&SERVICE, &config.common)?;
    process.relay()?;
    process.consume(consume::sources(), consume::Consume);
    process.serve(routes::router()).await
}
