//! Who calls: a verified access token. And who signs in: a verified ID token.
//!
//! RS256 only, with issuer, audience, expiry and type checked. The issuer's keys are cached; a token
//! with an unknown key id makes us ask again, but not more often than [`COOL_DOWN`], so that garbage
//! cannot turn us into a load on the account server.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use axum::extract::{FromRef, FromRequestParts, OptionalFromRequestParts};
use axum::http::header;
use axum::http::request::Parts;
use contracts::ids::UserId;
use jiff::Timestamp;
use jsonwebtoken::jwk::{JwkSet, KeyAlgorithm, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::Problem;
use crate::config::Auth;
use crate::{rs256, telemetry};

/// How long an unknown key id is believed to be unknown.
pub const COOL_DOWN: Duration = Duration::from_secs(10);

/// How long an issuer that gave us no key at all is left alone.
const AWAY: Duration = Duration::from_millis(500);

/// How far two clocks may be apart.
const LEEWAY_SECONDS: u64 = 30;

/// The person who sent the request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    pub user_id: UserId,
    /// Lower case.
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// Whether somebody has shown that mail for this address reaches this person.
    pub email_verified: bool,
    /// What the account server knows of the language, such as `ru`.
    pub locale: Option<String>,
    /// When the account server said all this.
    pub issued_at: Timestamp,
}

/// The claims that we use; <https://www.rfc-editor.org/rfc/rfc9068> and OpenID Connect Core 5.1.
#[derive(Debug, Deserialize)]
struct Claims {
    sub: UserId,
    /// Keycloak's mark of what a token is for: `Bearer` for an access token, `ID` for an ID token.
    typ: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    email_verified: bool,
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    family_name: String,
    locale: Option<String>,
    /// Seconds; a token without is as old as can be.
    #[serde(default)]
    iat: i64,
    /// In an ID token: what the request for it said.
    nonce: Option<String>,
    /// For which client the token was made.
    azp: Option<String>,
}

/// Checks tokens of one issuer for one audience.
#[derive(Clone)]
pub struct Verifier(Arc<Inner>);

struct Inner {
    jwks_url: String,
    validation: Validation,
    http: reqwest::Client,
    keys: RwLock<HashMap<String, DecodingKey>>,
    ask_after: Mutex<Option<Instant>>,
}

/// Why a token does not count.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the token is not valid")]
    Invalid,
    /// No key was ever had, so nothing can be said about the token.
    #[error("the issuer's keys are not to be had")]
    Unavailable,
}

#[derive(Debug, thiserror::Error)]
enum FetchError {
    #[error("ask the issuer")]
    Http(#[from] reqwest::Error),
    #[error("the issuer shows no key for RS256")]
    Empty,
}

impl Verifier {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(auth: &Auth) -> reqwest::Result<Self> {
        rs256::install();
        let mut validation = Validation::new(Algorithm::RS256);
        validation.leeway = LEEWAY_SECONDS;
        validation.validate_nbf = true;
        validation.set_issuer(&[&auth.auth_issuer]);
        validation.set_audience(&[&auth.auth_audience]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let default_url = || format!("{}/protocol/openid-connect/certs", auth.auth_issuer);
        Ok(Self(Arc::new(Inner {
            jwks_url: auth.auth_jwks_url.clone().unwrap_or_else(default_url),
            validation,
            http: reqwest::Client::builder().timeout(Duration::from_secs(2)).build()?,
            keys: RwLock::default(),
            ask_after: Mutex::new(None),
        })))
    }

    /// # Errors
    /// [`Error::Invalid`] for everything but a current access token of our issuer for our audience.
    pub async fn verify(&self, token: &str) -> Result<Caller, Error> {
        self.claims(token, "Bearer", &self.0.validation).await?.try_into()
    }

    /// Who has just signed in with our issuer, as it tells its client `client_id`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for everything but a current ID token that our issuer made for this client and this `nonce`;
    /// <https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation>.
    pub async fn verify_id_token(&self, token: &str, client_id: &str, nonce: &str) -> Result<Caller, Error> {
        let mut validation = self.0.validation.clone();
        validation.set_audience(&[client_id]);
        let claims = self.claims(token, "ID", &validation).await?;
        let for_client = claims.azp.as_deref().is_none_or(|azp| azp == client_id);
        if !for_client || claims.nonce.as_deref() != Some(nonce) {
            return Err(Error::Invalid);
        }
        claims.try_into()
    }

