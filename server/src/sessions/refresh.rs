//! A session's tokens get new ones before the access token ends.
//!
//! A refresh token counts once, and one that comes a second time makes the account server end the whole session. So of
//! all requests on all replicas only one exchanges it: it holds the lock on the session's row from reading the old tokens
//! to committing the new ones. It runs as a task of its own, because nothing may break it off once it has asked: neither
//! a person who goes away nor one who has waited for long enough.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::FutureExt as _;
use futures::future::{BoxFuture, Shared};
use kit::seal::{Broken, Seal};
use kit::telemetry;
use sqlx::PgPool;
use tracing::Instrument as _;

use super::SessionKey;
use super::tokens::Tokens;
use crate::accounts::{self, Accounts};
use crate::store::{session_tokens, sessions};

/// How long a request waits; after that it goes on with what there is.
const WAIT: Duration = Duration::from_secs(3);

/// How long an account server that did not answer is left alone.
const AWAY: Duration = Duration::from_secs(1);

/// How often new tokens are tried to be kept when the transaction that should have kept them broke, and in what time.
const KEEP_TRIES: u32 = 10;
const KEEP_AGAIN: Duration = Duration::from_millis(500);

#[derive(Debug, Clone)]
pub enum Refreshed {
    /// In the database before they are here.
    Tokens(Tokens),
    /// The account server knows the session no more.
    Over,
    /// Nothing is known: somebody was away.
    Not,
}

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("use the session's tokens")]
    Database(#[from] sqlx::Error),
    #[error("exchange the refresh token")]
    Accounts(#[from] accounts::Error),
    #[error("seal the new tokens")]
    Seal(#[from] Broken),
}

#[derive(Clone)]
pub struct Refreshes(Arc<Inner>);

struct Inner {
    /// Its connections wait: for a lock, for the account server. Not those that other requests need meanwhile.
    pool: PgPool,
    seal: Seal,
    accounts: Accounts,
    under_way: Mutex<HashMap<SessionKey, Shared<BoxFuture<'static, Refreshed>>>>,
    away_until: Mutex<Option<Instant>>,
}

/// Takes the refresh off the list, however its task ends.
struct Listed {
    refreshes: Refreshes,
    session: SessionKey,
}

impl Drop for Listed {
    fn drop(&mut self) {
        self.refreshes.under_way().remove(&self.session);
    }
}

impl Refreshes {
    pub fn new(pool: PgPool, seal: Seal, accounts: Accounts) -> Self {
        Self(Arc::new(Inner {
            pool,
            seal,
            accounts,
            under_way: Mutex::default(),
            away_until: Mutex::default(),
        }))
    }

    /// Fresh tokens of the session, whoever exchanges the old ones. All requests of this process wait for one exchange.
    pub async fn refresh(&self, session: SessionKey) -> Refreshed {
        if self.is_away() {
            return Refreshed::Not;
        }
        let refresh = self.under_way().entry(session).or_insert_with(|| self.begin(session)).clone();
        tokio::time::timeout(WAIT, refresh).await.unwrap_or(Refreshed::Not)
    }

    fn begin(&self, session: SessionKey) -> Shared<BoxFuture<'static, Refreshed>> {
        let listed = Listed { refreshes: self.clone(), session };
        let work = async move {
            let refreshed = listed.refreshes.exchange(session).await;
            refreshed.unwrap_or_else(|error| {
                tracing::warn!(error = telemetry::chain(&error), "tokens were not refreshed");
                if matches!(error, Error::Accounts(accounts::Error::Unavailable(_))) {
                    *lock(&listed.refreshes.0.away_until) = Some(Instant::now() + AWAY);
                }
                Refreshed::Not
            })
        };
        let task = tokio::spawn(work.in_current_span());
        async move { task.await.unwrap_or(Refreshed::Not) }.boxed().shared()
    }

    async fn exchange(&self, session: SessionKey) -> Result<Refreshed, Error> {
        let Inner { pool, seal, accounts, .. } = &*self.0;
        let mut transaction = pool.begin().await?;
        let Some(row) = session_tokens::lock(&mut *transaction, session).await? else {
            return Ok(Refreshed::Over);
        };
        let Ok(held) = Tokens::opened(seal, session, &row.sealed) else { return Ok(Refreshed::Over) };
        // Somebody else was here while we waited for the lock.
        if row.is_fresh {
            return Ok(Refreshed::Tokens(held));
        }
        let granted = match accounts.refresh(held.refresh.clone()).await {
            Ok(granted) => granted,
            Err(accounts::Error::InvalidGrant) => {
                // Session before tokens is the order of a sign-out too, so without our lock.
                transaction.rollback().await?;
                sessions::delete(pool, session).await?;
                return Ok(Refreshed::Over);
            }
            Err(error) => return Err(error.into()),
        };
        let expires_in_seconds = granted.expires_in.as_secs_f64();
        let caller = accounts.caller(&granted.access_token).await;
        let tokens = held.refreshed(granted, caller);
        let sealed = tokens.sealed(seal, session)?;
        let kept = async {
            session_tokens::replace(&mut *transaction, session, &sealed, expires_in_seconds).await?;
            transaction.commit().await
        };
        if let Err(error) = kept.await {
            tracing::warn!(error = telemetry::chain(&error), "new tokens wait for the database");
            self.keep(session, &sealed, expires_in_seconds).await?;
        }
        Ok(Refreshed::Tokens(tokens))
    }

    /// The old tokens count no more: what is not kept now is lost, and the session with it.
    async fn keep(&self, session: SessionKey, sealed: &[u8], expires_in_seconds: f64) -> sqlx::Result<()> {
        let mut tries = 0;
        loop {
            tries += 1;
            match session_tokens::replace(&self.0.pool, session, sealed, expires_in_seconds).await {
                Err(_) if tries < KEEP_TRIES => tokio::time::sleep(KEEP_AGAIN).await,
                result => return result,
            }
        }
    }

    fn is_away(&self) -> bool {
        lock(&self.0.away_until).is_some_and(|until| Instant::now() < until)
    }

    fn under_way(&self) -> MutexGuard<'_, HashMap<SessionKey, Shared<BoxFuture<'static, Refreshed>>>> {
        lock(&self.0.under_way)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
