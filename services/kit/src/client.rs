//! Asking another service, in the name of the caller whose token it is.

use std::time::Duration;

use reqwest::StatusCode;
use serde::de::DeserializeOwned;

use crate::caller::Bearer;
use crate::context;

/// Of one question; a person waits for the answer.
const TIMEOUT: Duration = Duration::from_secs(1);

/// Another service.
#[derive(Debug, Clone)]
pub struct Client {
    url: String,
    http: reqwest::Client,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("ask another service")]
    Http(#[from] reqwest::Error),
    #[error("another service answers {0}")]
    Unexpected(StatusCode),
}

impl Client {
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(url: &str) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().timeout(TIMEOUT).build()?;
        Ok(Self { url: url.trim_end_matches('/').to_owned(), http })
    }

    /// What is at `path`, which goes without the base; `None` for what is not there, or not the caller's to see.
    ///
    /// # Errors
    /// When the service is away, or answers as it should not.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, token: &Bearer) -> Result<Option<T>, Error> {
        let request = self.http.get(format!("{}/api/v1{path}", self.url)).bearer_auth(token.expose());
        let response = request.header("traceparent", context::current().trace.to_string()).send().await?;
        match response.status() {
            StatusCode::OK => Ok(Some(response.json().await?)),
            StatusCode::NOT_FOUND | StatusCode::FORBIDDEN => Ok(None),
            status => Err(Error::Unexpected(status)),
        }
    }
}
