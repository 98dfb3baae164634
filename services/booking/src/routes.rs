//! Every URL of the service.

use axum::Router;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(
    title = "booking",
    description = "The service catalogue, offers, bookings and the booking saga."
))]
struct Document;

/// All calls, under `/api/v1`.
pub fn router() -> Router {
    kit::http::api(OpenApiRouter::with_openapi(Document::openapi()))
}
