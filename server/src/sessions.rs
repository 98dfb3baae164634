//! Who is signed in with which browser.
//!
//! A browser holds a random number in a cookie. The session library knows whether there is such a session, and for how
//! long; the person's tokens lie beside its record, sealed (`session_tokens`).

mod key;
mod records;
mod refresh;
mod tokens;

use std::time::Duration;

use app::gateway::AccessToken;
use app::viewer::Viewer;
use axum::http::header::{Entry, HeaderValue, SET_COOKIE};
use axum::response::Response;
use contracts::ids::UserId;
use kit::caller::Caller;
use kit::telemetry;
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, Session, SessionManagerLayer};

pub use key::SessionKey;
pub use kit::seal::{BadKey, Seal};
pub use tokens::Tokens;

use crate::accounts::{Accounts, Granted};
use crate::store::session_tokens::Sealed;
use crate::store::{form_answers, login_attempts, session_tokens, sessions};
use records::Records;
use refresh::{Refreshed, Refreshes};
use tokens::viewer_of;

/// A browser gives a cookie of this name to no other host and over no other path, and takes none from there.
pub const COOKIE: &str = "__Host-session";

/// The end of a session that nobody uses; as long as the account server remembers the person without hearing of him.
const IDLE: time::Duration = time::Duration::days(7);

/// How much of that may be gone before a request puts it off again.
const RENEW_AFTER: time::Duration = time::Duration::minutes(10);

const REMOVAL: HeaderValue =
    HeaderValue::from_static("__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax");

const PRUNE_EVERY: Duration = Duration::from_secs(10 * 60);

/// What the session's record holds.
const USER_ID: &str = "user_id";

#[derive(Clone)]
pub struct Sessions {
    pool: PgPool,
    seal: Seal,
    refreshes: Refreshes,
}

