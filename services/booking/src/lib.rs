//! The service catalogue, offers, bookings and the booking saga.
//!
//! In reading order:

/// Settings.
pub mod config;

/// Every URL of the service.
pub mod routes;

/// From the click to the outcome.
pub mod booking;

/// A plan becomes offers.
pub mod batches;

/// What people want of a booking once it is made.
pub mod wishes;

/// Requests that wait for an outcome.
pub mod waiters;

/// The saga at work.
pub mod sagas;

/// What the service makes of what it hears.
pub mod consume;

/// What time does by itself.
pub mod timers;

/// Who may act for a company.
pub mod directory;

/// Types that cannot be wrong, and pure decisions; the saga first of all.
pub mod domain;

/// SQL.
pub mod store;

/// What can go wrong, and which answer that is.
pub mod error;

use std::sync::{Arc, LazyLock};

use contracts::messages::Message as _;
use contracts::messages::booking::BookingEvent;
use contracts::messages::payment::PaymentCommand;
use kit::kafka::{Keeps, Topic};
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;
use tokio::sync::Semaphore;

use crate::booking::Desk;
use crate::config::Config;
use crate::consume::Consume;
use crate::directory::Directory;
use crate::routes::App;
use crate::waiters::Waiters;

/// The tables of this service, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// What makes a process this service.
pub static SERVICE: Service = Service {
    name: "booking",
    migrator: &MIGRATOR,
    topics: &[
        Topic { name: BookingEvent::TOPIC, keeps: Keeps::Days(30) },
        Topic { name: PaymentCommand::TOPIC, keeps: Keeps::Days(14) },
    ],
};

/// Serves until it is told to stop.
///
/// # Errors
/// When a setting is unusable, the address is taken, or a consumer can never go on.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut process = Process::new(&SERVICE, &config.common)?;
    let waiters = Waiters::default();
    process.relay()?;
    process.consume(consume::sources(), Consume { waiters: waiters.clone() });
    let (outbox, poller) = (process.outbox.clone(), waiters.clone());
    process.spawn(|pool, stop| poller.poll(pool, stop));
    process.spawn(|pool, stop| timers::run(outbox, pool, stop));
    let app = App {
        desk: Desk {
            pool: process.pool.clone(),
            outbox: process.outbox.clone(),
            waiters,
            limits: config.limits,
        },
        needs_verified_email: config.needs_verified_email,
        directory: Directory::new(process.pool.clone(), &config.company_url)?,
        verifier: process.verifier.clone(),
        searches: Arc::new(Semaphore::new(routes::SEARCHES_AT_ONCE)),
        summaries: Arc::new(Semaphore::new(routes::SUMMARIES_AT_ONCE)),
        lists: Arc::new(Semaphore::new(routes::LISTS_AT_ONCE)),
        plans: Arc::new(Semaphore::new(routes::PLANS_AT_ONCE)),
    };
    process.serve(routes::router(app)).await
}
