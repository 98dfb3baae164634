//! `serve` and `migrate`: what every process does the same way.
//!
//! A service's `run` reads like this:
//!
//! ```ignore
//! let mut process = Process::new(&SERVICE, &config.common)?;
//! process.relay()?;
//! process.consume(sources, handler);
//! process.serve(routes).await
//! ```

use std::future::Future;
use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::serve::ListenerExt as _;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
#[cfg(target_os = "linux")]
use socket2::SockRef;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::caller::Verifier;
use crate::config::{Common, Storage};
use crate::consumer::{Consumer, Handler, Source};
use crate::database::{self, Limits};
use crate::health::{Health, Status};
use crate::kafka::{self, Topic};
use crate::outbox::Outbox;
use crate::pace::PATIENCE;
use crate::relay::{self, LEADER_LOCK, Relay};
use crate::{housekeeping, http, telemetry, watch};

/// From the signal to the end of the process; requests, consumers and the relay share it.
pub const STOP_WITHIN: Duration = Duration::from_secs(15);

/// What of that is for requests under way.
const REQUESTS_END_WITHIN: Duration = Duration::from_secs(8);

/// What of that is for consumers, the relay and housekeeping.
const WORK_ENDS_WITHIN: Duration = Duration::from_secs(5);

/// What was sent on a connection may stay unacknowledged for so long; after that the connection is gone.
#[cfg(target_os = "linux")]
const UNANSWERED_FOR: Duration = Duration::from_secs(30);

/// What makes a process this service.
pub struct Service {
    /// Its name in logs, Kafka groups and `pg_stat_activity`.
    pub name: &'static str,
    /// [`database::migrator`] of its migrations.
    pub migrator: &'static LazyLock<Migrator>,
    /// The topics that it owns.
    pub topics: &'static [Topic],
}

#[derive(Parser)]
#[command(version)]
struct Cli<C: Args> {
    #[command(subcommand)]
    command: Command<C>,
}

#[derive(Subcommand)]
enum Command<C: Args> {
    /// Serve until SIGTERM.
    Serve(Box<C>),
    /// Bring the database and the topics to this release's shape. Safe to repeat.
    Migrate(Storage),
}

