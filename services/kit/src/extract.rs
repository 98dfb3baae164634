//! Extractors that refuse with a problem body.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use crate::Problem;

/// A JSON body, in and out.
///
/// Refuses with 415 (not JSON by its content type), 413 (larger than the route allows), 400 (does not
/// parse) and 422 (parses, but a field is missing or of another type; the field is named).
#[derive(Debug, Clone)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok())) {
            let detail = "the body must be JSON, with the content type application/json";
            return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail));
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| refuse_body(&rejection))?;
        parse(&body).map(Self)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn is_json(content_type: Option<&str>) -> bool {
    let essence = content_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim();
    let Some((kind, subtype)) = essence.split_once('/') else { return false };
    kind.eq_ignore_ascii_case("application")
        && (subtype.eq_ignore_ascii_case("json") || subtype.to_ascii_lowercase().ends_with("+json"))
}

fn refuse_body(rejection: &BytesRejection) -> Problem {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        return Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "the body is too large");
    }
    Problem::bad_request("unreadable", "the body did not arrive whole")
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let mut json = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let path = error.path().to_string();
        refuse_json(&path, error.inner())
    })?;
    json.end().map_err(|error| refuse_json(".", &error))?;
    Ok(value)
}

fn refuse_json(path: &str, error: &serde_json::Error) -> Problem {
    if error.classify() != Category::Data {
        let place = format!("line {}, column {}", error.line(), error.column());
        return Problem::bad_request("not_json", format!("the body is not valid JSON at {place}"));
    }
    let text = error.to_string();
    // serde names a missing field in its message only.
    if let Some(field) = text.strip_prefix("missing field `").and_then(|rest| rest.split('`').next()) {
        let field = if path == "." { field.to_owned() } else { format!("{path}.{field}") };
        return Problem::invalid(format!("{field} is missing")).field(field, "missing", "is missing");
    }
    let field = if path == "." { "body" } else { path };
    Problem::invalid(format!("{field} is of the wrong type")).field(
        field,
        "wrong_type",
        "is of the wrong type",
    )
}

/// Parts of the path. What cannot be an id names nothing, so it is not found.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Path::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(Problem::not_found("there is nothing at this address")),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    struct Body {
        #[expect(dead_code, reason = "only whether it parses matters")]
        email: String,
    }

    #[test]
    fn a_body_that_does_not_parse_is_400_and_one_that_does_not_fit_is_422() {
        let cases: [(&str, u16); 7] = [
            ("", 400),
            ("{", 400),
            ("{\"email\": \"a\"} more", 400),
            ("{\"email\": \"\u{1}\"}", 400),
            ("{}", 422),
            ("[]", 422),
            ("{\"email\": 5}", 422),
        ];
        for (text, status) in cases {
            let problem = parse::<Body>(text.as_bytes()).unwrap_err();
            assert_eq!(problem.status().as_u16(), status, "{text:?}");
        }
    }

    #[test]
    fn json_is_known_by_its_content_type() {
        for yes in ["application/json", "Application/JSON; charset=utf-8", "application/merge-patch+json"] {
            assert!(is_json(Some(yes)), "{yes}");
        }
        for no in ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""] {
            assert!(!is_json(Some(no)), "{no}");
        }
        assert!(!is_json(None));
    }
}
