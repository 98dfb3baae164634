//! Who asks, and what the pages and server functions of his request need.

use app::form_answer::FormAnswer;
use app::gateway::Calls;
use app::preferences::time_zone_of;
use app::viewer::Viewer;
use axum::extract::{Request, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap};
use axum::middleware::Next;
use axum::response::Response;
use kit::telemetry;
use leptos::nonce::use_nonce;
use leptos::prelude::{provide_context, use_context};
use leptos_axum::ResponseOptions;
use tower_sessions::Session;

use crate::live::SessionCheck;
use crate::portal::Portal;
use crate::sessions::{SessionKey, SignedIn};
use crate::{address, preferences, security};

/// Who sent a request; in its extensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visitor {
    /// There is no session, or not any more.
    Nobody,
    Person(SessionKey),
    /// There may be a session; the database does not tell at present. To say that there is none would be a lie.
    Unknown,
}

/// Puts into the request what [`provide`] hands on.
///
/// While the account server is away a person stays who he is, and calls the services with his token until it ends. While
/// our database is away nobody can be recognised: pages for anybody go on, and whatever needs a session is
/// `Unavailable`, which is not the same as signed out.
pub async fn identify(
    State(portal): State<Portal>,
    session: Session,
    mut request: Request,
    next: Next,
) -> Response {
    let mut calls = calls(&portal, request.headers(), request.extensions());
    let visitor = match portal.sessions.signed_in(&session).await {
        Ok(Some(SignedIn { session, viewer, token })) => {
            calls.is_cut_off = token.is_none();
            calls.token = token;
            let sessions = portal.sessions.clone();
            request.extensions_mut().insert(SessionCheck::new(move || {
                let sessions = sessions.clone();
                // Whoever cannot be asked about is still there.
                async move { sessions.is_there(session).await.unwrap_or(true) }
            }));
            request.extensions_mut().insert(viewer);
            Visitor::Person(session)
        }
        Ok(None) => Visitor::Nobody,
        Err(error) => {
            tracing::warn!(error = telemetry::chain(&error), "nobody can be recognised");
            calls.is_cut_off = true;
            Visitor::Unknown
        }
    };
    let preferences = preferences::of_request(request.headers());
    request.extensions_mut().insert(preferences);
    request.extensions_mut().insert(calls);
    request.extensions_mut().insert(visitor);
    let mut response = next.run(request).await;
    if visitor != Visitor::Nobody {
        // The next person at this screen must not get it by the Back button.
        let value = HeaderValue::from_static("private, no-store");
        response.headers_mut().entry(CACHE_CONTROL).or_insert(value);
    }
    response
}

/// Calls in nobody's name yet, as part of this request.
pub fn calls(portal: &Portal, headers: &HeaderMap, extensions: &Extensions) -> Calls {
    let trace = kit::context::current().trace;
    Calls {
        gateway: portal.gateway.clone(),
        address: address::of_request(headers, extensions, portal.trusted_proxies),
        token: None,
        is_cut_off: false,
        lang: preferences::of_request(headers).lang,
        time_zone: time_zone_of(&preferences::cookies(headers)).map(str::to_owned),
        traceparent: trace.to_string(),
        trace_id: trace.id(),
    }
}

/// Hands what is known of the request to components and server functions, and what the browser must know to the
/// answer. `accounts` is the origin of the account server.
pub fn provide(accounts: &str) {
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
        if let Some(answer) = parts.extensions.get::<FormAnswer>() {
            provide_context(answer.clone());
        }
    }
    if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
        && let Ok(policy) = HeaderValue::try_from(security::page_policy(&nonce, accounts))
    {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}
