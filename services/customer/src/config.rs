//! The service's settings; `--help` is their reference.

use std::num::NonZeroU32;

use clap::Args;
use kit::config::{Common, Mail};

#[derive(Debug, Clone, Args)]
pub struct Config {
    #[command(flatten)]
    pub common: Common,

    #[command(flatten)]
    pub keycloak: Keycloak,

    #[command(flatten)]
    pub mail: Mail,

    /// Registrations an hour from one network (IPv4 /24, IPv6 /56), counted by each replica.
    #[arg(long, env = "REGISTER_LIMIT_PER_HOUR", default_value = "5")]
    pub register_limit_per_hour: NonZeroU32,
}

/// The account server and the two clients that we are to it.
#[derive(Debug, Clone, Args)]
pub struct Keycloak {
    /// Where Keycloak is for this process, without a path.
    #[arg(long, env = "KEYCLOAK_URL")]
    pub keycloak_url: String,

    /// The realm that holds our people.
    #[arg(long, env = "KEYCLOAK_REALM", default_value = "booksvc")]
    pub keycloak_realm: String,

    /// The client that exchanges e-mail and password for tokens.
    #[arg(long, env = "API_CLIENT_ID", default_value = "booksvc-api")]
    pub api_client_id: String,

    /// That client's secret.
    #[arg(long, env = "API_CLIENT_SECRET", hide_env_values = true)]
    pub api_client_secret: String,

    /// The client whose service account creates and changes people.
    #[arg(long, env = "ACCOUNTS_CLIENT_ID", default_value = "booksvc-accounts")]
    pub accounts_client_id: String,

    /// That client's secret.
    #[arg(long, env = "ACCOUNTS_CLIENT_SECRET", hide_env_values = true)]
    pub accounts_client_secret: String,
}

impl AsRef<Common> for Config {
    fn as_ref(&self) -> &Common {
        &self.common
    }
}
