//! Refusals as RFC 9457 problem bodies.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::problem::{FieldProblem, ProblemBody};

use crate::context;
use crate::database;
use crate::telemetry;

/// A refusal on its way to the caller.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
    fields: Vec<FieldProblem>,
    retry_after_seconds: Option<u64>,
}

impl Problem {
    /// `detail` is a sentence for a person; it never carries another system's text.
    pub fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self { status, code, detail: detail.into(), fields: Vec::new(), retry_after_seconds: None }
    }

    pub fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub fn unauthorized(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, code, detail)
    }

    /// The input is understood, and what it asks for cannot be.
    pub fn unprocessable(code: &'static str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail)
    }

    /// One sentence for the whole input; [`Problem::field`] says what is wrong where.
    pub fn invalid(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid", detail)
    }

    /// The input is invalid in these places, of which there is at least one.
    pub fn invalid_fields(fields: Vec<FieldProblem>) -> Self {
        let detail = fields
            .iter()
            .map(|problem| format!("{}: {}", problem.field, problem.detail))
            .collect::<Vec<_>>()
            .join("; ");
        Self { fields, ..Self::invalid(detail) }
    }

    /// An `Idempotency-Key` names one request for ever, and this is another.
    pub fn idempotency_key_reused() -> Self {
        let (code, detail) = ("idempotency_key_reused", "named another request before");
        Self::unprocessable(code, format!("Idempotency-Key: {detail}")).field("Idempotency-Key", code, detail)
    }

    pub fn too_many_requests(detail: impl Into<String>, retry_after_seconds: u64) -> Self {
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(retry_after_seconds)
    }

    /// Something that we depend on does not answer.
    pub fn unavailable() -> Self {
        let detail = "a part of the system is away for a moment; please try again";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail).retry_after(1)
    }

    /// A mistake of ours. The caller learns the trace id, the log the rest.
    pub fn internal() -> Self {
        let detail = "something went wrong on our side; the trace id helps us to find out what";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", detail)
    }

    pub fn field(mut self, field: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        self.fields.push(FieldProblem { field: field.into(), code: code.to_owned(), detail: detail.into() });
        self
    }

    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// A database error that nobody made sense of before: logged here, once, with all its causes.
    pub fn of_database(error: &sqlx::Error) -> Self {
        if database::is_transient(error) {
            tracing::warn!(error = telemetry::chain(error), "database is away, or not as it must be");
            return Self::unavailable();
        }
        // PostgreSQL's text cannot hold U+0000, which JSON can.
        if database::sql_state(error).as_deref() == Some("22021") {
            return Self::invalid("text must not contain the character U+0000");
        }
        // Nor its `timestamptz` every instant that a hand-made cursor can name.
        if database::sql_state(error).as_deref() == Some("22008") {
            return Self::invalid("a time is out of range");
        }
        tracing::error!(error = telemetry::chain(error), "database refused a statement");
        Self::internal()
    }

    fn body(self) -> ProblemBody {
        let context = context::current();
        ProblemBody {
            kind: "about:blank".to_owned(),
            title: self.status.canonical_reason().unwrap_or("Error").to_owned(),
            status: self.status.as_u16(),
            error: self.detail.clone(),
            detail: self.detail,
            code: self.code.to_owned(),
            instance: context.path.to_string(),
            errors: self.fields,
            trace_id: context.trace.id(),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, retry_after) = (self.status, self.retry_after_seconds);
        let json = serde_json::to_vec(&self.body()).expect("a problem body holds only strings and numbers");
        let mut response =
            (status, [(header::CONTENT_TYPE, "application/problem+json")], json).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
