//! What a pool gives out after PostgreSQL has closed connections.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

use std::time::{Duration, Instant};

use kit::database::{self, Limits};
use sqlx::migrate::Migrator;
use sqlx::{ConnectOptions as _, PgPool};

const DEADLINE: Duration = Duration::from_secs(10);

/// A pool as a service has it, of one connection that has been used.
async fn used_pool(admin: &PgPool) -> PgPool {
    let url = admin.connect_options().to_url_lossy();
    let pool = database::pool(url.as_str(), "kit-pool", 1, Limits::REQUEST).unwrap();
    ask(&pool).await.unwrap();
    pool
}

async fn ask(pool: &PgPool) -> sqlx::Result<i32> {
    sqlx::query_scalar("select pg_backend_pid()").fetch_one(pool).await
}

/// As a restart of the server does; returns when the connections are gone.
async fn close_connections(admin: &PgPool) {
    let ours = "datname = current_database() and application_name = 'kit-pool'";
    let close = format!("select count(pg_terminate_backend(pid)) from pg_stat_activity where {ours}");
    let closed: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(close)).fetch_one(admin).await.unwrap();
    assert_eq!(closed, 1);
    let count = format!("select count(*) from pg_stat_activity where {ours}");
    let began = Instant::now();
    while sqlx::query_scalar::<_, i64>(sqlx::AssertSqlSafe(count.as_str())).fetch_one(admin).await.unwrap()
        > 0
    {
        assert!(began.elapsed() < DEADLINE, "PostgreSQL keeps a connection");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

#[sqlx::test(migrations = false)]
async fn a_connection_that_broke_while_it_was_idle_is_replaced_unseen(admin: PgPool) {
    let pool = used_pool(&admin).await;
    close_connections(&admin).await;
    // Idle for longer than a connection is trusted.
    tokio::time::sleep(Duration::from_millis(1_100)).await;
    ask(&pool).await.unwrap();
}

#[sqlx::test(migrations = false)]
async fn a_connection_that_broke_a_moment_ago_fails_once_and_for_the_moment(admin: PgPool) {
    let pool = used_pool(&admin).await;
    close_connections(&admin).await;
    if let Err(error) = ask(&pool).await {
        println!("told: {error}");
        assert!(database::is_transient(&error), "{error}");
    }
    ask(&pool).await.unwrap();
}

#[sqlx::test(migrations = false)]
async fn who_waits_for_the_migrations_goes_on_when_they_are_in(pool: PgPool) {
    let migrator = database::migrator(&Migrator::DEFAULT);
    assert!(!database::is_migrated(&pool, &migrator).await.unwrap());
    let early = tokio::time::timeout(Duration::from_millis(700), database::until_migrated(&pool, &migrator));
    assert!(early.await.is_err(), "it does not wait");
    let waits = tokio::time::timeout(DEADLINE, database::until_migrated(&pool, &migrator));
    let (waited, migrated) = tokio::join!(waits, migrator.run(&pool));
    migrated.unwrap();
    waited.unwrap();
    assert!(database::is_migrated(&pool, &migrator).await.unwrap());
}
