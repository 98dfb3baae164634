//! Every URL of the service.

use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use kit::caller::Verifier;
use kit::outbox::Outbox;
use kit::seal::Seal;
use sqlx::PgPool;
use tokio::sync::Semaphore;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// Companies.
mod companies;

/// Who acts for them.
mod members;

/// Who is asked to.
mod invitations;

/// How they look.
mod logos;

/// What every call works with.
#[derive(Clone)]
pub struct App {
    pub pool: PgPool,
    pub outbox: Outbox,
    pub verifier: Verifier,
    /// For the tokens of invitations on their way.
    pub seal: Seal,
    /// Who reads an image needs one.
    pub images: Arc<Semaphore>,
}

impl FromRef<App> for Verifier {
    fn from_ref(app: &App) -> Self {
        app.verifier.clone()
    }
}

#[derive(OpenApi)]
#[openapi(info(title = "company", description = "Companies, their members and how they look."))]
struct Document;

/// All calls, and the document that describes them.
pub fn router(app: App) -> Router {
    kit::http::api(calls().with_state(app))
}

/// The table at the end of this file shows each with its method and whether it needs a token.
fn calls() -> OpenApiRouter<App> {
    let own = OpenApiRouter::new()
        .routes(routes!(companies::create_company))
        .routes(routes!(companies::list_my_companies))
        .routes(routes!(companies::get_company, companies::change_company))
        .routes(routes!(companies::place_company))
        .routes(routes!(companies::activate_company))
        .routes(routes!(companies::deactivate_company))
        .routes(routes!(members::list_members))
        .routes(routes!(members::change_member, members::remove_member))
        .routes(routes!(invitations::invite, invitations::list_invitations))
        .routes(routes!(invitations::revoke_invitation))
        .routes(routes!(invitations::accept_invitation));
    let files = OpenApiRouter::new()
        .routes(routes!(logos::put_logo, logos::get_logo))
        .layer(DefaultBodyLimit::max(logos::BODY_LIMIT_BYTES));
    OpenApiRouter::with_openapi(Document::openapi()).nest("/api/v1", own.merge(files))
}

#[cfg(test)]
mod tests {
    use kit::document::check::{self, Call};

    use super::*;

    const CALLS: &[Call] = &[
        ("post", "/api/v1/company", "token"),
        ("get", "/api/v1/company/my", "token"),
        ("get", "/api/v1/company/{id}", "open"),
        ("put", "/api/v1/company/{id}", "token"),
        ("post", "/api/v1/company/{id}/activate", "token"),
        ("post", "/api/v1/company/{id}/deactivate", "token"),
        ("post", "/api/v1/company/{id}/location", "token"),
        ("get", "/api/v1/company/{id}/invitations", "token"),
        ("post", "/api/v1/company/{id}/invitations", "token"),
        ("delete", "/api/v1/company/{id}/invitations/{invitation}", "token"),
        ("get", "/api/v1/company/{id}/logo", "open"),
        ("post", "/api/v1/company/{id}/logo", "token"),
        ("post", "/api/v1/invitations/accept", "token"),
        ("get", "/api/v1/company/{id}/members", "token"),
        ("delete", "/api/v1/company/{id}/members/{user}", "token"),
        ("put", "/api/v1/company/{id}/members/{user}", "token"),
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
