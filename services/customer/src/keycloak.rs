//! The account server, as two clients of one realm.
//!
//! One exchanges e-mail and password for tokens; the other's service account creates and changes people.
//! What Keycloak says about a person's input is a value here; an [`Error`] is trouble with Keycloak itself.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::http::customer::Tokens;
use contracts::ids::UserId;
use kit::input::Email;
use reqwest::{Method, RequestBuilder, Response, StatusCode, redirect};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use tokio::sync::{Mutex, MutexGuard, Semaphore, SemaphorePermit};
use tokio::time::timeout;

use crate::config;
use crate::domain::name::Name;
use crate::domain::password::Password;
use crate::domain::profile::ProfileChange;

/// Of one call. The gateway waits for three seconds, and longer where we make several.
const TIMEOUT: Duration = Duration::from_secs(2);

/// Keycloak sends the mail before it answers; the gateway waits for that.
const MAIL_TIMEOUT: Duration = Duration::from_secs(10);

/// What Keycloak takes for gone when a change of somebody's attributes leaves it out. Of the rest it keeps what is left
/// out (`UserResource.updateUser` and `updateUserFromRep` in Keycloak 26), so it is left out: the click that verifies
/// an e-mail may come between our reading and our writing, and so may an administrator. What comes within Keycloak's own
/// millisecond of writing is still undone, for it writes the whole row.
const USER_PROFILE: [&str; 5] = ["username", "email", "firstName", "lastName", "attributes"];

/// How many people can log in at the same moment.
const TURNS: usize = 64;

/// How many can change their accounts, of the 16 connections to our database that requests share.
const CHANGES_AT_ONCE: usize = 4;

/// A token that ends this soon is not begun with.
const SPARE: Duration = Duration::from_secs(10);

#[derive(Clone)]
pub struct Keycloak(Arc<Inner>);

struct Inner {
    http: reqwest::Client,
    openid_url: String,
    users_url: String,
    api: Client,
    accounts: Client,
    accounts_token: Mutex<Option<AccountsToken>>,
    /// Taken by e-mail. Keycloak's protection against guessing refuses a right password, in the words for a
    /// wrong one, while another log-in of the same person is under way; so they go one by one.
    turns: [Mutex<()>; TURNS],
    turn_of: RandomState,
    changes: Semaphore,
}

struct Client {
    id: String,
    secret: String,
}

#[derive(Clone)]
struct AccountsToken {
    text: String,
    good_until: Instant,
}

/// Trouble with Keycloak itself.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{call}: no answer")]
    Unavailable { call: &'static str, source: reqwest::Error },
    #[error("{call}: too many others before")]
    Busy { call: &'static str },
    /// A setting of ours or of the realm is wrong. Its text stays there: it could quote a person.
    #[error("{call}: status {status}")]
    Unexpected { call: &'static str, status: StatusCode },
}

/// Keycloak does not take what a person wants to be called, or his password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The fields as our bodies name them; empty when Keycloak names none that we know.
    pub fields: Vec<&'static str>,
}

/// The right to log in with one e-mail, which one request has at a time.
pub struct Turn<'a> {
    keycloak: &'a Keycloak,
    email: &'a str,
    _guard: MutexGuard<'a, ()>,
}

impl Turn<'_> {
    /// `None` when they do not belong together, or the account is locked: Keycloak says the same to both.
    ///
    /// # Errors
    /// Trouble with Keycloak itself.
    pub async fn log_in(&self, password: &str) -> Result<Option<Tokens>, Error> {
        let form = [("grant_type", "password"), ("username", self.email), ("password", password)];
        self.keycloak.tokens(&form).await
    }
}

/// Somebody who wants an account.
pub struct NewUser<'a> {
    pub email: &'a Email,
    pub password: &'a Password,
    pub first_name: &'a Name,
    pub last_name: &'a Name,
}

pub enum Created {
    Created,
    Taken,
    Refused(Refusal),
}

pub enum Updated {
    Updated,
    Gone,
    Refused(Refusal),
}

