use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::time::Duration;

use anyhow::Context as _;
use reqwest::redirect::Policy;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};
use tokio::sync::OnceCell;

use crate::http::Server;
use crate::inbox::Inbox;
use crate::keycloak::Keycloak;
use crate::person::Account;
use crate::topics::Topics;

/// The five services by name.
pub const SERVICES: [&str; 5] = ["company", "customer", "booking", "payment", "notification"];

/// The parts of the running stack. Each test makes its own, for a pool of connections belongs to one runtime.
#[derive(Debug, Clone)]
pub struct Stack {
    pub gateway: Server,
    pub portal: Server,
    services: Vec<Server>,
    pub keycloak: Keycloak,
    pub inbox: Inbox,
    pub topics: Topics,
    database: PgConnectOptions,
}

impl Stack {
    /// # Errors
    /// When the environment does not say where a stack is, or nobody can register there.
    pub async fn running() -> anyhow::Result<Self> {
        // One try for all tests of a program: the account server's first calls after its start take longer than
        // the gateway waits.
        static WARM: OnceCell<Result<(), String>> = OnceCell::const_new();
        let stack = Self::of_environment()?;
        let warm_up =
            async || Account::register(&stack.gateway).await.map(drop).map_err(|error| format!("{error:#}"));
        let warm = WARM.get_or_init(warm_up).await.clone();
        warm.map_err(anyhow::Error::msg).context("nobody can register at the stack; is it running?")?;
        Ok(stack)
    }

    /// Without asking whether anybody is there.
    ///
    /// # Errors
    /// When the environment does not say where a stack is.
    pub fn of_environment() -> anyhow::Result<Self> {
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .timeout(Duration::from_secs(30))
            .build()
            .context("make an HTTP client")?;
        let server = |name: &'static str, variable: &str| -> anyhow::Result<Server> {
            Ok(Server::new(name, &variable_of_the_stack(variable)?, http.clone()))
        };
        let services = SERVICES.map(|name| server(name, &format!("{}_URL", name.to_uppercase())));
        Ok(Self {
            gateway: server("gateway", "GATEWAY_URL")?,
            portal: server("portal", "PUBLIC_URL")?,
            services: services.into_iter().collect::<anyhow::Result<_>>()?,
            keycloak: Keycloak::of_environment(http.clone())?,
            inbox: Inbox::new(server("mailhog", "MAILHOG_URL")?),
            topics: Topics::new(variable_of_the_stack("KAFKA_BROKERS")?),
            database: PgConnectOptions::from_str(&variable_of_the_stack("DATABASE_URL")?)
                .context("read DATABASE_URL")?,
        })
    }

    /// One service at its own port.
    ///
    /// # Panics
    /// When there is no such service.
    pub fn service(&self, name: &str) -> &Server {
        let service = self.services.iter().find(|service| service.name == name);
        service.unwrap_or_else(|| panic!("no service is called {name}"))
    }

    /// Every service at its own port.
    pub fn services(&self) -> &[Server] {
        &self.services
    }

    /// The two ways to one service: through the gateway, and around it.
    pub fn doors(&self, service: &str) -> [&Server; 2] {
        [&self.gateway, self.service(service)]
    }

    /// A service's database, as its superuser.
    ///
    /// # Errors
    /// When PostgreSQL cannot be reached.
    pub async fn database(&self, name: &str) -> anyhow::Result<PgConnection> {
        let options = self.database.clone().database(name);
        options.connect().await.with_context(|| format!("connect to the database {name}"))
    }

    /// The address of a service's database, for a process of one's own.
    pub fn database_url(&self, name: &str) -> String {
        self.database.clone().database(name).to_url_lossy().to_string()
    }
}

/// What the stack says about itself.
///
/// # Errors
/// When it says nothing, because there is none.
pub fn variable_of_the_stack(name: &str) -> anyhow::Result<String> {
    std::env::var(name)
        .ok()
        .filter(|value| !value.is_empty())
        .with_context(|| format!("no stack: run make test ({name} is not set)"))
}

/// The folder of the workspace.
pub fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}
