//! The account server, as the portal is a client of it: OAuth 2.0 with PKCE, OpenID Connect on top.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use app::i18n::Lang;
use kit::caller::{self, Caller, Verifier};
use oauth2::basic::{
    BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
    BasicTokenIntrospectionResponse, BasicTokenType,
};
use oauth2::{
    AuthUrl, AuthorizationCode, Client, ClientId, ClientSecret, CsrfToken, EndpointNotSet, EndpointSet,
    ExtraTokenFields, HttpClientError, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RefreshToken,
    RequestTokenError, Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse as _, TokenUrl,
};
use reqwest::{Url, redirect};
use serde::{Deserialize, Serialize};

use crate::config::{PublicUrl, SignIn};

/// Where the account server sends people back to.
pub const CALLBACK_PATH: &str = "/auth/callback";

/// Of one call. Longer than anybody waits: what has been asked for may already have happened there, and its answer must
/// not get lost.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Of an access token about whose end nothing is said.
const SHORT_LIFE: Duration = Duration::from_secs(60);

/// 256 bits, where the library's default is 128.
const RANDOM_BYTES: u32 = 32;

/// The account server, for its client that the portal is.
#[derive(Clone)]
pub struct Accounts(Arc<Inner>);

struct Inner {
    client: OauthClient,
    http: reqwest::Client,
    verifier: Verifier,
    issuer: String,
    origin: String,
    end_session: Url,
    home: String,
}

type Answer = StandardTokenResponse<IdTokenField, BasicTokenType>;

type OauthClient = Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;

/// What OpenID Connect adds to the answer.
#[derive(Clone, Serialize, Deserialize)]
struct IdTokenField {
    id_token: Option<String>,
}

impl ExtraTokenFields for IdTokenField {}

impl fmt::Debug for IdTokenField {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdTokenField(…)")
    }
}

/// Which page of the account server comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    SignIn,
    SignUp,
}

/// A sign-in as it begins: where to send the person, and what his coming back will be measured by.
pub struct Begun {
    pub address: Url,
    pub state: String,
    pub verifier: String,
    pub nonce: String,
}

/// Tokens, fresh from the account server.
pub struct Granted {
    pub access_token: String,
    pub refresh_token: String,
    pub id_token: Option<String>,
    /// Life of the access token.
    pub expires_in: Duration,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// RFC 6749 `invalid_grant`: the code or the refresh token is used, expired, or its session is over.
    #[error("the grant does not count")]
    InvalidGrant,
    #[error("the account server does not answer")]
    Unavailable(#[source] reqwest::Error),
    /// A setting of ours or of the realm is wrong.
    #[error("the account server answers `{0}`")]
    Unexpected(String),
    #[error("the tokens do not show who signed in")]
    Token(#[from] caller::Error),
}

impl Accounts {
    /// # Errors
    /// When a setting is no address, or no HTTP client can be made.
    pub fn new(
        config: &SignIn,
        issuer: &str,
        public_url: &PublicUrl,
        verifier: Verifier,
    ) -> anyhow::Result<Self> {
        let endpoint = |name: &str| format!("{issuer}/protocol/openid-connect/{name}");
        let issuer_url: Url = issuer.parse().context("read AUTH_ISSUER")?;
        ensure!(issuer_url.has_host(), "AUTH_ISSUER names no host");
        let token_url = config.auth_token_url.clone().unwrap_or_else(|| endpoint("token"));
        let client = Client::new(ClientId::new(config.portal_client_id.clone()))
            .set_client_secret(ClientSecret::new(config.portal_client_secret.clone()))
            .set_auth_uri(AuthUrl::new(endpoint("auth")).context("read AUTH_ISSUER")?)
            .set_token_uri(TokenUrl::new(token_url).context("read AUTH_TOKEN_URL")?)
            .set_redirect_uri(
                RedirectUrl::new(format!("{}{CALLBACK_PATH}", public_url.origin()))
                    .context("read PUBLIC_URL")?,
            );
        Ok(Self(Arc::new(Inner {
            client,
            // A redirect would carry the secret to wherever it leads.
            http: reqwest::Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build()?,
            verifier,
            issuer: issuer.to_owned(),
            origin: issuer_url.origin().ascii_serialization(),
            end_session: endpoint("logout").parse().context("read AUTH_ISSUER")?,
            home: format!("{}/", public_url.origin()),
        })))
    }

    /// Scheme, host and port of the account server, as browsers see it.
    pub fn origin(&self) -> &str {
        &self.0.origin
    }

    /// Whether an answer that names its issuer (RFC 9207) is from ours.
    pub fn is_issuer(&self, issuer: &str) -> bool {
        issuer == self.0.issuer
    }

    pub fn begin(&self, wish: Wish, lang: Lang) -> Begun {
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let nonce = CsrfToken::new_random_len(RANDOM_BYTES).into_secret();
        let mut request = self
            .0
            .client
            .authorize_url(|| CsrfToken::new_random_len(RANDOM_BYTES))
            .set_pkce_challenge(challenge)
            .add_scope(Scope::new("openid".to_owned()))
            .add_extra_param("nonce", nonce.clone())
            .add_extra_param("ui_locales", lang.code());
        if wish == Wish::SignUp {
            request = request.add_extra_param("prompt", "create");
        }
        let (address, state) = request.url();
        Begun { address, state: state.into_secret(), verifier: verifier.into_secret(), nonce }
    }

    /// Exchanges the code that a person brought back for tokens, and says who he is.
    ///
    /// # Errors
    /// When it does not count, or nothing can be said.
    pub async fn exchange(
        &self,
        code: String,
        verifier: String,
        nonce: &str,
    ) -> Result<(Granted, Caller), Error> {
        let request = self.0.client.exchange_code(AuthorizationCode::new(code));
        let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier));
        let granted = granted(request.request_async(&self.0.http).await)?;
        let id_token = granted.id_token.as_deref().ok_or(caller::Error::Invalid)?;
        let client_id = self.0.client.client_id();
        let person = self.0.verifier.verify_id_token(id_token, client_id, nonce).await?;
        let caller = self.0.verifier.verify(&granted.access_token).await?;
        if caller.user_id != person.user_id {
            return Err(caller::Error::Invalid.into());
        }
        Ok((granted, caller))
    }

