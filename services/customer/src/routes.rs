//! Every URL of the service.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use kit::caller::Verifier;
use kit::mail::Mailer;
use kit::outbox::Outbox;
use sqlx::PgPool;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::keycloak::Keycloak;
use crate::register_limit::RegisterLimit;
use crate::routes::document::Document;

/// Register, log in, new tokens, log out.
mod accounts;

/// What the description of the calls says besides the calls themselves.
mod document;

/// Whose e-mail it is.
mod email;

/// Whose phone it is.
mod phone;

/// What we know of the caller.
mod profile;

/// What every call works with.
#[derive(Clone)]
pub struct App {
    pub pool: PgPool,
    pub outbox: Outbox,
    pub verifier: Verifier,
    pub keycloak: Keycloak,
    pub mailer: Mailer,
    pub register_limit: Arc<RegisterLimit>,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

/// All calls, and the document that describes them.
pub fn router(app: App) -> Router {
    kit::http::api(calls().with_state(app))
}

/// The table at the end of this file shows each with its method and whether it needs a token.
fn calls() -> OpenApiRouter<App> {
    let own = OpenApiRouter::new()
        .routes(routes!(profile::open_session))
        .routes(routes!(profile::get_profile, profile::change_profile))
        .routes(routes!(email::send_verification_mail))
        .routes(routes!(phone::send_phone_code))
        .routes(routes!(phone::check_phone_code));
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1/customer", accounts().merge(own))
        .nest("/api/v1/company", document::with_operations_named("company", accounts()))
}

/// The same under both prefixes: rights come from membership, not from the form by which somebody came.
fn accounts() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(accounts::register))
        .routes(routes!(accounts::log_in))
        .routes(routes!(accounts::refresh_tokens))
        .routes(routes!(accounts::log_out))
}

#[cfg(test)]
mod tests {
    use kit::document::check::{self, Call};

    use super::*;

    const CALLS: &[Call] = &[
        ("post", "/api/v1/company/login", "open"),
        ("post", "/api/v1/company/logout", "open"),
        ("post", "/api/v1/company/register", "open"),
        ("post", "/api/v1/company/token", "open"),
        ("post", "/api/v1/customer/email/verify", "token"),
        ("post", "/api/v1/customer/login", "open"),
        ("post", "/api/v1/customer/logout", "open"),
        ("post", "/api/v1/customer/phone/verify", "token"),
        ("post", "/api/v1/customer/phone/verify/check", "token"),
        ("get", "/api/v1/customer/profile", "token"),
        ("put", "/api/v1/customer/profile", "token"),
        ("post", "/api/v1/customer/register", "open"),
        ("put", "/api/v1/customer/session", "token"),
        ("post", "/api/v1/customer/token", "open"),
    ];

    #[test]
    fn the_urls_are_those_of_the_contract() {
        check::assert_calls(calls(), CALLS);
    }

    #[test]
    fn every_call_has_a_name_of_its_own_and_describes_its_refusals() {
        check::assert_names_and_refusals(calls());
    }
}
