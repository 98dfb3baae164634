//! Giving a company a logo.

use std::time::Duration;

use axum::body::Bytes;
use contracts::ids::{CompanyId, UserId};
use kit::telemetry;
use sqlx::PgPool;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::changes::{lock, save, tell, touched};
use crate::domain::company::Seen;
use crate::domain::logo::Logo;
use crate::error::Error;
use crate::routes::App;
use crate::store::{companies, logos};

/// Images that are read at once: one takes up to a second of a core and much memory.
pub const AT_ONCE: usize = 2;

/// How long a file waits for its turn, before it is read at all.
const TURN_WITHIN: Duration = Duration::from_secs(1);

/// # Errors
/// When too many others are waiting too.
pub async fn turn(images: &Semaphore) -> Result<SemaphorePermit<'_>, Error> {
    let turn = tokio::time::timeout(TURN_WITHIN, images.acquire()).await;
    turn.ok().and_then(Result::ok).ok_or(Error::Busy)
}

/// # Errors
/// When `by` does not act for the company, or the database is away.
pub async fn require_member(pool: &PgPool, by: UserId, id: CompanyId) -> Result<(), Error> {
    let seen = companies::find(&mut *pool.acquire().await?, id, Some(by)).await?.ok_or(Error::NotFound)?;
    if seen.role.is_some() { Ok(()) } else { Err(Error::NotAMember) }
}

/// Keeps what `file` shows, and tells the others. Who calls has a [`turn`].
///
/// # Errors
/// When the file is no logo, `by` does not act for the company, or the database is away.
pub async fn put(app: &App, by: UserId, id: CompanyId, file: Bytes) -> Result<Seen, Error> {
    let logo = tokio::task::spawn_blocking(move || Logo::of(&file)).await.map_err(|error| {
        tracing::error!(error = telemetry::chain(&error), "an image broke its reader");
        Error::Unreadable
    })??;
    let mut transaction = app.pool.begin().await?;
    let (company, _) = lock(&mut transaction, by, id).await?;
    let before = companies::find(&mut transaction, id, Some(by)).await?.ok_or(Error::NotFound)?;
    if before.logo.as_deref() == Some(logo.hash.as_str()) {
        transaction.commit().await?;
        return Ok(before);
    }
    touched(logos::put(&mut transaction, id, by, &logo).await?)?;
    save(&mut transaction, by, &company).await?;
    tell(transaction, &app.outbox, by, id).await
}
