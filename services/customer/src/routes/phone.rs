//! Whose phone it is.

use axum::extract::State;
use contracts::http::customer::{PhoneCodeSent, PhoneVerification, PhoneVerificationCheck, Profile};
use kit::caller::Caller;
use kit::extract::Json;
use kit::input::{Fields, Phone};

use super::App;
use crate::domain::account::Account;
use crate::domain::phone::{Check, Code, LIFE_SECONDS};
use crate::error::Error;
use crate::{phones, sessions};

/// Have a code sent to a phone.
///
/// It is good for 10 minutes and 5 tries. The local stack delivers it to the caller's mail inbox.
#[utoipa::path(
    post,
    path = "/phone/verify",
    security(("bearer" = [])),
    request_body = PhoneVerification,
    responses(
        (status = 200, description = "A code is on its way", body = PhoneCodeSent),
        (status = 429, description = "A code was sent less than a minute ago"),
    ),
)]
pub(super) async fn send_phone_code(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<PhoneVerification>,
) -> Result<Json<PhoneCodeSent>, Error> {
    let phone = Phone::parse(&body.phone).map_err(|invalid| vec![invalid.of("phone")])?;
    let account = Account::of(&caller).ok_or(Error::NoEmail)?;
    let code = Code::random(&mut rand::rng());
    phones::send_code(&app.pool, &app.outbox, &app.mailer, &account, &phone, &code).await?;
    Ok(Json(PhoneCodeSent { phone: phone.as_str().to_owned(), expires_in: LIFE_SECONDS }))
}

/// Show by its code that a phone is the caller's; it becomes the profile's.
#[utoipa::path(
    post,
    path = "/phone/verify/check",
    security(("bearer" = [])),
    request_body = PhoneVerificationCheck,
    responses((status = 200, description = "The phone is the caller's; his profile as it now is", body = Profile)),
)]
pub(super) async fn check_phone_code(
    State(app): State<App>,
    caller: Caller,
    Json(body): Json<PhoneVerificationCheck>,
) -> Result<Json<Profile>, Error> {
    let mut fields = Fields::default();
    let phone = fields.take("phone", Phone::parse(&body.phone));
    let code = fields.take("code", Code::parse(&body.code));
    let (Some(phone), Some(code)) = (phone, code) else { return Err(Error::Invalid(fields.refused())) };
    let account = Account::of(&caller).ok_or(Error::NoEmail)?;
    match phones::check_code(&app.pool, &app.outbox, &account, &phone, &code).await? {
        Check::Right => {}
        refused => return Err(Error::CodeRefused(refused)),
    }
    let profile = sessions::profile_of(&app.pool, &app.outbox, &account).await?;
    Ok(Json(profile.into()))
}
