//! Calls to the services, through the gateway, in the name of whoever looks at the page.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;
use std::time::Duration;

use contracts::problem::ProblemBody;
use jiff::Timestamp;
use leptos::prelude::use_context;
use reqwest::header::{ACCEPT_LANGUAGE, LINK};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::api::{ApiError, FieldError, Paged, Refusal, When};
use crate::i18n::Lang;

/// Of one call; the gateway itself gives up on a booking after 5 s.
const TIMEOUT: Duration = Duration::from_secs(6);

/// The way to all services. One for the process: it keeps connections.
#[derive(Clone, Debug)]
pub struct Gateway {
    http: reqwest::Client,
    url: Arc<str>,
}

impl Gateway {
    /// `url` is the gateway's origin.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: &str) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { http, url: url.trim_end_matches('/').into() })
    }
}

/// Proves to the services who calls. It tells nothing in a log.
#[derive(Clone)]
pub struct AccessToken(pub String);

impl fmt::Debug for AccessToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessToken(…)")
    }
}

/// What every call of one request passes on. The server puts it into the context of pages and server functions.
#[derive(Clone, Debug)]
pub struct Calls {
    pub gateway: Gateway,
    /// Where the viewer's request came from: what he may ask of the gateway in a second is counted for him and not for all
    /// viewers together.
    pub address: IpAddr,
    /// Of the viewer's session.
    pub token: Option<AccessToken>,
    /// There may be a session, but its token is not to be had at present: not the same as no session.
    pub is_cut_off: bool,
    pub lang: Lang,
    /// The viewer's time zone (IANA), where his browser has told it.
    pub time_zone: Option<String>,
    /// W3C trace context of the request.
    pub traceparent: String,
    /// The trace's id alone, for a person to name.
    pub trace_id: String,
}

/// For what anybody may see.
///
/// # Errors
/// `Unavailable` outside of a request, which is a mistake of ours.
pub fn calls() -> Result<Calls, ApiError> {
    use_context::<Calls>().ok_or_else(|| {
        tracing::error!("a server function was called outside of a request");
        ApiError::unavailable("")
    })
}

/// For what only a person with a session may see.
///
/// # Errors
/// `SignedOut` without a session, `Unavailable` where it cannot be used at present.
pub fn signed_in() -> Result<Calls, ApiError> {
    let calls = calls()?;
    match calls.token {
        Some(_) => Ok(calls),
        None if calls.is_cut_off => Err(calls.unavailable()),
        None => Err(ApiError::SignedOut),
    }
}

/// An id out of an address or a form.
///
/// # Errors
/// `NotFound` for a text that is no id: nothing can be there.
pub fn id<T: FromStr>(text: &str) -> Result<T, ApiError> {
    text.parse().map_err(|_| ApiError::NotFound)
}

impl Calls {
    /// Asks for `path`, which goes without the base and holds nothing that somebody typed but parsed ids.
    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(Method::GET, path)
    }

    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(Method::POST, path)
    }

    pub fn put(&self, path: &str) -> Call<'_> {
        self.call(Method::PUT, path)
    }

    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(Method::DELETE, path)
    }

    fn call(&self, method: Method, path: &str) -> Call<'_> {
        let mut request = self
            .gateway
            .http
            .request(method, format!("{}/api/v1{path}", self.gateway.url))
            .header(ACCEPT_LANGUAGE, self.lang.code())
            .header("traceparent", &self.traceparent)
            .header("X-Forwarded-For", self.address.to_string());
        if let Some(token) = &self.token {
            request = request.bearer_auth(&token.0);
        }
        Call { calls: self, request }
    }

    /// A moment at the venue, as this viewer reads it.
    pub fn when(&self, at: Timestamp, time_zone: &str) -> When {
        When::new(self.lang, at, time_zone, self.time_zone.as_deref())
    }

    fn unavailable(&self) -> ApiError {
        ApiError::unavailable(&self.trace_id)
    }
}

/// A call that has not been sent yet.
pub struct Call<'a> {
    calls: &'a Calls,
    request: RequestBuilder,
}

