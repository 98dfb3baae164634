//! Companies and their members.
//!
//! In reading order:

/// Settings.
pub mod config;

/// Every URL of the service.
pub mod routes;

/// Every change of a company: locked, decided, told.
pub mod changes;

/// Types that cannot be wrong, and pure decisions.
pub mod domain;

/// SQL.
pub mod store;

/// What can go wrong, and which answer that is.
pub mod error;

use std::sync::LazyLock;

use kit::kafka::{Keeps, Topic};
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;

use crate::config::Config;
use crate::routes::App;

/// The tables of this service, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// What makes a process this service.
pub static SERVICE: Service = Service {
    name: "company",
    migrator: &MIGRATOR,
    topics: &[Topic { name: "booksvc.company.events", keeps: Keeps::Newest }],
};

/// Serves until it is told to stop.
///
/// # Errors
/// When a setting is unusable, or the address is taken.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut process = Process::new(&SERVICE, &config.common)?;
    process.relay()?;
    let app = App {
        pool: process.pool.clone(),
        outbox: process.outbox.clone(),
        verifier: process.verifier.clone(),
    };
    process.serve(routes::router(app)).await
}
