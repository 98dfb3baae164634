//! The portal's host.
//!
//! In reading order:

/// What it is told from outside.
pub mod config;

/// Every address on one screen.
pub mod routes;

/// Who asks, and what the pages and server functions of his request need.
pub mod request;

/// What open pages are told while it happens.
pub mod live;

/// The two switches, without JavaScript.
pub mod preferences;

/// A place of ours to return to, never one of somebody else's.
pub mod own_path;

/// Headers that tell a browser what it may do with our answers.
pub mod security;

use std::sync::LazyLock;

use app::gateway::Gateway;
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;

use config::Config;
use live::Live;

static MIGRATOR: LazyLock<Migrator> =
    LazyLock::new(|| kit::database::migrator(&Migrator::with_migrations(vec![])));

/// The portal as a process of `kit`.
pub static SERVICE: Service = Service { name: "portal", migrator: &MIGRATOR, topics: &[] };

/// Serves the portal until it is told to stop.
///
/// # Errors
/// When a setting is unusable, the site was not built, or the address is taken.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let mut process = Process::new(&SERVICE, &config.common)?;
    let gateway = Gateway::new(&config.gateway_url)?;
    let live = Live::start(&mut process, &config);
    process.serve(routes::router(&config.site, &config.public_url, gateway, live)?).await
}