/// The whole of a service's `main`.
pub fn main<C, R>(service: &'static Service, run: fn(C) -> R) -> ExitCode
where
    C: Args + AsRef<Common>,
    R: Future<Output = anyhow::Result<()>>,
{
    let matches = Cli::<C>::command().name(service.name).get_matches();
    let cli = Cli::<C>::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    let log_format = match &cli.command {
        Command::Serve(config) => (**config).as_ref().storage.log_format,
        Command::Migrate(storage) => storage.log_format,
    };
    let result = telemetry::init(log_format).and_then(|()| {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().worker_threads(4).build()?;
        runtime.block_on(async {
            match cli.command {
                Command::Serve(config) => run(*config).await,
                Command::Migrate(storage) => migrate(service, &storage).await,
            }
        })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!(service = service.name, error = format!("{error:#}"), "process ends");
            ExitCode::FAILURE
        }
    }
}

/// Brings the database and the topics to this release's shape.
///
/// # Errors
/// When the database or Kafka refuse, or are away.
pub async fn migrate(service: &Service, storage: &Storage) -> anyhow::Result<()> {
    let pool = database::pool(&storage.database_url, service.name, 1, Limits::BACKGROUND)?;
    service.migrator.run(&pool).await.context("migrate the database")?;
    kafka::create_topics(&storage.kafka_brokers, service.topics, storage.kafka_replication)
        .await
        .context("create topics")?;
    tracing::info!(service = service.name, "migrated");
    Ok(())
}

/// A running process: what it is made of, and how it ends.
pub struct Process {
    service: &'static Service,
    common: Common,
    /// For requests; short time limits.
    pub pool: PgPool,
    pub outbox: Outbox,
    pub verifier: Verifier,
    health: Health,
    no_more_requests: CancellationToken,
    /// Tells the work behind the requests to end, after the last request.
    stop: CancellationToken,
    work: JoinSet<anyhow::Result<()>>,
    background: PgPool,
    messages: PgPool,
}

impl Process {
    /// Connects nothing yet: a process starts while its database is away, and is not ready until it is there.
    ///
    /// # Errors
    /// When a setting is unusable.
    pub fn new(service: &'static Service, common: &Common) -> anyhow::Result<Self> {
        let url = &common.storage.database_url;
        let pool = database::pool(url, service.name, common.database_connections, Limits::REQUEST)?;
        let background = database::pool(url, service.name, 4, Limits::BACKGROUND)?;
        let messages = database::pool(url, service.name, 2, Limits::MESSAGES)?;
        let mut process = Self {
            service,
            common: common.clone(),
            pool,
            outbox: Outbox::default(),
            verifier: Verifier::new(&common.auth)?,
            health: Health::default(),
            no_more_requests: CancellationToken::new(),
            stop: CancellationToken::new(),
            work: JoinSet::new(),
            background,
            messages,
        };
        process.spawn(housekeeping::run);
        process.spawn(watch::run);
        Ok(process)
    }

    /// Publishes what the service pushes to its outbox.
    ///
    /// # Errors
    /// When the database address is unusable.
    pub fn relay(&mut self) -> anyhow::Result<()> {
        self.relay_after(Duration::ZERO)
    }

    /// As [`Process::relay`], for what nobody waits for: it waits a little for others to go with it.
    ///
    /// # Errors
    /// When the database address is unusable.
    pub fn relay_patiently(&mut self) -> anyhow::Result<()> {
        self.relay_after(PATIENCE)
    }

    fn relay_after(&mut self, patience: Duration) -> anyhow::Result<()> {
        let relay = Relay {
            database: database::options(&self.common.storage.database_url, "relay", Limits::BACKGROUND)?,
            brokers: self.common.storage.kafka_brokers.clone(),
            client_id: format!("{}-relay-{}", self.service.name, self.common.instance),
            lock: LEADER_LOCK,
            outbox: self.outbox.clone(),
            patience,
            answers_within: relay::ANSWERS_WITHIN,
            status: self.health.part("relay"),
        };
        let stop = self.stop.clone();
        self.work.spawn(async move { Ok(relay.run(stop).await?) });
        Ok(())
    }

    /// Consumes `sources` as a member of the group that has the service's name.
    pub fn consume<H: Handler>(&mut self, sources: Vec<Source>, handler: H) {
        self.consume_after(Duration::ZERO, sources, handler);
    }

    /// As [`Process::consume`], for what nobody waits for: it waits a little for others to come with it.
    pub fn consume_patiently<H: Handler>(&mut self, sources: Vec<Source>, handler: H) {
        self.consume_after(PATIENCE, sources, handler);
    }

    fn consume_after<H: Handler>(&mut self, fetch_wait: Duration, sources: Vec<Source>, handler: H) {
        let consumer = Consumer {
            group: self.service.name,
            instance: self.common.instance.clone(),
            brokers: self.common.storage.kafka_brokers.clone(),
            sources,
            pool: self.messages.clone(),
            outbox: self.outbox.clone(),
            fetch_wait,
            status: self.health.part("consumer"),
            handler,
        };
        let (stop, migrator) = (self.stop.clone(), self.service.migrator);
        self.work.spawn(async move {
            // What is taken before its tables are there could not take effect.
            tokio::select! {
                () = stop.cancelled() => return Ok(()),
                () = database::until_migrated(&consumer.pool, migrator) => {}
            }
            Ok(consumer.run(stop).await?)
        });
    }

    /// Runs `work` behind the requests, with the pool that has time; it must end when its token is cancelled.
    pub fn spawn<F>(&mut self, work: impl FnOnce(PgPool, CancellationToken) -> F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let work = work(self.background.clone(), self.stop.clone());
        self.work.spawn(async {
            work.await;
            Ok(())
        });
    }

    /// Cancelled as soon as the process is told to stop, before it waits for the requests under way: an answer that
    /// would never end by itself ends then.
    pub fn stopping(&self) -> CancellationToken {
        self.no_more_requests.clone()
    }

    /// A part that must have started before `/readyz` says that the process is ready.
    pub fn part(&self, name: &'static str) -> Arc<Status> {
        self.health.part(name)
    }

    /// Serves `routes` until SIGTERM or SIGINT, then ends in order: requests, consumers, relay.
    ///
    /// # Errors
    /// When the address is taken, or a consumer can never go on.
    pub async fn serve(mut self, routes: Router) -> anyhow::Result<()> {
        let address = self.common.listen;
        let listener = TcpListener::bind(address).await.with_context(|| format!("listen on {address}"))?;
        let listener = listener.tap_io(|stream| {
            // Answers are small and written whole; waiting to fill a packet only delays them.
            if let Err(error) = stream.set_nodelay(true) {
                tracing::debug!(%error, "TCP_NODELAY not set");
            }
            // Otherwise the kernel keeps trying for a quarter of an hour to reach who is gone, and for ever to
            // fill a reader that has stopped reading.
            #[cfg(target_os = "linux")]
            if let Err(error) = SockRef::from(&*stream).set_tcp_user_timeout(Some(UNANSWERED_FOR)) {
                tracing::debug!(%error, "TCP_USER_TIMEOUT not set");
            }
        });
        let operations = http::operations(self.health.clone(), self.pool.clone(), self.service.migrator);
        let app = http::surround(routes.merge(operations));
        let app = app.into_make_service_with_connect_info::<SocketAddr>();
        let no_more_requests = self.no_more_requests.clone().cancelled_owned();
        let server = axum::serve(listener, app).with_graceful_shutdown(no_more_requests);
        let mut server = tokio::spawn(async { server.await });
        tracing::info!(service = self.service.name, %address, "serving");

        let mut outcome = tokio::select! {
            result = stop_signal() => result,
            ended = self.work.join_next() => match ended {
                Some(result) => result.context("work behind the requests panicked").flatten(),
                None => Ok(()),
            },
            ended = &mut server => ended.context("server panicked").and_then(|result| Ok(result?)),
        };
        tracing::info!(service = self.service.name, "stopping");
        self.no_more_requests.cancel();
        if !server.is_finished() && tokio::time::timeout(REQUESTS_END_WITHIN, &mut server).await.is_err() {
            tracing::warn!("requests were still under way");
            server.abort();
        }
        self.stop.cancel();
        let work = async {
            while let Some(ended) = self.work.join_next().await {
                let ended = ended.context("work behind the requests panicked").flatten();
                outcome = std::mem::replace(&mut outcome, Ok(())).and(ended);
            }
        };
        if tokio::time::timeout(WORK_ENDS_WITHIN, work).await.is_err() {
            tracing::warn!("work behind the requests was still under way");
        }
        outcome
    }
}

async fn stop_signal() -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
