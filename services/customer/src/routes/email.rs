//! Whose e-mail it is.

use axum::extract::State;
use axum::http::StatusCode;
use kit::caller::Caller;

use super::App;
use crate::domain::account::Account;
use crate::error::Error;
use crate::store::verification_mails::Wish;
use crate::{emails, sessions};

/// Have another mail sent by which the caller can show that the e-mail is his.
#[utoipa::path(
    post,
    path = "/email/verify",
    security(("bearer" = [])),
    responses(
        (status = 204, description = "A mail is on its way, or none is needed: the e-mail is verified"),
        (status = 429, description = "A mail was sent less than a minute ago"),
    ),
)]
pub(super) async fn send_verification_mail(
    State(app): State<App>,
    caller: Caller,
) -> Result<StatusCode, Error> {
    let account = Account::of(&caller).ok_or(Error::NoEmail)?;
    sessions::profile_of(&app.pool, &app.outbox, &account).await?;
    emails::send_mail(&app.pool, &app.keycloak, &account, Wish::Another).await?;
    Ok(StatusCode::NO_CONTENT)
}
