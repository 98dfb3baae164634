//! Extractors that refuse with a problem body.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, OptionalFromRequest, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use contracts::locale::Locale;
use serde::Serialize;
use serde::de::{DeserializeOwned, IgnoredAny};
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
        if !says_json(&request) {
            return Err(refuse_content_type());
        }
        let body = Bytes::from_request(request, state).await.map_err(|rejection| refuse_body(&rejection))?;
        parse(&body).map(Self)
    }
}

/// Calls whose body may be left out take an `Option<Json<_>>`; no bytes are no body, whatever their type.
impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        let says_json = says_json(&request);
        let body = Bytes::from_request(request, state).await.map_err(|rejection| refuse_body(&rejection))?;
        if body.is_empty() {
            return Ok(None);
        }
        if !says_json {
            return Err(refuse_content_type());
        }
        parse(&body).map(Self).map(Some)
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

fn says_json(request: &Request) -> bool {
    is_json(request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()))
}

fn refuse_content_type() -> Problem {
    let detail = "the body must be JSON, with the content type application/json";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_json", detail)
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
    // serde would take a list of a struct's fields in their order for the struct.
    if body.trim_ascii_start().starts_with(b"[") {
        serde_json::from_slice::<IgnoredAny>(body).map_err(|error| refuse_json(".", &error))?;
        let detail = "must be an object";
        return Err(Problem::invalid(format!("body {detail}")).field("body", "wrong_type", detail));
    }
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

/// The query. What its fields say is parsed by the route, so they are texts that may be missing.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match axum::extract::Query::from_request_parts(parts, state).await {
            Ok(axum::extract::Query(value)) => Ok(Self(value)),
            Err(_) => {
                Err(Problem::invalid("the query cannot be read: a name is given twice, or is not UTF-8"))
            }
        }
    }
}

/// The language that the caller likes best among ours.
#[derive(Debug, Clone, Copy)]
pub struct Language(pub Locale);

impl<S: Send + Sync> FromRequestParts<S> for Language {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let header = parts.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Ok(Self(Locale::preferred(header.unwrap_or_default())))
    }
}

/// `Idempotency-Key`: the name that a caller gives to what he wants done once.
#[derive(Debug, Clone)]
pub struct IdempotencyKey(pub Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        const NAME: &str = "Idempotency-Key";
        let Some(value) = parts.headers.get(NAME) else { return Ok(Self(None)) };
        // `to_str` takes printable ASCII only.
        match value.to_str() {
            Ok(key) if (1..=255).contains(&key.len()) && !key.contains('\t') => {
                Ok(Self(Some(key.to_owned())))
            }
            _ => {
                let detail = "must have 1 to 255 printable characters";
                Err(Problem::invalid(format!("{NAME}: {detail}")).field(NAME, "invalid_key", detail))
            }
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
        let cases: [(&str, u16); 9] = [
            ("", 400),
            ("{", 400),
            ("{\"email\": \"a\"} more", 400),
            ("{\"email\": \"\u{1}\"}", 400),
            ("{}", 422),
            ("[]", 422),
            (" [\"a\"]", 422),
            ("[\"a\"", 400),
            ("{\"email\": 5}", 422),
        ];
        for (text, status) in cases {
            let problem = parse::<Body>(text.as_bytes()).unwrap_err();
            assert_eq!(problem.status().as_u16(), status, "{text:?}");
        }
    }

    #[test]
    fn digits_of_an_amount_pass_through_as_they_were_written() {
        #[derive(Debug, Deserialize)]
        struct Priced {
            price: contracts::money::AmountInput,
        }
        let priced = parse::<Priced>(br#"{"price": 1.15}"#).unwrap();
        assert_eq!(priced.price.parse(), Ok(contracts::money::Money(115)));
        assert_eq!(parse::<Priced>(br#"{}"#).unwrap_err().status().as_u16(), 422);
        assert_eq!(parse::<Priced>(br#"{"price": NaN}"#).unwrap_err().status().as_u16(), 400);
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
