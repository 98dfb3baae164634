//! Giving a company a logo.

use axum::body::Bytes;
use contracts::ids::{CompanyId, UserId};
use sqlx::PgPool;

use crate::changes::{lock, save, tell, touched};
use crate::domain::company::Seen;
use crate::domain::logo::Logo;
use crate::error::Error;
use crate::routes::App;
use crate::store::{companies, logos};

/// Images that are read at once: one takes up to a second of a core and much memory.
pub const AT_ONCE: usize = 2;

/// # Errors
/// When `by` does not act for the company, or the database is away.
pub async fn require_member(pool: &PgPool, by: UserId, id: CompanyId) -> Result<(), Error> {
    let seen = companies::find(&mut *pool.acquire().await?, id, Some(by)).await?.ok_or(Error::NotFound)?;
    if seen.role.is_some() { Ok(()) } else { Err(Error::NotAMember) }
}

/// Keeps what `file` shows. The others learn of it, for the company's revision grows.
///
/// # Errors
/// When the file is no logo, `by` does not act for the company, or the database is away.
pub async fn put(app: &App, by: UserId, id: CompanyId, file: Bytes) -> Result<Seen, Error> {
    let turn = app.images.acquire().await.map_err(|_| Error::Busy)?;
    let logo =
        tokio::task::spawn_blocking(move || Logo::of(&file)).await.map_err(|_| Error::FileBroken)??;
    drop(turn);
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
