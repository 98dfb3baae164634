//! How a verified token becomes a profile, whichever door its owner came through.
//!
//! Registration, log-in, the portal's call after its own log-in, and every call on a profile come here, so
//! whoever holds a token has a profile, and a registration that broke off heals at the next log-in.

use contracts::messages::customer::CustomerEvent;
use kit::outbox::{self, Outbox};
use sqlx::{PgConnection, PgPool};

use crate::domain::account::Account;
use crate::domain::profile::Profile;
use crate::error::Error;
use crate::store::profiles;

/// Brings the profile to what the account server says of the person, and tells the others if that changed
/// something.
///
/// # Errors
/// When the database is away.
pub async fn open(pool: &PgPool, outbox: &Outbox, account: &Account) -> Result<Profile, Error> {
    let mut transaction = pool.begin().await?;
    if let Some(profile) = profiles::upsert(&mut transaction, account).await? {
        publish(&mut transaction, &profile).await?;
        outbox.commit(transaction).await?;
        return Ok(profile);
    }
    let profile = profiles::find(&mut transaction, account.user_id).await?.ok_or(sqlx::Error::RowNotFound)?;
    transaction.commit().await?;
    Ok(profile)
}

/// The profile as it is, made from the token if its owner never came through a door.
///
/// # Errors
/// When the database is away.
pub async fn profile_of(pool: &PgPool, outbox: &Outbox, account: &Account) -> Result<Profile, Error> {
    let mut connection = pool.acquire().await?;
    if let Some(profile) = profiles::find(&mut connection, account.user_id).await? {
        return Ok(profile);
    }
    drop(connection);
    open(pool, outbox, account).await
}

/// Tells the others how `profile` now is; the change before has locked its row.
///
/// # Errors
/// When the database is away.
pub async fn publish(connection: &mut PgConnection, profile: &Profile) -> Result<(), Error> {
    outbox::push(connection, &CustomerEvent::from(profile), profile.revision).await?;
    Ok(())
}
