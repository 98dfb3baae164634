//! `session_tokens`: what a session calls the services with.

use sqlx::PgExecutor;

use crate::sessions::SessionKey;

/// Tokens as they lie in the database.
#[derive(Debug, Clone)]
pub struct Sealed {
    pub sealed: Vec<u8>,
    /// Whether the access token counts for long enough to begin something with it.
    pub is_fresh: bool,
    /// Whether the access token still counts, if one hurries.
    pub is_valid: bool,
}

/// Keeps the session's first tokens; `expires_in` is the access token's life.
pub async fn insert(
    connection: impl PgExecutor<'_>,
    key: SessionKey,
    sealed: &[u8],
    expires_in_seconds: f64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into session_tokens (session_id, sealed, access_expires_at)
         values ($1, $2, now() + make_interval(secs => $3))",
        key.as_bytes(),
        sealed,
        expires_in_seconds,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// The tokens, and whether the session itself expires in less than `renew_below_seconds`.
pub async fn find(
    connection: impl PgExecutor<'_>,
    key: SessionKey,
    renew_below_seconds: f64,
) -> sqlx::Result<Option<(Sealed, bool)>> {
    let row = sqlx::query!(
        r#"select sealed,
                  access_expires_at > now() + interval '30 seconds' as "is_fresh!",
                  access_expires_at > now() + interval '5 seconds' as "is_valid!",
                  expires_at < now() + make_interval(secs => $2) as "is_ageing!"
           from session_tokens
           join sessions on id = session_id
           where session_id = $1"#,
        key.as_bytes(),
        renew_below_seconds,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| {
        let tokens = Sealed { sealed: row.sealed, is_fresh: row.is_fresh, is_valid: row.is_valid };
        (tokens, row.is_ageing)
    }))
}

/// The tokens, and nobody else gets them so before the end of the transaction.
pub async fn lock(connection: impl PgExecutor<'_>, key: SessionKey) -> sqlx::Result<Option<Sealed>> {
    sqlx::query_as!(
        Sealed,
        r#"select sealed,
                  access_expires_at > clock_timestamp() + interval '30 seconds' as "is_fresh!",
                  access_expires_at > clock_timestamp() + interval '5 seconds' as "is_valid!"
           from session_tokens
           where session_id = $1
           for update"#,
        key.as_bytes(),
    )
    .fetch_optional(connection)
    .await
}

/// Keeps what a refresh gave in place of what it took.
pub async fn replace(
    connection: impl PgExecutor<'_>,
    key: SessionKey,
    sealed: &[u8],
    expires_in_seconds: f64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update session_tokens
         set sealed = $2,
             access_expires_at = clock_timestamp() + make_interval(secs => $3)
         where session_id = $1",
        key.as_bytes(),
        sealed,
        expires_in_seconds,
    )
    .execute(connection)
    .await?;
    Ok(())
}