    /// Exchanges a refresh token, which counts no more after this, whether or not the answer arrives.
    ///
    /// # Errors
    /// When it does not count, or nothing can be said.
    pub async fn refresh(&self, refresh_token: String) -> Result<Granted, Error> {
        let token = RefreshToken::new(refresh_token);
        granted(self.0.client.exchange_refresh_token(&token).request_async(&self.0.http).await)
    }

    /// Whose access token this is, if that can be said just now.
    pub async fn caller(&self, access_token: &str) -> Option<Caller> {
        self.0.verifier.verify(access_token).await.ok()
    }

    /// Where a browser ends its session at the account server, and comes back from to our home page.
    pub fn sign_out_address(&self, id_token: &str) -> Url {
        let mut address = self.0.end_session.clone();
        address
            .query_pairs_mut()
            .append_pair("id_token_hint", id_token)
            .append_pair("client_id", self.0.client.client_id())
            .append_pair("post_logout_redirect_uri", &self.0.home);
        address
    }
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("issuer", &self.0.issuer).finish_non_exhaustive()
    }
}

fn granted(
    answer: Result<Answer, RequestTokenError<HttpClientError<reqwest::Error>, BasicErrorResponse>>,
) -> Result<Granted, Error> {
    let answer = answer.map_err(|error| match error {
        RequestTokenError::ServerResponse(body) if *body.error() == BasicErrorResponseType::InvalidGrant => {
            Error::InvalidGrant
        }
        RequestTokenError::ServerResponse(body) => Error::Unexpected(body.error().as_ref().to_owned()),
        RequestTokenError::Request(HttpClientError::Reqwest(error)) => Error::Unavailable(*error),
        // What could not be read may hold tokens: nothing of it goes further.
        RequestTokenError::Request(_) | RequestTokenError::Parse(..) | RequestTokenError::Other(_) => {
            Error::Unexpected("something that cannot be read".to_owned())
        }
    })?;
    let refresh_token = answer.refresh_token().map(|token| token.secret().clone());
    Ok(Granted {
        access_token: answer.access_token().secret().clone(),
        refresh_token: refresh_token.ok_or_else(|| Error::Unexpected("no refresh token".to_owned()))?,
        id_token: answer.extra_fields().id_token.clone(),
        expires_in: answer.expires_in().unwrap_or(SHORT_LIFE),
    })
}
