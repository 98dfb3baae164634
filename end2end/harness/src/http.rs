use std::future::{Future, IntoFuture};
use std::pin::Pin;

use anyhow::Context as _;
use contracts::problem::ProblemBody;
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Where all calls of the API begin, at the gateway and at the services.
pub const API: &str = "/api/v1";

/// Something that answers HTTP.
#[derive(Debug, Clone)]
pub struct Server {
    pub name: &'static str,
    pub url: String,
    http: reqwest::Client,
}

impl Server {
    pub fn new(name: &'static str, url: &str, http: reqwest::Client) -> Self {
        Self { name, url: url.trim_end_matches('/').to_owned(), http }
    }

    /// The same client at another address.
    pub fn at(&self, url: &str) -> Self {
        Self::new(self.name, url, self.http.clone())
    }

    /// A call of the API; `path` goes without the base.
    pub fn call(&self, method: Method, path: &str) -> Call {
        self.plain(method, &format!("{API}{path}"))
    }

    pub fn get(&self, path: &str) -> Call {
        self.call(Method::GET, path)
    }

    pub fn put(&self, path: &str) -> Call {
        self.call(Method::PUT, path)
    }

    pub fn post(&self, path: &str) -> Call {
        self.call(Method::POST, path)
    }

    /// A call outside the API.
    pub fn plain(&self, method: Method, path: &str) -> Call {
        let title = format!("{method} {path} at {}", self.name);
        Call { title, request: self.http.request(method, format!("{}{path}", self.url)) }
    }
}

/// A request that is not sent yet; `.await` sends it.
#[derive(Debug)]
pub struct Call {
    title: String,
    request: RequestBuilder,
}

impl Call {
    pub fn token(self, token: &str) -> Self {
        self.header("Authorization", &format!("Bearer {token}"))
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        Self { request: self.request.header(name, value), ..self }
    }

    pub fn headers<'a>(self, headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        headers.into_iter().fold(self, |call, (name, value)| call.header(name, value))
    }

    pub fn json(self, body: &impl Serialize) -> Self {
        Self { request: self.request.json(body), ..self }
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        Self { request: self.request.form(fields), ..self }
    }

    pub fn query(self, fields: &[(&str, &str)]) -> Self {
        Self { request: self.request.query(fields), ..self }
    }

    /// Any bytes, said to be JSON.
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        self.header("Content-Type", "application/json").untyped_body(body)
    }

    /// Any bytes, without a word on what they are.
    pub fn untyped_body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { request: self.request.body(body.into()), ..self }
    }
}

impl IntoFuture for Call {
    type Output = anyhow::Result<Answer>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let Self { title, request } = self;
            let response = request.send().await.with_context(|| title.clone())?;
            let (status, headers) = (response.status().as_u16(), response.headers().clone());
            let body = response.bytes().await.with_context(|| format!("{title}: read the answer"))?.to_vec();
            Ok(Answer { title, status, headers, body })
        })
    }
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The call in words, for messages.
    pub title: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The header's value, empty when it is not there.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Claims the status.
    ///
    /// # Panics
    /// When it is another.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}: {}", self.title, self.text());
        self
    }

    /// Claims the status and reads the body.
    ///
    /// # Panics
    /// When the status is another, or the body does not fit.
    #[track_caller]
    pub fn parsed<T: DeserializeOwned>(self, status: u16) -> T {
        let answer = self.expect(status);
        serde_json::from_slice(&answer.body)
            .unwrap_or_else(|error| panic!("{}: {error} in {}", answer.title, answer.text()))
    }

    /// Claims a service's refusal with this status, whole as the API promises it.
    ///
    /// # Panics
    /// When the status is another, or the body is not a problem body.
    #[track_caller]
    pub fn refused(self, status: u16) -> ProblemBody {
        let answer = self.expect(status);
        match answer.problem() {
            Ok(problem) => problem,
            Err(flaw) => panic!("{}: {flaw}: {}", answer.title, answer.text()),
        }
    }

    /// The problem body, if it is whole.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn problem(&self) -> Result<ProblemBody, String> {
        if self.header(CONTENT_TYPE.as_str()) != "application/problem+json" {
            return Err(format!("content type {:?}", self.header(CONTENT_TYPE.as_str())));
        }
        let problem: ProblemBody = serde_json::from_slice(&self.body).map_err(|error| error.to_string())?;
        let trace_id = &problem.trace_id;
        if problem.status != self.status {
            return Err("status in the body is not the answer's".to_owned());
        }
        if trace_id.len() != 32 || !trace_id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err("trace_id is not 32 hexadecimal digits".to_owned());
        }
        let texts = [
            &problem.kind,
            &problem.title,
            &problem.detail,
            &problem.code,
            &problem.instance,
            &problem.error,
        ];
        if texts.iter().any(|text| text.is_empty()) {
            return Err("a member is empty".to_owned());
        }
        Ok(problem)
    }
}

/// The fields that a refusal names, in alphabetical order.
pub fn fields(problem: &ProblemBody) -> Vec<&str> {
    let mut fields: Vec<&str> = problem.errors.iter().map(|error| error.field.as_str()).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}
