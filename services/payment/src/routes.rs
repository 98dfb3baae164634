//! Every URL of the service.

use axum::Router;
use axum::extract::FromRef;
use contracts::ids::CompanyId;
use kit::caller::Verifier;
use kit::client::Client;
use sqlx::PgPool;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// What a company has earned.
mod company;

/// What the caller has paid, could not pay, and got back.
mod transactions;

/// What the caller's wallet holds.
mod wallet;

#[derive(OpenApi)]
#[openapi(
    info(title = "payment", description = "Wallets and a double-entry ledger."),
    // Only addresses name it here.
    components(schemas(CompanyId))
)]
struct Document;

/// What every call works with.
#[derive(Clone)]
pub struct App {
    pub pool: PgPool,
    pub verifier: Verifier,
    /// The company service.
    pub company: Client,
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
        .routes(routes!(wallet::create_account))
        .routes(routes!(wallet::get_balance))
        .routes(routes!(wallet::top_up))
        .routes(routes!(transactions::list_transactions));
    let company = OpenApiRouter::new()
        .routes(routes!(company::get_company_balance))
        .routes(routes!(company::list_company_transactions));
    OpenApiRouter::with_openapi(Document::openapi())
        .nest("/api/v1/customer/payment", own)
        .nest("/api/v1/company/{id}/payment", company)
}

#[cfg(test)]
mod tests {
    use kit::document::check::{self, Call};

    use super::*;

    const CALLS: &[Call] = &[
        ("get", "/api/v1/company/{id}/payment/balance", "token"),
        ("get", "/api/v1/company/{id}/payment/transactions", "token"),
        ("get", "/api/v1/customer/payment/balance", "token"),
        ("post", "/api/v1/customer/payment/create-account", "token"),
        ("post", "/api/v1/customer/payment/top-up", "token"),
        ("get", "/api/v1/customer/payment/transactions", "token"),
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
