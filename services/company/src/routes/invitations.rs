//! Who is asked to act for a company.

use axum::extract::State;
use axum::http::StatusCode;
use contracts::http::company::{AcceptInvitation, Company, Invitation, NewInvitation};
use contracts::ids::{CompanyId, InvitationId};
use kit::caller::Caller;
use kit::extract::{Json, Language, Path};

use super::App;
use crate::domain::invitation::{self, Token};
use crate::domain::members::Refusal;
use crate::error::Error;
use crate::store::{companies, invitations, members};

/// Invite somebody to act for a company.
///
/// A letter with a link goes to the address; what it gives cannot be more than the caller's own role.
#[utoipa::path(
    post,
    path = "/company/{id}/invitations",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    request_body = NewInvitation,
    responses(
        (status = 201, description = "The letter is on its way", body = Invitation),
        (status = 403, description = "The caller is no member, or gives more than he has"),
        (status = 404, description = "There is no such company"),
        (status = 409, description = "The address is invited already (`already_invited`), or too many letters are out (`too_many_invitations`)"),
        (status = 429, description = "Too many letters within a day"),
    ),
)]
pub(super) async fn invite(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
    Language(locale): Language,
    Json(body): Json<NewInvitation>,
) -> Result<(StatusCode, Json<Invitation>), Error> {
    let new = invitation::NewInvitation::parse(&body)?;
    let made =
        crate::invitations::invite(&app.pool, &app.outbox, &app.seal, &caller, locale, id, &new).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// List the invitations of a company that nobody has accepted yet.
#[utoipa::path(
    get,
    path = "/company/{id}/invitations",
    security(("bearer" = [])),
    params(("id" = CompanyId, Path, description = "The company")),
    responses(
        (status = 200, description = "All that can still be accepted, first come first; there are 50 at most", body = [Invitation]),
        (status = 403, description = "The caller is no member"),
        (status = 404, description = "There is no such company"),
    ),
)]
pub(super) async fn list_invitations(
    State(app): State<App>,
    Path(id): Path<CompanyId>,
    caller: Caller,
) -> Result<Json<Vec<Invitation>>, Error> {
    let mut connection = app.pool.acquire().await?;
    if members::list(&mut connection, id, caller.user_id).await?.is_empty() {
        let company = companies::find(&mut connection, id, None).await?;
        return Err(if company.is_some() { Error::NotAMember } else { Error::NotFound });
    }
    Ok(Json(invitations::list(&mut connection, id, caller.user_id).await?))
}

/// Take an invitation back.
#[utoipa::path(
    delete,
    path = "/company/{id}/invitations/{invitation}",
    security(("bearer" = [])),
    params(
        ("id" = CompanyId, Path, description = "The company"),
        ("invitation" = InvitationId, Path, description = "The invitation"),
    ),
    responses(
        (status = 204, description = "The link in the letter does not count any more"),
        (status = 403, description = "The caller is no member, or could not have invited like that"),
        (status = 404, description = "There is no such company, or it has no such invitation out"),
    ),
)]
pub(super) async fn revoke_invitation(
    State(app): State<App>,
    Path((id, invitation)): Path<(CompanyId, InvitationId)>,
    caller: Caller,
) -> Result<StatusCode, Error> {
    crate::invitations::revoke(&app.pool, caller.user_id, id, invitation).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Accept an invitation; whoever has its token may, once.
#[utoipa::path(
    post,
    path = "/invitations/accept",
    security(("bearer" = [])),
    request_body = AcceptInvitation,
    responses(
        (status = 200, description = "The company, with the caller's role in it", body = Company),
        (status = 404, description = "The token names nothing"),
        (status = 409, description = "It does not count any more: `invitation_used`, `invitation_withdrawn`, `invitation_expired`, `inviter_gone`"),
    ),
)]
pub(super) async fn accept_invitation(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<AcceptInvitation>,
) -> Result<Json<Company>, Error> {
    let token = Token::parse(&body.token).ok_or(Refusal::NoSuchInvitation)?;
    let seen = crate::invitations::accept(&app.pool, &app.outbox, caller.user_id, &token).await?;
    Ok(Json(seen.into()))
}
