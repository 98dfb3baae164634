//! `sessions`: which browsers are signed in.

use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use serde_json::Value;
use sqlx::PgExecutor;

use crate::sessions::SessionKey;

/// What the session library keeps of a session.
pub struct Row {
    pub data: Value,
    pub expires_at: Timestamp,
}

/// `false` when there is such a session already.
pub async fn insert(connection: impl PgExecutor<'_>, key: SessionKey, row: &Row) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        "insert into sessions (id, data, expires_at)
         values ($1, $2, $3)
         on conflict (id) do nothing",
        key.as_bytes(),
        row.data,
        row.expires_at.to_sqlx() as _,
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Changes a session that is there. One that has ended meanwhile stays ended.
pub async fn update(connection: impl PgExecutor<'_>, key: SessionKey, row: &Row) -> sqlx::Result<()> {
    sqlx::query!(
        "update sessions
         set data = $2, expires_at = $3
         where id = $1",
        key.as_bytes(),
        row.data,
        row.expires_at.to_sqlx() as _,
    )
    .execute(connection)
    .await?;
    Ok(())
}

pub async fn find(connection: impl PgExecutor<'_>, key: SessionKey) -> sqlx::Result<Option<Row>> {
    let row = sqlx::query!(
        "select data, expires_at
         from sessions
         where id = $1
         and expires_at > now()",
        key.as_bytes(),
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Row { data: row.data, expires_at: row.expires_at.to_jiff() }))
}

/// Whether the session has neither ended nor expired.
pub async fn is_there(connection: impl PgExecutor<'_>, key: SessionKey) -> sqlx::Result<bool> {
    sqlx::query_scalar!(
        r#"select exists (select from sessions where id = $1 and expires_at > now()) as "is_there!""#,
        key.as_bytes(),
    )
    .fetch_one(connection)
    .await
}

/// Its tokens go with it.
pub async fn delete(connection: impl PgExecutor<'_>, key: SessionKey) -> sqlx::Result<()> {
    sqlx::query!("delete from sessions where id = $1", key.as_bytes()).execute(connection).await?;
    Ok(())
}

/// Deletes some of those that have expired, and says how many.
pub async fn prune(connection: impl PgExecutor<'_>) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from sessions
         where id in (select id from sessions where expires_at < now() limit 1000)",
    )
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
