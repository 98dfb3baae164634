//! The catalogue.

use contracts::http::booking::Service;
use kit::extract::{Json, Language};

use crate::domain::catalogue::CATALOGUE;

/// List the services that can be offered.
///
/// Names are in the language of `Accept-Language`, Russian or English.
#[utoipa::path(
    get,
    path = "/booking/services",
    responses((status = 200, description = "All services, parents among them", body = Vec<Service>)),
)]
pub(super) async fn list_services(Language(locale): Language) -> Json<Vec<Service>> {
    let service = |service: &'static crate::domain::catalogue::Service| Service {
        id: service.id,
        parent_id: service.parent_id,
        name: service.name(locale).to_owned(),
    };
    Json(CATALOGUE.iter().map(service).collect())
}
