//! Who acts for a company.

use axum::extract::State;
use axum::http::StatusCode;
use contracts::http::company::{Member, MemberChange, Role};
use contracts::ids::{CompanyId, UserId};
use kit::caller::Caller;
use kit::extract::{Json, Path};
use kit::input::Invalid;

use super::App;
use crate::changes;
use crate::error::Error;
use crate::store::{companies, members};

/// List a company's members.
#[utoipa::path(
    get,
    path = "/company/{id}/members",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    responses(
        (status = 200, description = "All members, first come first", body = [Member]),
        (status = 403, description = "The caller is no member"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn list_members(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
) -> Result<Json<Vec<Member>>, Error> {
    let mut connection = app.pool.acquire().await?;
    let members = members::list(&mut connection, id, caller.user_id).await?;
    if members.is_empty() {
        let company = companies::find(&mut connection, id, None).await?;
        return Err(if company.is_some() { Error::NotAMember } else { Error::NotFound });
    }
    Ok(Json(members))
}

/// Give a member another role.
#[utoipa::path(
    put,
    path = "/company/{id}/members/{user}",
    security(("bearer" = [])),
    params(
        ("id" = CompanyId, Path, description = "The company"),
        ("user" = UserId, Path, description = "The member"),
    ),
    request_body = MemberChange,
    responses(
        (status = 200, description = "The member as he now is", body = Member),
        (status = 403, description = "The caller is no owner"),
        (status = 404, description = "There is no such company, or it has no such member"),
        (status = 409, description = "The company would have no owner (`last_owner`)"),
    ),
)]
pub(super) async fn change_member(
    State(app): State<App>,
    Path((id, user)): Path<(CompanyId, UserId)>,
    caller: Caller,
    Json(body): Json<MemberChange>,
) -> Result<Json<Member>, Error> {
    let unknown = || Invalid::new("unknown_role", "must be owner or manager");
    let role = Role::parse(&body.role).ok_or_else(|| vec![unknown().of("role")])?;
    changes::change_role(&app.pool, &app.outbox, caller.user_id, id, user, role).await.map(Json)
}

/// Let a member go: an owner anybody, a manager himself.
#[utoipa::path(
    delete,
    path = "/company/{id}/members/{user}",
    security(("bearer" = [])),
    params(
        ("id" = CompanyId, Path, description = "The company"),
        ("user" = UserId, Path, description = "The member"),
    ),
    responses(
        (status = 204, description = "A member no more"),
        (status = 403, description = "It is not for the caller to decide"),
        (status = 404, description = "There is no such company, or it has no such member"),
        (status = 409, description = "The company would have no owner (`last_owner`)"),
    ),
)]
pub(super) async fn remove_member(
    State(app): State<App>,
    Path((id, user)): Path<(CompanyId, UserId)>,
    caller: Caller,
) -> Result<StatusCode, Error> {
    changes::remove_member(&app.pool, &app.outbox, caller.user_id, id, user).await?;
    Ok(StatusCode::NO_CONTENT)
}