impl Keycloak {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(config: &config::Keycloak) -> reqwest::Result<Self> {
        let (url, realm) = (config.keycloak_url.trim_end_matches('/'), &config.keycloak_realm);
        Ok(Self(Arc::new(Inner {
            http: reqwest::Client::builder().timeout(TIMEOUT).redirect(redirect::Policy::none()).build()?,
            openid_url: format!("{url}/realms/{realm}/protocol/openid-connect"),
            users_url: format!("{url}/admin/realms/{realm}/users"),
            api: Client { id: config.api_client_id.clone(), secret: config.api_client_secret.clone() },
            accounts: Client {
                id: config.accounts_client_id.clone(),
                secret: config.accounts_client_secret.clone(),
            },
            accounts_token: Mutex::new(None),
            turns: std::array::from_fn(|_| Mutex::new(())),
            turn_of: RandomState::new(),
            changes: Semaphore::new(CHANGES_AT_ONCE),
        })))
    }

    /// Waits until nobody else logs in with `email`; see [`Inner::turns`].
    ///
    /// # Errors
    /// When too many others are before.
    pub async fn turn<'a>(&'a self, email: &'a str) -> Result<Turn<'a>, Error> {
        let turn = usize::try_from(self.0.turn_of.hash_one(email)).unwrap_or_default() % TURNS;
        let busy = |_| Error::Busy { call: "log in" };
        let guard = timeout(TIMEOUT, self.0.turns[turn].lock()).await.map_err(busy)?;
        Ok(Turn { keycloak: self, email, _guard: guard })
    }