    async fn claims(&self, token: &str, typ: &str, validation: &Validation) -> Result<Claims, Error> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| Error::Invalid)?;
        if header.alg != Algorithm::RS256 {
            return Err(Error::Invalid);
        }
        let key = self.key(&header.kid.ok_or(Error::Invalid)?).await?;
        let claims =
            jsonwebtoken::decode::<Claims>(token, &key, validation).map_err(|_| Error::Invalid)?.claims;
        if claims.typ == typ { Ok(claims) } else { Err(Error::Invalid) }
    }

    async fn key(&self, kid: &str) -> Result<DecodingKey, Error> {
        if let Some(key) = self.cached(kid) {
            return Ok(key);
        }
        // One request asks, the others wait here and find the answer in the cache.
        let mut ask_after = self.0.ask_after.lock().await;
        if let Some(key) = self.cached(kid) {
            return Ok(key);
        }
        if ask_after.is_none_or(|time| time <= Instant::now()) {
            let fetched = self.fetch().await;
            // Counted from the answer, so that those who waited for a silent issuer do not wait in turn.
            let cool_down = if fetched.is_ok() || !self.is_empty() { COOL_DOWN } else { AWAY };
            *ask_after = Some(Instant::now() + cool_down);
            match fetched {
                Ok(keys) => *self.0.keys.write().unwrap_or_else(PoisonError::into_inner) = keys,
                // Keys that we have stay good.
                Err(error) => {
                    tracing::warn!(error = telemetry::chain(&error), "issuer's keys are not to be had");
                }
            }
        }
        match self.cached(kid) {
            Some(key) => Ok(key),
            None if self.is_empty() => Err(Error::Unavailable),
            None => Err(Error::Invalid),
        }
    }

    fn cached(&self, kid: &str) -> Option<DecodingKey> {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).get(kid).cloned()
    }

    fn is_empty(&self) -> bool {
        self.0.keys.read().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    async fn fetch(&self) -> Result<HashMap<String, DecodingKey>, FetchError> {
        let set: JwkSet = self.0.http.get(&self.0.jwks_url).send().await?.error_for_status()?.json().await?;
        let signing = set.keys.iter().filter(|jwk| {
            jwk.common.public_key_use != Some(PublicKeyUse::Encryption)
                && jwk.common.key_algorithm.is_none_or(|algorithm| algorithm == KeyAlgorithm::RS256)
        });
        let keys: HashMap<String, DecodingKey> = signing
            .filter_map(|jwk| Some((jwk.common.key_id.clone()?, DecodingKey::from_jwk(jwk).ok()?)))
            .collect();
        // An issuer has a key at all times; one that shows none is starting.
        if keys.is_empty() { Err(FetchError::Empty) } else { Ok(keys) }
    }
}

impl TryFrom<Claims> for Caller {
    type Error = Error;

    fn try_from(claims: Claims) -> Result<Self, Error> {
        Ok(Self {
            user_id: claims.sub,
            email: claims.email.to_lowercase(),
            email_verified: claims.email_verified,
            first_name: claims.given_name,
            last_name: claims.family_name,
            locale: claims.locale,
            issued_at: Timestamp::from_second(claims.iat).map_err(|_| Error::Invalid)?,
        })
    }
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Invalid => Self::unauthorized("the access token is missing, expired or not valid"),
            Error::Unavailable => Self::unavailable(),
        }
    }
}

/// The token itself, for who asks another service in its owner's name. It tells nothing in a log.
#[derive(Clone)]
pub struct Bearer(String);

impl Bearer {
    /// For the one header that carries it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bearer(…)")
    }
}

/// Taken beside a `Caller`, which says whether it counts.
impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(bearer(parts).map(|token| Self(token.to_owned())).ok_or(Error::Invalid)?)
    }
}

fn bearer(parts: &Parts) -> Option<&str> {
    let (scheme, token) = parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// Routes that need a token take a `Caller`.
impl<S> FromRequestParts<S> for Caller
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let token = bearer(parts).ok_or(Error::Invalid)?;
        Ok(Verifier::from_ref(state).verify(token).await?)
    }
}

/// Open routes take an `Option<Caller>`: a token that does not count is as good as none.
impl<S> OptionalFromRequestParts<S> for Caller
where
    S: Send + Sync,
    Verifier: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Problem> {
        let Some(token) = bearer(parts) else { return Ok(None) };
        match Verifier::from_ref(state).verify(token).await {
            Ok(caller) => Ok(Some(caller)),
            Err(Error::Invalid) => Ok(None),
            // Not the answer for nobody: it would tell a member that he is none.
            Err(error @ Error::Unavailable) => Err(error.into()),
        }
    }
}
