//! Wallets and a double-entry ledger.
//!
//! In reading order:

/// Settings.
pub mod config;

/// Every URL of the service.
pub mod routes;

/// What the service makes of what it hears.
pub mod consume;

/// How a command moves the money of a booking.
pub mod commands;

/// How test money comes into a wallet, once for each key.
pub mod top_ups;

/// Types that cannot be wrong, and pure decisions.
pub mod domain;

/// SQL.
pub mod store;

/// What can go wrong, and which answer that is.
pub mod error;

use std::sync::LazyLock;

use contracts::messages::Message as _;
use contracts::messages::payment::PaymentEvent;
use kit::client::Client;
use kit::kafka::{Keeps, Topic};
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;

use crate::config::Config;
use crate::routes::App;

/// The tables of this service, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// What makes a process this service.
pub static SERVICE: Service = Service {
    name: "payment",
    migrator: &MIGRATOR,
    topics: &[Topic { name: PaymentEvent::TOPIC, keeps: Keeps::Days(14) }],
};

/// Serves until it is told to stop.
///
/// # Errors
/// When a setting is unusable, the address is taken, or a consumer can never go on.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut process = Process::new(&SERVICE, &config.common)?;
    process.relay()?;
    process.consume(consume::sources(), consume::Consume);
    let app = App {
        pool: process.pool.clone(),
        verifier: process.verifier.clone(),
        company: Client::new(&config.company_url)?,
    };
    process.serve(routes::router(app)).await
}
