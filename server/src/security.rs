use axum::extract::{Request, State};
use axum::http::header::{
    CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::middleware::Next;
use axum::response::Response;
use leptos::nonce::Nonce;

use crate::config::PublicUrl;

/// For everything that is not a page: it loads nothing and stands in no frame.
const NO_PAGE: HeaderValue = HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'");

/// What a page may load: our own files, and scripts that carry this answer's nonce. Its forms may lead to the account
/// server at the origin `accounts`, because browsers hold a form to this over redirects too.
pub fn page_policy(nonce: &Nonce, accounts: &str) -> String {
    [
        "default-src 'self'".to_owned(),
        format!("script-src 'strict-dynamic' 'nonce-{nonce}' 'wasm-unsafe-eval'"),
        format!("style-src 'self' 'nonce-{nonce}'"),
        "img-src 'self' data:".to_owned(),
        "connect-src 'self'".to_owned(),
        format!("form-action 'self' {accounts}"),
        "object-src 'none'".to_owned(),
        "base-uri 'none'".to_owned(),
        "frame-ancestors 'none'".to_owned(),
    ]
    .join("; ")
}

/// Adds to every answer what it does not set itself.
pub async fn headers(State(public_url): State<PublicUrl>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let mut add = |name: HeaderName, value: HeaderValue| {
        response.headers_mut().entry(name).or_insert(value);
    };
    add(CONTENT_SECURITY_POLICY, NO_PAGE);
    add(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    add(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    if public_url.is_https() {
        add(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000; includeSubDomains"));
    }
    response
}
