//! The portal's host.
//!
//! In reading order:

/// What it is told from outside.
pub mod config;

/// What every request needs of the process.
pub mod portal;

/// Every address on one screen.
pub mod routes;

/// Where a request comes from.
pub mod address;

/// Who asks, and what the pages and server functions of his request need.
pub mod request;

/// What open pages are told while it happens.
pub mod live;

/// What a server function's refusal is on the wire.
mod answers;

/// What forms are told that were sent without JavaScript, kept until they are shown.
pub mod form_answers;

/// Pages that only a person with a session can see.
pub mod guard;

/// Signing in and out, as a browser walks it.
pub mod auth;

/// Sign-ins that have begun.
pub mod attempts;

/// Who is signed in with which browser, and his tokens.
pub mod sessions;

/// The account server, whose client the portal is.
pub mod accounts;

/// SQL.
pub mod store;

/// The two switches, without JavaScript.
pub mod preferences;

/// A place of ours to return to, never one of somebody else's.
pub mod own_path;

/// Headers that tell a browser what it may do with our answers.
pub mod security;

use std::sync::LazyLock;

use anyhow::Context as _;
use app::gateway::Gateway;
use kit::database::{self, Limits};
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;

use accounts::Accounts;
use attempts::Attempts;
use config::Config;
use form_answers::FormAnswers;
use live::Live;
use portal::Portal;
use sessions::{Seal, Sessions};

/// The tables of the portal, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// The portal as a process of `kit`.
pub static SERVICE: Service = Service { name: "portal", migrator: &MIGRATOR, topics: &[] };

/// Connections that wait for the account server while they hold a lock.
const WAITING_CONNECTIONS: u32 = 8;

/// Serves the portal until it is told to stop.
///
/// # Errors
/// When a setting is unusable, the site was not built, or the address is taken.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let seal: Seal = config.sign_in.portal_session_key.parse().context("read PORTAL_SESSION_KEY")?;
    let mut process = Process::new(&SERVICE, &config.common)?;
    let url = &config.common.storage.database_url;
    let waiting = database::pool(url, "portal-refresh", WAITING_CONNECTIONS, Limits::BACKGROUND)?;
    let accounts = Accounts::new(
        &config.sign_in,
        &config.common.auth.auth_issuer,
        &config.public_url,
        process.verifier.clone(),
    )?;
    let live = Live::start(&mut process, &config);
    let portal = Portal {
        public_url: config.public_url,
        gateway: Gateway::new(&config.gateway_url)?,
        attempts: Attempts::new(process.pool.clone(), seal.clone()),
        form_answers: FormAnswers::new(process.pool.clone(), seal.clone()),
        sessions: Sessions::new(process.pool.clone(), waiting, seal, accounts.clone()),
        accounts,
        live,
        trusted_proxies: config.trusted_proxies,
    };
    let routes = routes::router(&config.site, portal)?;
    process.spawn(sessions::prune);
    process.serve(routes).await
}
