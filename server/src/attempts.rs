//! Sign-ins that have begun, each bound to the browser that began it.
//!
//! Whoever could bring an answer of the account server into another person's browser, by a link, would sign him in as
//! somebody else. So the browser holds a cookie, and an answer counts only beside it. One cookie serves all attempts of
//! a browser: two open pages may begin one each.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kit::seal::{Broken, Seal};
use sha2::{Digest as _, Sha256};
use sqlx::PgPool;

use crate::accounts::Begun;
use crate::own_path::OwnPath;
use crate::preferences;
use crate::store::login_attempts::{self, Attempt, Taken};

/// The cookie of a browser that signs in.
pub const COOKIE: &str = "__Host-sign-in";

/// A person may take an hour for the account server's forms; what he brings back late begins the sign-in anew.
const COOKIE_SECONDS: u32 = 60 * 60;

#[derive(Clone)]
pub struct Attempts {
    pool: PgPool,
    /// An address can hold what counts, such as the token of an invitation.
    seal: Seal,
}

/// Why an attempt was not kept or found.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("ask the database")]
    Database(#[from] sqlx::Error),
    #[error("seal where the person wants to go")]
    Seal(#[from] Broken),
}

/// What the cookie of a browser that signs in says.
pub struct Browser([u8; 32]);

impl Browser {
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// `None` when it brings no such cookie.
    pub fn of_request(headers: &HeaderMap) -> Option<Self> {
        let cookies = preferences::cookies(headers);
        let value = app::preferences::value(&cookies, COOKIE)?;
        let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
        bytes.try_into().ok().map(Self)
    }

    /// For `Set-Cookie`.
    pub fn cookie(&self) -> String {
        let value = URL_SAFE_NO_PAD.encode(self.0);
        format!("{COOKIE}={value}; Path=/; Max-Age={COOKIE_SECONDS}; Secure; HttpOnly; SameSite=Lax")
    }

    fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }
}

impl Attempts {
    pub fn new(pool: PgPool, seal: Seal) -> Self {
        Self { pool, seal }
    }

    /// Remembers what the account server's answer will be measured by, and where the person wants to go.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep(&self, begun: &Begun, browser: &Browser, return_to: &OwnPath) -> Result<(), Error> {
        let return_to = self.seal.seal(begun.state.as_bytes(), return_to.as_str().as_bytes())?;
        let attempt = Attempt {
            state: begun.state.clone(),
            browser: browser.digest(),
            verifier: begun.verifier.clone(),
            nonce: begun.nonce.clone(),
            return_to: URL_SAFE_NO_PAD.encode(return_to),
        };
        Ok(login_attempts::insert(&self.pool, &attempt).await?)
    }

    /// The attempt that an answer belongs to; nobody gets it a second time. `None` when there is none, or it is another
    /// browser's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take(&self, state: &str, browser: &Browser) -> sqlx::Result<Option<Taken>> {
        let taken = login_attempts::take(&self.pool, state, &browser.digest()).await?;
        Ok(taken.map(|Taken { attempt, is_fresh }| {
            // Sealed with a key that is gone since: the sign-in counts all the same, and ends at home.
            let return_to = self.opened(state, &attempt.return_to).unwrap_or_else(|| "/".to_owned());
            Taken { attempt: Attempt { return_to, ..attempt }, is_fresh }
        }))
    }

    fn opened(&self, state: &str, sealed: &str) -> Option<String> {
        let sealed = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        String::from_utf8(self.seal.open(state.as_bytes(), &sealed).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use axum::http::header::COOKIE as COOKIE_HEADER;

    use super::*;

    #[test]
    fn a_browser_is_known_by_the_cookie_that_it_got() {
        let browser = Browser::random();
        let cookie = browser.cookie();
        let (pair, flags) = cookie.split_once("; ").unwrap();
        assert_eq!(flags, "Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax");
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE_HEADER, format!("lang=ru; {pair}; theme=dark").parse().unwrap());
        assert_eq!(Browser::of_request(&headers).unwrap().digest(), browser.digest());
    }

    #[test]
    fn a_cookie_that_we_did_not_make_is_none() {
        for cookies in [
            "",
            "lang=ru",
            "__Host-sign-in=",
            "__Host-sign-in=abc",
            "__Host-sign-in=!!!!",
            "x__Host-sign-in=a",
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(COOKIE_HEADER, cookies.parse().unwrap());
            assert!(Browser::of_request(&headers).is_none(), "{cookies}");
        }
    }
}