    /// The same for who wants to change his account; few have it at once, for each holds a connection to our database meanwhile,
    /// and Keycloak may be slow.
    ///
    /// # Errors
    /// When others are before for too long.
    pub async fn turn_to_change<'a>(
        &'a self,
        email: &'a str,
    ) -> Result<(Turn<'a>, SemaphorePermit<'a>), Error> {
        let turn = self.turn(email).await?;
        let place = timeout(TIMEOUT, self.0.changes.acquire()).await.ok().and_then(Result::ok);
        Ok((turn, place.ok_or(Error::Busy { call: "change an account" })?))
    }

    /// `None` when the refresh token is used, expired or not one of ours.
    ///
    /// # Errors
    /// Trouble with Keycloak itself.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Option<Tokens>, Error> {
        self.tokens(&[("grant_type", "refresh_token"), ("refresh_token", refresh_token)]).await
    }

    /// Ends the session of the refresh token. One that does not count any more has none to end.
    ///
    /// # Errors
    /// Trouble with Keycloak itself.
    pub async fn log_out(&self, refresh_token: &str) -> Result<(), Error> {
        const CALL: &str = "log out";
        let form = [("refresh_token", refresh_token)];
        let response = self.openid(CALL, "logout", &self.0.api, &form).await?;
        match response.status() {
            StatusCode::NO_CONTENT | StatusCode::OK => Ok(()),
            status if does_not_count(response).await => {
                tracing::debug!(%status, "nothing to log out of");
                Ok(())
            }
            status => Err(Error::Unexpected { call: CALL, status }),
        }
    }

    /// Creates the account with its password in one call: there is no moment in which it has none.
    ///
    /// # Errors
    /// Trouble with Keycloak itself.
    pub async fn create_user(&self, user: &NewUser<'_>) -> Result<Created, Error> {
        const CALL: &str = "create a user";
        let body = json!({
            "username": user.email.as_str(),
            "email": user.email.as_str(),
            "enabled": true,
            "firstName": user.first_name.as_str(),
            "lastName": user.last_name.as_str(),
            "credentials": [{ "type": "password", "value": user.password.expose(), "temporary": false }],
        });
        let response = self.admin(CALL, Method::POST, "", |request| request.json(&body)).await?;
        match response.status() {
            StatusCode::CREATED => Ok(Created::Created),
            StatusCode::CONFLICT => Ok(Created::Taken),
            StatusCode::BAD_REQUEST => Ok(Created::Refused(refusal(response).await)),
            status => Err(Error::Unexpected { call: CALL, status }),
        }
    }

    /// Changes names and locale, and leaves everything else that Keycloak knows of the person as it is.
    ///
    /// # Errors
    /// Trouble with Keycloak itself.
    pub async fn update_user(&self, user_id: UserId, change: &ProfileChange) -> Result<Updated, Error> {
        const CALL: &str = "update a user";
        let path = format!("/{user_id}");
        let response = self.admin(CALL, Method::GET, &path, |request| request).await?;
        let mut user: Map<String, Value> = match response.status() {
            StatusCode::OK => {
                response.json().await.map_err(|source| Error::Unavailable { call: CALL, source })?
            }
            StatusCode::NOT_FOUND => return Ok(Updated::Gone),
            status => return Err(Error::Unexpected { call: CALL, status }),
        };
        user.retain(|field, _| USER_PROFILE.contains(&field.as_str()));
        if let Some(name) = &change.first_name {
            user.insert("firstName".to_owned(), name.as_str().into());
        }
        if let Some(name) = &change.last_name {
            user.insert("lastName".to_owned(), name.as_str().into());
        }
        if let Some(locale) = change.locale {
            let attributes = user.entry("attributes").or_insert_with(|| json!({}));
            attributes["locale"] = json!([locale.as_str()]);
        }
        let response = self.admin(CALL, Method::PUT, &path, |request| request.json(&user)).await?;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(Updated::Updated),
            StatusCode::NOT_FOUND => Ok(Updated::Gone),
            StatusCode::BAD_REQUEST => Ok(Updated::Refused(refusal(response).await)),
            status => Err(Error::Unexpected { call: CALL, status }),
        }
    }

    /// Has Keycloak send the mail by which a person shows that the address is his. `false` when the account is gone.
    ///
    /// # Errors
    /// Trouble with Keycloak itself, or with its mail server.
    pub async fn send_verification_mail(&self, user_id: UserId) -> Result<bool, Error> {
        const CALL: &str = "send a verification mail";
        let path = format!("/{user_id}/send-verify-email");
        let response = self.admin(CALL, Method::PUT, &path, |request| request.timeout(MAIL_TIMEOUT)).await?;
        match response.status() {
            StatusCode::NO_CONTENT => Ok(true),
            StatusCode::NOT_FOUND => Ok(false),
            status => Err(Error::Unexpected { call: CALL, status }),
        }
    }

    async fn tokens(&self, form: &[(&str, &str)]) -> Result<Option<Tokens>, Error> {
        const CALL: &str = "get tokens";
        let response = self.openid(CALL, "token", &self.0.api, form).await?;
        let status = response.status();
        if status == StatusCode::OK {
            let tokens = response.json().await.map_err(|source| Error::Unavailable { call: CALL, source })?;
            return Ok(Some(tokens));
        }
        if does_not_count(response).await {
            return Ok(None);
        }
        Err(Error::Unexpected { call: CALL, status })
    }

    /// A call of the OpenID Connect endpoints as `client`.
    async fn openid(
        &self,
        call: &'static str,
        endpoint: &str,
        client: &Client,
        form: &[(&str, &str)],
    ) -> Result<Response, Error> {
        let request = self
            .0
            .http
            .post(format!("{}/{endpoint}", self.0.openid_url))
            .basic_auth(&client.id, Some(&client.secret))
            .form(form);
        send(call, request).await
    }

    /// A call of the admin API. A token that Keycloak takes no more (it restarted, its keys changed) is
    /// thrown away once.
    async fn admin(
        &self,
        call: &'static str,
        method: Method,
        path: &str,
        complete: impl Fn(RequestBuilder) -> RequestBuilder,
    ) -> Result<Response, Error> {
        let url = format!("{}{path}", self.0.users_url);
        let request = |token: &str| complete(self.0.http.request(method.clone(), &url).bearer_auth(token));
        let token = self.accounts_token(None).await?;
        let response = send(call, request(&token)).await?;
        if response.status() != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        let token = self.accounts_token(Some(&token)).await?;
        send(call, request(&token)).await
    }

    /// The service account's token, other than `refused`. One request asks, the others wait and share.
    async fn accounts_token(&self, refused: Option<&str>) -> Result<String, Error> {
        const CALL: &str = "get the service account's token";

        #[derive(Deserialize)]
        struct Granted {
            access_token: String,
            expires_in: u64,
        }

        let mut cached = self.0.accounts_token.lock().await;
        if let Some(token) = cached.as_ref()
            && refused != Some(&token.text)
            && Instant::now() < token.good_until
        {
            return Ok(token.text.clone());
        }
        let asked = Instant::now();
        let form = [("grant_type", "client_credentials")];
        let response = self.openid(CALL, "token", &self.0.accounts, &form).await?;
        if response.status() != StatusCode::OK {
            return Err(Error::Unexpected { call: CALL, status: response.status() });
        }
        let granted: Granted =
            response.json().await.map_err(|source| Error::Unavailable { call: CALL, source })?;
        let life = Duration::from_secs(granted.expires_in).saturating_sub(SPARE);
        *cached = Some(AccountsToken { text: granted.access_token.clone(), good_until: asked + life });
        Ok(granted.access_token)
    }
}

