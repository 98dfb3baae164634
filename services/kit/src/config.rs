//! Settings that all processes share; `--help` is their reference.

use std::net::SocketAddr;

use clap::{Args, ValueEnum};
use lettre::message::Mailbox;

/// Settings of a running process.
#[derive(Debug, Clone, Args)]
pub struct Common {
    /// Where this process listens for HTTP.
    #[arg(long, env = "LISTEN")]
    pub listen: SocketAddr,

    #[command(flatten)]
    pub storage: Storage,

    #[command(flatten)]
    pub auth: Auth,

    /// Which replica this is. Must be stable over restarts: it names the static Kafka member.
    #[arg(long, env = "INSTANCE", default_value = "0")]
    pub instance: String,

    /// Connections for requests; messages have two of their own, other work behind the requests four, and the relay one.
    #[arg(long, env = "DATABASE_CONNECTIONS", default_value_t = 16)]
    pub database_connections: u32,
}

/// Where state lives; all that `migrate` needs.
#[derive(Debug, Clone, Args)]
pub struct Storage {
    /// The database of this service, `postgres://role:password@host:port/name`.
    #[arg(long, env = "DATABASE_URL", hide_env_values = true)]
    pub database_url: String,

    /// Kafka's bootstrap servers, `host:port,host:port`.
    #[arg(long, env = "KAFKA_BROKERS")]
    pub kafka_brokers: String,

    /// Copies of each topic that `migrate` creates; 3 in a cluster.
    #[arg(long, env = "KAFKA_REPLICATION", default_value_t = 1)]
    pub kafka_replication: i32,

    /// How log lines look.
    #[arg(long, env = "LOG_FORMAT", value_enum, default_value_t = LogFormat::Json)]
    pub log_format: LogFormat,
}

/// Whose tokens count.
#[derive(Debug, Clone, Args)]
pub struct Auth {
    /// `iss` of every token, exactly.
    #[arg(long, env = "AUTH_ISSUER")]
    pub auth_issuer: String,

    /// What `aud` must contain.
    #[arg(long, env = "AUTH_AUDIENCE")]
    pub auth_audience: String,

    /// Where the issuer's keys are; by default under the issuer.
    #[arg(long, env = "AUTH_JWKS_URL")]
    pub auth_jwks_url: Option<String>,
}

/// How mails leave.
#[derive(Debug, Clone, Args)]
pub struct Mail {
    /// The mail server: `smtp://host:port`, or `smtps://user:password@host:port`.
    #[arg(long, env = "SMTP_URL", hide_env_values = true)]
    pub smtp_url: String,

    /// Whom mails are from: `Name <name@example.com>`.
    #[arg(long, env = "MAIL_FROM")]
    pub mail_from: Mailbox,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    Json,
    Text,
}
