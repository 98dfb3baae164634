//! Every URL of the service.

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(title = "payment", description = "Wallets and a double-entry ledger."))]
struct Document;

/// All calls, under `/api/v1`.
pub fn router() -> Router {
    kit::http::api(OpenApiRouter::with_openapi(Document::openapi()))
}
