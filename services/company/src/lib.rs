//! Companies and their members.
//!
//! In reading order:

/// Settings.
pub mod config;

/// Every URL of the service.
pub mod routes;

/// Every change of a company: locked, decided, told.
pub mod changes;

/// Inviting and accepting.
pub mod invitations;

/// Giving a company a logo.
pub mod logos;

/// Old invitations go.
pub mod housekeeping;

/// Types that cannot be wrong, and pure decisions.
pub mod domain;

/// SQL.
pub mod store;

/// What can go wrong, and which answer that is.
pub mod error;

use std::sync::{Arc, LazyLock};

use anyhow::Context as _;
use contracts::messages::Message as _;
use contracts::messages::company::{CompanyEvent, InvitationEvent};
use kit::kafka::{Keeps, Topic};
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;
use tokio::sync::Semaphore;

use crate::config::Config;
use crate::routes::App;

/// The tables of this service, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// What makes a process this service.
pub static SERVICE: Service = Service {
    name: "company",
    migrator: &MIGRATOR,
    topics: &[
        Topic { name: CompanyEvent::TOPIC, keeps: Keeps::Newest },
        // As long as an invitation counts.
        Topic { name: InvitationEvent::TOPIC, keeps: Keeps::Days(7) },
    ],
};

/// Serves until it is told to stop.
///
/// # Errors
/// When a setting is unusable, or the address is taken.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let seal = config.invitation_key.parse().context("read INVITATION_KEY")?;
    let mut process = Process::new(&SERVICE, &config.common)?;
    process.relay()?;
    process.spawn(housekeeping::run);
    let app = App {
        pool: process.pool.clone(),
        outbox: process.outbox.clone(),
        verifier: process.verifier.clone(),
        seal,
        images: Arc::new(Semaphore::new(logos::AT_ONCE)),
    };
    process.serve(routes::router(app)).await
}
