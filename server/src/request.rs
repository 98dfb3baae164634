//! Who asks, and what the pages and server functions of his request need.

use app::gateway::{Calls, Gateway};
use app::preferences::time_zone_of;
use app::viewer::Viewer;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue};
use axum::http::request::Parts;
use axum::middleware::Next;
use axum::response::Response;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;

use crate::{preferences, security};

/// Puts into the request what [`provide`] hands on.
pub async fn identify(State(gateway): State<Gateway>, mut request: Request, next: Next) -> Response {
    let trace = kit::context::current().trace;
    let preferences = preferences::of_request(request.headers());
    let calls = Calls {
        gateway,
        token: None,
        lang: preferences.lang,
        time_zone: time_zone_of(&preferences::cookies(request.headers())).map(str::to_owned),
        traceparent: trace.to_string(),
        trace_id: trace.id(),
    };
    request.extensions_mut().insert(preferences);
    request.extensions_mut().insert(calls);
    next.run(request).await
}

/// Hands what is known of the request to components and server functions, and what the browser must know to the
/// answer.
pub fn provide() {
    if let Some(parts) = use_context::<Parts>() {
        if let Some(preferences) = parts.extensions.get::<app::preferences::Preferences>() {
            provide_context(*preferences);
        }
        if let Some(calls) = parts.extensions.get::<Calls>() {
            provide_context(calls.clone());
        }
        if let Some(viewer) = parts.extensions.get::<Viewer>() {
            provide_context(viewer.clone());
        }
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::try_from(security::page_policy(&nonce))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
