//! Register, log in, new tokens, log out.

use axum::extract::State;
use axum::http::StatusCode;
use contracts::http::customer::{Login, RefreshToken, Registration, Tokens};
use contracts::problem::FieldProblem;
use kit::extract::Json;
use kit::input::{Email, Fields};

use super::App;
use crate::domain::account::Account;
use crate::domain::name::Name;
use crate::domain::password::Password;
use crate::error::Error;
use crate::keycloak::{Created, NewUser};
use crate::register_limit::ClientAddress;
use crate::store::profiles;
use crate::{emails, sessions};

/// Open an account.
///
/// The address gets a mail by which its owner can show that it is his.
#[utoipa::path(
    post,
    path = "/register",
    request_body = Registration,
    responses(
        (status = 200, description = "The account is open, and these are its tokens", body = Tokens),
        (status = 409, description = "An account cannot be opened with this e-mail"),
        (status = 429, description = "Too many registrations from one network"),
    ),
)]
pub(super) async fn register(
    State(app): State<App>,
    client: ClientAddress,
    Json(body): Json<Registration>,
) -> Result<Json<Tokens>, Error> {
    let registration = parse(body)?;
    app.register_limit.count(client)?;
    let (email, password) = (registration.email.as_str(), registration.password.expose());
    let new = NewUser {
        email: &registration.email,
        password: &registration.password,
        first_name: &registration.first_name,
        last_name: &registration.last_name,
    };
    // Kept until the profile is there: whoever wants the same e-mail meanwhile finds it then.
    let turn = app.keycloak.turn(email).await?;
    let tokens = match app.keycloak.create_user(&new).await? {
        // Refused only when somebody guesses at this very account meanwhile; the next try is the case below.
        Created::Created => turn.log_in(password).await?.ok_or(Error::LogInBlocked)?,
        // The same person again, after a registration that broke off before it was answered: he knows the
        // password, and has no profile yet. Nobody else learns more than that it does not work, and where
        // there is a profile, a stranger's try does not count as a wrong log-in of its owner.
        Created::Taken => {
            if profiles::is_known(&mut *app.pool.acquire().await?, &registration.email).await? {
                return Err(Error::EmailTaken);
            }
            let tokens = turn.log_in(password).await?.ok_or(Error::EmailTaken)?;
            let account = account_of(&app, &tokens).await?;
            let mut connection = app.pool.acquire().await?;
            if profiles::find(&mut connection, account.user_id).await?.is_some() {
                return Err(Error::EmailTaken);
            }
            tokens
        }
        Created::Refused(refusal) => return Err(Error::Refused(refusal)),
    };
    let account = account_of(&app, &tokens).await?;
    sessions::open(&app.pool, &app.outbox, &account).await?;
    emails::send_first_mail(&app.pool, &app.keycloak, &account);
    Ok(Json(tokens))
}

/// Log in.
#[utoipa::path(
    post,
    path = "/login",
    request_body = Login,
    responses(
        (status = 200, description = "Tokens of the account", body = Tokens),
        (status = 401, description = "E-mail and password do not belong together, or were tried too often"),
    ),
)]
pub(super) async fn log_in(
    State(app): State<App>,
    Json(Login { email, password }): Json<Login>,
) -> Result<Json<Tokens>, Error> {
    let email = email.trim().to_lowercase();
    // Keycloak's database cannot look for what it cannot hold.
    if email.contains('\0') {
        return Err(Error::WrongCredentials);
    }
    let tokens = app.keycloak.turn(&email).await?.log_in(&password).await?.ok_or(Error::WrongCredentials)?;
    let account = account_of(&app, &tokens).await?;
    sessions::open(&app.pool, &app.outbox, &account).await?;
    emails::send_first_mail(&app.pool, &app.keycloak, &account);
    Ok(Json(tokens))
}

/// Exchange the refresh token for new tokens; it counts once.
#[utoipa::path(
    post,
    path = "/token",
    request_body = RefreshToken,
    responses(
        (status = 200, description = "New tokens", body = Tokens),
        (status = 401, description = "The refresh token is used, expired or not valid"),
    ),
)]
pub(super) async fn refresh_tokens(
    State(app): State<App>,
    Json(body): Json<RefreshToken>,
) -> Result<Json<Tokens>, Error> {
    app.keycloak.refresh(&body.refresh_token).await?.map(Json).ok_or(Error::StaleRefreshToken)
}

/// Log out: the refresh token counts no more.
///
/// One that did not count before is answered alike: what was asked for is so.
#[utoipa::path(
    post,
    path = "/logout",
    request_body = RefreshToken,
    responses((status = 204, description = "The refresh token counts no more")),
)]
pub(super) async fn log_out(
    State(app): State<App>,
    Json(body): Json<RefreshToken>,
) -> Result<StatusCode, Error> {
    app.keycloak.log_out(&body.refresh_token).await?;
    Ok(StatusCode::NO_CONTENT)
}

struct ParsedRegistration {
    email: Email,
    password: Password,
    first_name: Name,
    last_name: Name,
}

fn parse(body: Registration) -> Result<ParsedRegistration, Vec<FieldProblem>> {
    let mut fields = Fields::default();
    let email = fields.take("email", Email::parse(&body.email));
    let password = fields.take("password", Password::parse(body.password, email.as_ref()));
    let first_name = fields.take("first_name", Name::parse(&body.first_name));
    let last_name = fields.take("last_name", Name::parse(&body.last_name));
    match (email, password, first_name, last_name) {
        (Some(email), Some(password), Some(first_name), Some(last_name)) => {
            Ok(ParsedRegistration { email, password, first_name, last_name })
        }
        _ => Err(fields.refused()),
    }
}

/// Who the tokens say their owner is; verified like anybody's.
async fn account_of(app: &App, tokens: &Tokens) -> Result<Account, Error> {
    let caller = app.verifier.verify(&tokens.access_token).await?;
    Account::of(&caller).ok_or(Error::NoEmail)
}
