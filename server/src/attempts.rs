//! Sign-ins that have begun, each bound to the browser that began it.
//!
//! Whoever could bring an answer of the account server into another person's browser, by a link, would sign him in as
//! somebody else. So the browser holds a cookie, and an answer counts only beside it. One cookie serves all attempts of
//! a browser: two open pages may begin one each.

use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
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
pub struct Attempts(PgPool);

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
    pub fn new(pool: PgPool) -> Self {
        Self(pool)
    }

    /// Remembers what the account server's answer will be measured by, and where the person wants to go.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn keep(&self, begun: &Begun, browser: &Browser, return_to: &OwnPath) -> sqlx::Result<()> {
        let attempt = Attempt {
            state: begun.state.clone(),
            browser: browser.digest(),
            verifier: begun.verifier.clone(),
            nonce: begun.nonce.clone(),
            return_to: return_to.as_str().to_owned(),
        };
        login_attempts::insert(&self.0, &attempt).await
    }

    /// The attempt that an answer belongs to; nobody gets it a second time. `None` when there is none, or it is another
    /// browser's.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn take(&self, state: &str, browser: &Browser) -> sqlx::Result<Option<Taken>> {
        login_attempts::take(&self.0, state, &browser.digest()).await
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
