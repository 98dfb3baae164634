//! Who gets which mail, and whether it went out.
//!
//! In reading order:

/// Settings.
pub mod config;

/// Every URL of the service.
pub mod routes;

/// What the service makes of what it hears.
pub mod consume;

/// Pure decisions.
pub mod domain;

/// What a mail says.
pub mod mail;

/// From the queue to the mail server.
pub mod sender;

/// Reminders become mails.
pub mod reminders;

/// What the queue looks like from outside, and an alarm when it stands.
pub mod watch;

/// Old mails go.
pub mod housekeeping;

/// SQL.
pub mod store;

use std::sync::LazyLock;

use anyhow::Context as _;
use contracts::messages::Message as _;
use contracts::messages::notification::NotificationEvent;
use kit::kafka::{Keeps, Topic};
use kit::mail::Mailer;
use kit::run::{Process, Service};
use sqlx::migrate::Migrator;

use crate::config::Config;
use crate::mail::Portal;
use crate::sender::Sender;

/// The tables of this service, behind those that every service has for its messages.
pub static MIGRATOR: LazyLock<Migrator> = LazyLock::new(|| kit::database::migrator(&sqlx::migrate!()));

/// What makes a process this service.
pub static SERVICE: Service = Service {
    name: "notification",
    migrator: &MIGRATOR,
    topics: &[Topic { name: NotificationEvent::TOPIC, keeps: Keeps::Days(14) }],
};

/// Serves until it is told to stop.
///
/// # Errors
/// When a setting is unusable, the address is taken, or a consumer can never go on.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let seal = config.invitation_key.parse().context("read INVITATION_KEY")?;
    let mut process = Process::new(&SERVICE, &config.common)?;
    process.relay_patiently()?;
    process.consume_patiently(consume::sources(), consume::Consume);
    let sender = Sender {
        mailer: Mailer::new(&config.mail)?,
        portal: Portal::new(&config.public_url),
        seal,
        outbox: process.outbox.clone(),
    };
    process.spawn(|pool, stop| sender.run(pool, stop));
    process.spawn(reminders::run);
    process.spawn(watch::run);
    process.spawn(housekeeping::run);
    process.serve(routes::router()).await
}
