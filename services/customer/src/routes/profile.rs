//! What we know of the caller.

use axum::extract::State;
use contracts::http::customer::{Profile, ProfileChange};
use contracts::problem::FieldProblem;
use kit::caller::Caller;
use kit::extract::Json;
use kit::input::{Fields, Phone, TimeZoneName};

use super::App;
use crate::domain::account::Account;
use crate::domain::name::Name;
use crate::domain::profile::ProfileChange as Change;
use crate::error::Error;
use crate::keycloak::Updated;
use crate::store::profiles;
use crate::{emails, sessions};

/// Bring the profile to what the token says.
///
/// For who got his token elsewhere, such as the portal; register and log in do the same. An address that is not
/// verified gets a mail the first time, by which its owner can show that it is his.
#[utoipa::path(
    put,
    path = "/session",
    security(("bearer" = [])),
    responses((status = 200, description = "The profile as it now is", body = Profile)),
)]
pub(super) async fn open_session(State(app): State<App>, caller: Caller) -> Result<Json<Profile>, Error> {
    let account = Account::of(&caller).ok_or(Error::NoEmail)?;
    let profile = sessions::open(&app.pool, &app.outbox, &account).await?;
    emails::send_first_mail(&app.pool, &app.keycloak, &account);
    Ok(Json(profile.into()))
}

/// Read the profile.
#[utoipa::path(
    get,
    path = "/profile",
    security(("bearer" = [])),
    responses((status = 200, description = "The caller's profile", body = Profile)),
)]
pub(super) async fn get_profile(State(app): State<App>, caller: Caller) -> Result<Json<Profile>, Error> {
    let account = Account::of(&caller).ok_or(Error::NoEmail)?;
    let profile = sessions::profile_of(&app.pool, &app.outbox, &account).await?;
    Ok(Json(profile.into()))
}

/// Change the profile; what is left out stays as it is.
#[utoipa::path(
    put,
    path = "/profile",
    security(("bearer" = [])),
    request_body = ProfileChange,
    responses((status = 200, description = "The profile as it now is", body = Profile)),
)]
pub(super) async fn change_profile(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<ProfileChange>,
) -> Result<Json<Profile>, Error> {
    let change = parse(&body)?;
    let account = Account::of(&caller).ok_or(Error::NoEmail)?;
    sessions::profile_of(&app.pool, &app.outbox, &account).await?;
    let _turn = match change.touches_account() {
        true => Some(app.keycloak.turn_to_change(&account.email).await?),
        false => None,
    };
    let mut transaction = app.pool.begin().await?;
    // First where tokens come from: broken off behind it, the next log-in brings the profile up to it.
    if change.touches_account() {
        profiles::take_turn(&mut transaction, caller.user_id).await?;
        match app.keycloak.update_user(caller.user_id, &change).await? {
            Updated::Updated => {}
            Updated::Gone => return Err(Error::AccountGone),
            Updated::Refused(refusal) => return Err(Error::Refused(refusal)),
        }
    }
    if let Some(profile) = profiles::change(&mut transaction, caller.user_id, &change).await? {
        sessions::publish(&mut transaction, &profile).await?;
    }
    let profile = profiles::find(&mut transaction, caller.user_id).await?.ok_or(Error::AccountGone)?;
    app.outbox.commit(transaction).await?;
    Ok(Json(profile.into()))
}

fn parse(body: &ProfileChange) -> Result<Change, Vec<FieldProblem>> {
    let mut fields = Fields::default();
    let change = Change {
        first_name: fields.take_given("first_name", body.first_name.as_deref().map(Name::parse)),
        last_name: fields.take_given("last_name", body.last_name.as_deref().map(Name::parse)),
        phone: fields.take_given("phone", body.phone.as_deref().map(Phone::parse)),
        locale: fields.take_given("locale", body.locale.as_deref().map(kit::input::locale)),
        time_zone: fields.take_given("time_zone", body.time_zone.as_deref().map(TimeZoneName::parse)),
    };
    let refused = fields.refused();
    if refused.is_empty() { Ok(change) } else { Err(refused) }
}
