//! Every URL of the service.

use std::sync::Arc;

use axum::Router;
use axum::extract::FromRef;
use kit::caller::Verifier;
use kit::outbox::Outbox;
use sqlx::PgPool;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::keycloak::Keycloak;
use crate::mail::Mailer;
use crate::register_limit::RegisterLimit;
use crate::routes::document::Document;

/// Register, log in, new tokens, log out.
mod accounts;

/// What the description of the calls says besides the calls themselves.
mod document;

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
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    const CALLS: &[(&str, &str, &str)] = &[
        ("post", "/api/v1/company/login", "open"),
        ("post", "/api/v1/company/logout", "open"),
        ("post", "/api/v1/company/register", "open"),
        ("post", "/api/v1/company/token", "open"),
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

    fn described() -> Value {
        serde_json::to_value(kit::http::described(calls()).1).unwrap()
    }

    #[test]
    fn the_urls_are_those_of_the_contract() {
        let document = described();
        let mut found = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let token = if operation["security"].is_array() { "token" } else { "open" };
                found.insert((method.clone(), path.clone(), token.to_owned()));
            }
        }
        let own = |(method, path, token): &(&str, &str, &str)| {
            ((*method).to_owned(), (*path).to_owned(), (*token).to_owned())
        };
        assert_eq!(found, CALLS.iter().map(own).collect::<BTreeSet<_>>());
    }

    #[test]
    fn every_call_has_a_name_of_its_own_and_describes_its_refusals() {
        let document = described();
        let mut names = BTreeSet::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                assert!(names.insert(operation["operationId"].as_str().unwrap().to_owned()), "{path}");
                let mut expected = vec!["503"];
                if operation["requestBody"].is_object() {
                    expected.extend(["400", "413", "415", "422"]);
                }
                if operation["security"].is_array() {
                    expected.push("401");
                }
                for status in expected {
                    let content = &operation["responses"][status]["content"]["application/problem+json"];
                    assert_eq!(
                        content["schema"]["$ref"], "#/components/schemas/ProblemBody",
                        "{method} {path} {status}"
                    );
                }
            }
        }
    }
}