/// A person with a session.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub session: SessionKey,
    pub viewer: Viewer,
    /// `None` when there is none to be had at present: the account server is away.
    pub token: Option<AccessToken>,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("use the session's record")]
    Record(#[from] tower_sessions::session::Error),
    #[error("use the session's tokens")]
    Tokens(#[from] sqlx::Error),
    #[error("seal the session's tokens")]
    Seal(#[from] kit::seal::Broken),
}

impl Sessions {
    /// `waiting` is a pool of its own for those who wait for the account server.
    pub fn new(pool: PgPool, waiting: PgPool, seal: Seal, accounts: Accounts) -> Self {
        Self { pool, seal: seal.clone(), refreshes: Refreshes::new(waiting, seal, accounts) }
    }

    /// Gives each request its [`Session`]; nothing is asked of the database before somebody looks into it.
    pub fn layer(&self) -> SessionManagerLayer<Records> {
        SessionManagerLayer::new(Records(self.pool.clone()))
            .with_name(COOKIE)
            .with_http_only(true)
            .with_secure(true)
            // The way back from the account server is a link of another site.
            .with_same_site(SameSite::Lax)
            .with_path("/")
            .with_expiry(Expiry::OnInactivity(IDLE))
    }

    /// Begins the session of a person who has just signed in, in place of any that the browser had.
    ///
    /// # Errors
    /// When the database does not take it; then there is none.
    pub async fn open(&self, session: &Session, granted: Granted, caller: Caller) -> Result<(), Error> {
        // A number that the browser brought along may be known to somebody else.
        session.cycle_id().await?;
        session.insert(USER_ID, caller.user_id).await?;
        let opened = self.keep_first(session, granted, caller).await;
        if opened.is_err()
            && let Err(error) = session.flush().await
        {
            tracing::warn!(error = telemetry::chain(&error), "session without tokens stays behind");
        }
        opened
    }

    async fn keep_first(&self, session: &Session, granted: Granted, caller: Caller) -> Result<(), Error> {
        session.save().await?;
        let Some(key) = session.id().map(SessionKey::of) else { return Ok(()) };
        let expires_in_seconds = granted.expires_in.as_secs_f64();
        let tokens = Tokens {
            access: granted.access_token,
            refresh: granted.refresh_token,
            id_token: granted.id_token.unwrap_or_default(),
            viewer: viewer_of(caller),
        };
        let sealed = tokens.sealed(&self.seal, key)?;
        session_tokens::insert(&self.pool, key, &sealed, expires_in_seconds).await?;
        Ok(())
    }

    /// Who is signed in; `None` for nobody. The access token is good for at least half a minute where it could be had
    /// so. A session that the account server knows no more ends here.
    ///
    /// # Errors
    /// When the database does not answer: nobody knows then.
    pub async fn signed_in(&self, session: &Session) -> Result<Option<SignedIn>, Error> {
        let Some(key) = Self::key_of(session).await? else { return Ok(None) };
        let renew_below_seconds = (IDLE - RENEW_AFTER).as_seconds_f64();
        let found = session_tokens::find(&self.pool, key, renew_below_seconds).await?;
        let held = match found {
            Some((row, is_ageing)) => {
                if is_ageing {
                    // Written with the answer, which renews the cookie too.
                    session.set_expiry(session.expiry());
                }
                self.held(key, row).await
            }
            None => None,
        };
        match held {
            Some((viewer, token)) => Ok(Some(SignedIn { session: key, viewer, token })),
            None => {
                session.flush().await?;
                Ok(None)
            }
        }
    }

    async fn held(&self, key: SessionKey, row: Sealed) -> Option<(Viewer, Option<AccessToken>)> {
        let Ok(tokens) = Tokens::opened(&self.seal, key, &row.sealed) else {
            tracing::warn!("session's tokens cannot be opened; was PORTAL_SESSION_KEY changed?");
            return None;
        };
        if row.is_fresh {
            return Some((tokens.viewer.clone(), Some(tokens.access_token())));
        }
        match self.refreshes.refresh(key).await {
            Refreshed::Tokens(tokens) => Some((tokens.viewer.clone(), Some(tokens.access_token()))),
            Refreshed::Over => None,
            Refreshed::Not => {
                let token = row.is_valid.then(|| tokens.access_token());
                Some((tokens.viewer, token))
            }
        }
    }

    /// Whether the browser has a session, whatever its tokens are good for.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_signed_in(&self, session: &Session) -> Result<bool, Error> {
        Ok(Self::key_of(session).await?.is_some())
    }

    /// Whether the session has neither ended nor expired; for who serves it longer than one answer takes.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn is_there(&self, session: SessionKey) -> sqlx::Result<bool> {
        sessions::is_there(&self.pool, session).await
    }

    /// `None` when the browser has no session.
    async fn key_of(session: &Session) -> Result<Option<SessionKey>, Error> {
        // Without a cookie there is nothing to ask the database for.
        if session.id().is_none() {
            return Ok(None);
        }
        let is_there = session.get::<UserId>(USER_ID).await?.is_some();
        Ok(session.id().filter(|_| is_there).map(SessionKey::of))
    }

    /// Ends the session, and says with which ID token the account server ends its own.
    ///
    /// # Errors
    /// When the database does not answer: then it goes on.
    pub async fn end(&self, session: &Session) -> Result<Option<String>, Error> {
        let Some(key) = Self::key_of(session).await? else { return Ok(None) };
        let found = session_tokens::find(&self.pool, key, 0.0).await?;
        let tokens = found.and_then(|(row, _)| Tokens::opened(&self.seal, key, &row.sealed).ok());
        session.flush().await?;
        Ok(tokens.map(|tokens| tokens.id_token))
    }
}

/// Makes the removal of the cookie one that browsers follow. The session library's is without `Secure`, and without it
/// they change no `__Host-` cookie.
pub async fn complete_removal(mut response: Response) -> Response {
    let is_removal = |cookie: &HeaderValue| {
        cookie.as_bytes().strip_prefix(COOKIE.as_bytes()).is_some_and(|rest| rest.starts_with(b"=;"))
    };
    if let Entry::Occupied(mut cookies) = response.headers_mut().entry(SET_COOKIE) {
        for cookie in cookies.iter_mut().filter(|cookie| is_removal(cookie)) {
            *cookie = REMOVAL;
        }
    }
    response
}

/// Deletes what has expired, until `stop`.
pub async fn prune(pool: PgPool, stop: CancellationToken) {
    loop {
        if let Err(error) = prune_once(&pool).await {
            tracing::warn!(error = telemetry::chain(&error), "old sessions wait for the next round");
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(PRUNE_EVERY) => {}
        }
    }
}

/// One round of it.
///
/// # Errors
/// When the database does not answer.
pub async fn prune_once(pool: &PgPool) -> sqlx::Result<()> {
    while sessions::prune(pool).await? > 0 {}
    login_attempts::prune(pool).await?;
    form_answers::prune(pool).await
}
