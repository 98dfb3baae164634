//! Companies.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use contracts::http::company::{Company, CompanyChange, Location, NewCompany};
use contracts::ids::CompanyId;
use kit::caller::Caller;
use kit::extract::{Json, Path};
use uuid::Uuid;

use super::App;
use crate::changes;
use crate::domain::change::{self, Change, Details, Place};
use crate::error::Error;
use crate::store::companies;

/// Open a company.
///
/// The caller becomes its owner. It is active from the start.
#[utoipa::path(
    post,
    path = "/company",
    security(("bearer" = [])),
    request_body = NewCompany,
    responses((
        status = 201,
        description = "The company is open",
        body = Company,
        headers(("Location" = String, description = "Where it is, as a path")),
    )),
)]
pub(super) async fn create_company(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<NewCompany>,
) -> Result<impl IntoResponse, Error> {
    let new = change::NewCompany::parse(&body)?;
    let id = CompanyId(Uuid::now_v7());
    let seen = changes::create(&app.pool, &app.outbox, caller.user_id, id, &new).await?;
    let location = [(header::LOCATION, format!("/api/v1/company/{id}"))];
    Ok((StatusCode::CREATED, location, Json(Company::from(seen))))
}

/// List the caller's companies, with his role in each.
#[utoipa::path(
    get,
    path = "/company/my",
    security(("bearer" = [])),
    responses((status = 200, description = "The companies of the caller, by name", body = [Company])),
)]
pub(super) async fn list_my_companies(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<Vec<Company>>, Error> {
    let seen = companies::list_of(&mut *app.pool.acquire().await?, caller.user_id).await?;
    Ok(Json(seen.into_iter().map(Company::from).collect()))
}

/// Read a company.
///
/// A member, known by his token, sees its e-mail and his role too.
#[utoipa::path(
    get,
    path = "/company/{id}",
    params(("id" = CompanyId, Path, description = "The company")),
    responses(
        (status = 200, description = "The company", body = Company),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn get_company(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Option<Caller>,
) -> Result<Json<Company>, Error> {
    let by = caller.map(|caller| caller.user_id);
    let seen = companies::find(&mut *app.pool.acquire().await?, id, by).await?.ok_or(Error::NotFound)?;
    Ok(Json(seen.into()))
}

/// Change a company; what is left out stays as it is, and an empty text removes what may be missing.
#[utoipa::path(
    put,
    path = "/company/{id}",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    request_body = CompanyChange,
    responses(
        (status = 200, description = "The company as it now is", body = Company),
        (status = 403, description = "The caller is no member"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn change_company(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
    Json(body): Json<CompanyChange>,
) -> Result<Json<Company>, Error> {
    change(&app, &caller, id, Change::Details(Details::parse(&body)?)).await
}

/// Say where a company is on the map.
#[utoipa::path(
    post,
    path = "/company/{id}/location",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    request_body = Location,
    responses(
        (status = 200, description = "The company as it now is", body = Company),
        (status = 403, description = "The caller is no member"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn place_company(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
    Json(body): Json<Location>,
) -> Result<Json<Company>, Error> {
    change(&app, &caller, id, Change::Place(Place::parse(body)?)).await
}

/// Let a company's offers be found and booked.
#[utoipa::path(
    post,
    path = "/company/{id}/activate",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    responses(
        (status = 200, description = "The company is active", body = Company),
        (status = 403, description = "The caller is no owner"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn activate_company(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
) -> Result<Json<Company>, Error> {
    change(&app, &caller, id, Change::Activate).await
}

/// Take a company's offers out of sight; what is paid stays.
#[utoipa::path(
    post,
    path = "/company/{id}/deactivate",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    responses(
        (status = 200, description = "The company is not active", body = Company),
        (status = 403, description = "The caller is no owner"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn deactivate_company(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
) -> Result<Json<Company>, Error> {
    change(&app, &caller, id, Change::Deactivate).await
}

async fn change(app: &App, caller: &Caller, id: CompanyId, change: Change) -> Result<Json<Company>, Error> {
    let seen = changes::change(&app.pool, &app.outbox, caller.user_id, id, change).await?;
    Ok(Json(seen.into()))
}
