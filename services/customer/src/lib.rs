//! Client profiles, and every account call of the API.
//!
//! In reading order:

/// Settings.
pub mod config;

/// Every URL of the service.
pub mod routes;

/// How a verified token becomes a profile, whichever door its owner came through.
pub mod sessions;

/// How a person shows that an e-mail is his.
pub mod emails;

/// How a person shows that a phone is his.
pub mod phones;

/// Types that cannot be wrong, and pure decisions.
pub mod domain;

/// SQL.
pub mod store;

/// The account server.
pub mod keycloak;

/// Mails that this service sends itself.
pub mod mail;

/// How often one network may register.
pub mod register_limit;

/// What can go wrong, and which answer that is.
pub mod error;

use std::sync::{Arc, LazyLock};

use contracts::messages::Message as _;
use contracts::messages::customer::CustomerEvent;
use kit::kafka::{Keeps, Topic};
use kit::mail::Mailer;
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;

use crate::config::Config;
use crate::keycloak::Keycloak;
use crate::register_limit::RegisterLimit;
use crate::routes::App;

/// The tables of this service, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// What makes a process this service.
pub static SERVICE: Service = Service {
    name: "customer",
    migrator: &MIGRATOR,
    topics: &[Topic { name: CustomerEvent::TOPIC, keeps: Keeps::Newest }],
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
        keycloak: Keycloak::new(&config.keycloak)?,
        mailer: Mailer::new(&config.mail)?,
        register_limit: Arc::new(RegisterLimit::new(config.register_limit_per_hour)),
    };
    process.serve(routes::router(app)).await
}
