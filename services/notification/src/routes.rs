//! Every URL of the service.

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(title = "notification", description = "Who gets which mail, and whether it went out."))]
struct Document;

/// It takes no calls: what it says of itself, under `/api/v1`.
pub fn router() -> Router {
    kit::http::api(OpenApiRouter::with_openapi(Document::openapi()))
}