impl Call<'_> {
    pub fn query(mut self, query: &impl Serialize) -> Self {
        self.request = self.request.query(query);
        self
    }

    pub fn body(mut self, body: &impl Serialize) -> Self {
        self.request = self.request.json(body);
        self
    }

    /// However often it is sent, it is done once. `key`: 1 to 255 printable characters.
    pub fn once(mut self, key: &str) -> Self {
        // A key that cannot stand in a header fails the whole request as it is sent.
        self.request = self.request.header("Idempotency-Key", key);
        self
    }

    /// Sends it and reads the answer.
    ///
    /// # Errors
    /// Whatever the services or the gateway say against it.
    pub async fn read<T: DeserializeOwned>(self) -> Result<T, ApiError> {
        let calls = self.calls;
        let response = self.send().await?;
        response.json().await.map_err(|error| calls.broken(&error))
    }

    /// Sends it, for what it does.
    ///
    /// # Errors
    /// Whatever the services or the gateway say against it.
    pub async fn done(self) -> Result<(), ApiError> {
        self.send().await.map(drop)
    }

    /// Sends it and reads a page of a list.
    ///
    /// # Errors
    /// Whatever the services or the gateway say against it.
    pub async fn list<T: DeserializeOwned>(self) -> Result<Paged<T>, ApiError> {
        let calls = self.calls;
        let response = self.send().await?;
        let link = response.headers().get(LINK).and_then(|value| value.to_str().ok());
        let next = link.and_then(next_cursor);
        let items = response.json().await.map_err(|error| calls.broken(&error))?;
        Ok(Paged { items, next })
    }

    async fn send(self) -> Result<Response, ApiError> {
        let calls = self.calls;
        let response = self.request.send().await.map_err(|error| {
            if error.is_builder() {
                // A header or an address that somebody made up.
                calls.refusal("invalid", String::new(), Vec::new())
            } else {
                calls.broken(&error)
            }
        })?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        Err(match status {
            StatusCode::UNAUTHORIZED => ApiError::SignedOut,
            StatusCode::NOT_FOUND => ApiError::NotFound,
            status if status.is_client_error() => match response.json::<ProblemBody>().await {
                Ok(problem) if problem.code == "forbidden" => ApiError::Forbidden,
                Ok(problem) => calls.problem(problem),
                // The gateway itself refuses without words.
                Err(_) if status == StatusCode::TOO_MANY_REQUESTS => {
                    calls.refusal("too_many_requests", String::new(), Vec::new())
                }
                Err(_) if status == StatusCode::FORBIDDEN => ApiError::Forbidden,
                Err(error) => calls.broken(&error),
            },
            status => {
                tracing::warn!(
                    status = status.as_u16(),
                    trace_id = calls.trace_id,
                    "no answer from a service"
                );
                calls.unavailable()
            }
        })
    }
}

impl Calls {
    fn broken(&self, error: &reqwest::Error) -> ApiError {
        tracing::warn!(%error, trace_id = self.trace_id, "no answer through the gateway");
        self.unavailable()
    }

    fn problem(&self, problem: ProblemBody) -> ApiError {
        let fields = problem.errors.into_iter().map(|error| FieldError {
            message: self.lang.problem(&error.code).map_or(error.detail, str::to_owned),
            field: error.field,
        });
        let fields = fields.collect();
        self.refusal(&problem.code, problem.detail, fields)
    }

    fn refusal(&self, code: &str, detail: String, fields: Vec<FieldError>) -> ApiError {
        let message = self.lang.problem(code).map_or(detail, str::to_owned);
        ApiError::Refused(Refusal { code: code.to_owned(), message, fields, input: Vec::new() })
    }
}

/// The cursor in `<…?cursor=abc&limit=5>; rel="next"`; our cursors need no escapes.
fn next_cursor(link: &str) -> Option<String> {
    let target = link.split(',').find(|part| part.contains(r#"rel="next""#))?;
    let address = target.split_once('<')?.1.split_once('>')?.0;
    let query = address.split_once('?')?.1;
    query.split('&').find_map(|pair| pair.strip_prefix("cursor=")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_found_in_the_link() {
        for (link, cursor) in [
            (r#"</api/v1/customer/offers?limit=5&cursor=AbC-_1>; rel="next""#, Some("AbC-_1")),
            (r#"</api/v1/customer/offers?cursor=x&limit=5>; rel="next""#, Some("x")),
            (r#"</a?cursor=p>; rel="prev", </a?cursor=n>; rel="next""#, Some("n")),
            (r#"</a?cursor=p>; rel="prev""#, None),
            ("nonsense", None),
        ] {
            assert_eq!(next_cursor(link).as_deref(), cursor, "{link}");
        }
    }
}
