//! What the description of the calls says besides the calls themselves.

use kit::document::operations;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;

#[derive(OpenApi)]
#[openapi(info(title = "customer", description = "Client profiles, and every account call of the API."))]
pub(super) struct Document;

/// Puts `prefix` before the names of the operations, which must differ within a document.
pub(super) fn with_operations_named<S>(prefix: &str, mut calls: OpenApiRouter<S>) -> OpenApiRouter<S>
where
    S: Clone + Send + Sync + 'static,
{
    for operation in operations(calls.get_openapi_mut()) {
        operation.operation_id = operation.operation_id.take().map(|name| format!("{prefix}_{name}"));
    }
    calls
}