/// Any answer but "I cannot at present".
async fn send(call: &'static str, request: RequestBuilder) -> Result<Response, Error> {
    // An address can hold a person's id.
    let unavailable = |source: reqwest::Error| Error::Unavailable { call, source: source.without_url() };
    let response = request.send().await.map_err(unavailable)?;
    let status = response.status();
    if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        return Err(response
            .error_for_status()
            .err()
            .map_or(Error::Unexpected { call, status }, unavailable));
    }
    Ok(response)
}

/// RFC 6749 section 5.2: what a person gave does not count, as opposed to who we are. Keycloak says
/// `invalid_request` of a parameter that is too long.
async fn does_not_count(response: Response) -> bool {
    #[derive(Deserialize)]
    struct Body {
        error: String,
    }
    response
        .json::<Body>()
        .await
        .is_ok_and(|body| matches!(body.error.as_str(), "invalid_grant" | "invalid_request"))
}

/// Which fields a 400 of the admin API is about.
///
/// The user profile names them, in `field` or, for several, in `errors[].field`; the password policy does
/// not, but its `error` begins with `invalidPassword`.
async fn refusal(response: Response) -> Refusal {
    refusal_of(&response.json().await.unwrap_or_default())
}

fn refusal_of(body: &Value) -> Refusal {
    let several = body["errors"].as_array().into_iter().flatten();
    let mut fields: Vec<&'static str> = std::iter::once(body)
        .chain(several)
        .filter_map(|error| match error["field"].as_str()? {
            "email" | "username" => Some("email"),
            "firstName" => Some("first_name"),
            "lastName" => Some("last_name"),
            "locale" => Some("locale"),
            _ => None,
        })
        .collect();
    if body["error"].as_str().is_some_and(|error| error.starts_with("invalidPassword")) {
        fields.push("password");
    }
    fields.sort_unstable();
    fields.dedup();
    Refusal { fields }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_our_fields() {
        let cases = [
            (
                json!({"errors": [
                    {"field": "lastName", "errorMessage": "error-person-name-invalid-character"},
                    {"field": "firstName", "errorMessage": "error-person-name-invalid-character"},
                ]}),
                vec!["first_name", "last_name"],
            ),
            (json!({"field": "email", "errorMessage": "error-invalid-email"}), vec!["email"]),
            (json!({"errors": [{"field": "email"}, {"field": "username"}]}), vec!["email"]),
            (json!({"error": "invalidPasswordMinLengthMessage", "error_description": "…"}), vec!["password"]),
            (json!({"errorMessage": "unknown"}), vec![]),
            (json!(null), vec![]),
            (json!([1]), vec![]),
        ];
        for (body, fields) in cases {
            assert_eq!(refusal_of(&body), Refusal { fields }, "{body}");
        }
    }
}
