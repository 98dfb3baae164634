//! `login_attempts`: sign-ins that have begun.

use sqlx::PgExecutor;

/// A sign-in that has begun.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Goes to the account server and comes back with its answer.
    pub state: String,
    /// SHA-256 of the cookie of the browser that began.
    pub browser: Vec<u8>,
    /// Of PKCE.
    pub verifier: String,
    /// What the ID token must repeat.
    pub nonce: String,
    /// A path of ours; sealed where it is kept.
    pub return_to: String,
}

/// An attempt that nobody can take again.
pub struct Taken {
    pub attempt: Attempt,
    /// Whether it began less than ten minutes ago.
    pub is_fresh: bool,
}

pub async fn insert(connection: impl PgExecutor<'_>, attempt: &Attempt) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into login_attempts (state, browser, verifier, nonce, return_to)
         values ($1, $2, $3, $4, $5)",
        attempt.state,
        attempt.browser,
        attempt.verifier,
        attempt.nonce,
        attempt.return_to,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the attempt away, once; `None` when it is not there, or another browser's.
pub async fn take(
    connection: impl PgExecutor<'_>,
    state: &str,
    browser: &[u8],
) -> sqlx::Result<Option<Taken>> {
    let row = sqlx::query!(
        r#"delete from login_attempts
           where state = $1
           and browser = $2
           returning verifier, nonce, return_to, created_at > now() - interval '10 minutes' as "is_fresh!""#,
        state,
        browser,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Taken {
        attempt: Attempt {
            state: state.to_owned(),
            browser: browser.to_owned(),
            verifier: row.verifier,
            nonce: row.nonce,
            return_to: row.return_to,
        },
        is_fresh: row.is_fresh,
    }))
}

/// Forgets attempts that nobody came back from. Kept for longer than they count: who comes back late is told so,
/// and where he wanted to go.
pub async fn prune(connection: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query!("delete from login_attempts where created_at < now() - interval '1 day'")
        .execute(connection)
        .await?;
    Ok(())
}
