//! Pools, migrations, and which database errors mean "try again".

use std::str::FromStr as _;
use std::time::Duration;

use sqlx::SqlSafeStr as _;
use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection as _, PgPool};

/// What the server is told of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    pub statement_timeout: Duration,
    pub lock_timeout: Duration,
    /// `plan_cache_mode`: whether a statement is planned anew for its values.
    pub plan_cache_mode: &'static str,
}

impl Limits {
    /// A caller waits for the answer.
    pub const REQUEST: Self = Self {
        statement_timeout: Duration::from_millis(1_500),
        lock_timeout: Duration::from_millis(1_000),
        plan_cache_mode: "auto",
    };

    /// Nobody waits; only a hang must end.
    pub const BACKGROUND: Self = Self {
        statement_timeout: Duration::from_secs(30),
        lock_timeout: Duration::from_secs(10),
        plan_cache_mode: "auto",
    };

    /// The same for messages, whose statements find rows by their keys: one plan is good for whatever values. Those about
    /// sets of rows would be planned every time otherwise, which costs as much as they do.
    pub const MESSAGES: Self = Self { plan_cache_mode: "force_generic_plan", ..Self::BACKGROUND };
}

/// A connection that went back to its pool so lately, by a ping that was answered, is given out again without another.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// How often it is asked whether the migrations are in.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

/// A pool that connects when it is first used, so that a process starts without its database.
///
/// A connection that broke while it was [`FRESH_FOR`] fails whoever takes it next as one that breaks in use does: once,
/// by an error that [`is_transient`].
///
/// # Errors
/// When `url` is not a PostgreSQL address.
pub fn pool(url: &str, name: &str, connections: u32, limits: Limits) -> sqlx::Result<PgPool> {
    Ok(PgPoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(Duration::from_secs(2))
        .test_before_acquire(false)
        .before_acquire(|connection, metadata| {
            Box::pin(async move {
                if metadata.idle_for > FRESH_FOR {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options(url, name, limits)?))
}

/// How one connection is made; `name` shows in `pg_stat_activity`.
///
/// # Errors
/// When `url` is not a PostgreSQL address.
pub fn options(url: &str, name: &str, limits: Limits) -> sqlx::Result<PgConnectOptions> {
    Ok(PgConnectOptions::from_str(url)?.application_name(name).options([
        ("statement_timeout", limits.statement_timeout.as_millis().to_string()),
        ("lock_timeout", limits.lock_timeout.as_millis().to_string()),
        ("plan_cache_mode", limits.plan_cache_mode.to_owned()),
    ]))
}

/// The service's own migrations behind the tables that [`crate::outbox`], [`crate::consumer`] and
/// [`crate::dead_letters`] need. Those have version 1 to 99, a service's begin with a date.
pub fn migrator(own: &Migrator) -> Migrator {
    let mut migrations = vec![Migration::new(
        1,
        "messages".into(),
        MigrationType::Simple,
        include_str!("../migrations/1_messages.sql").into_sql_str(),
        false,
    )];
    migrations.extend(own.iter().cloned());
    Migrator::with_migrations(migrations)
}

/// Whether every migration of this build is in. A newer release may have added more.
///
/// # Errors
/// When the database does not answer.
pub async fn is_migrated(pool: &PgPool, migrator: &Migrator) -> sqlx::Result<bool> {
    let applied: Vec<i64> = match sqlx::query_scalar("select version from _sqlx_migrations where success")
        .fetch_all(pool)
        .await
    {
        Ok(versions) => versions,
        Err(error) if sql_state(&error).as_deref() == Some("42P01") => return Ok(false),
        Err(error) => return Err(error),
    };
    Ok(migrator.iter().all(|migration| applied.contains(&migration.version)))
}

/// The five characters of PostgreSQL's appendix A, when the server itself refused.
pub fn sql_state(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(|code| code.into_owned())
}

/// The constraint that refused a row.
pub fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}

/// Returns when every migration of this build is in, however long the database is away or behind.
pub async fn until_migrated(pool: &PgPool, migrator: &Migrator) {
    while !is_migrated(pool, migrator).await.unwrap_or(false) {
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

/// Whether the same work may succeed later, without anybody changing it: what is wrong is the database's state, not what
/// was asked of it.
///
/// <https://www.postgresql.org/docs/15/errcodes-appendix.html>: classes 08 (connection), 28 (who may log in), 40 (rollback
/// by deadlock or serialization), 53 (resources), 57 (operator: shutdown, statement timeout), 58 (the system below),
/// 25006 (a standby after a failover), 3D000 (no such database yet), 42501 (no such right yet), 42703 and 42P01 (no such
/// column or table yet), 55P03 (lock timeout).
pub fn is_transient(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Database(_) => sql_state(error).is_some_and(|state| {
            ["08", "28", "40", "53", "57", "58"].iter().any(|class| state.starts_with(class))
                || ["25006", "3D000", "42501", "42703", "42P01", "55P03"].contains(&state.as_str())
        }),
        _ => false,
    }
}
