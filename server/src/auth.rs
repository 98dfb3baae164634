//! Signing in and out, as a browser walks it.
//!
//! `/sign-in` sends it to the account server, which sends it back to `/auth/callback` with a code; `/sign-out` ends both
//! sessions, ours and the account server's.

use app::gateway::{AccessToken, Calls};
use app::viewer::{SIGN_OUT_FAILED_PATH, sign_in_failed_path, sign_in_path};
use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::http::header::{CACHE_CONTROL, HeaderValue, SET_COOKIE};
use axum::http::request::Parts;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use kit::telemetry;
use serde::Deserialize;
use tower_sessions::Session;

use crate::accounts::Wish;
use crate::attempts::Browser;
use crate::own_path::OwnPath;
use crate::portal::Portal;
use crate::store::login_attempts::Attempt;
use crate::{preferences, request};

/// Where a person wants to be afterwards.
#[derive(Debug, Deserialize)]
pub struct Destination {
    #[serde(default)]
    return_to: OwnPath,
}

pub async fn sign_in(
    State(portal): State<Portal>,
    headers: HeaderMap,
    Query(destination): Query<Destination>,
) -> Response {
    begin(&portal, &headers, Wish::SignIn, &destination.return_to).await
}

pub async fn sign_up(
    State(portal): State<Portal>,
    headers: HeaderMap,
    Query(destination): Query<Destination>,
) -> Response {
    begin(&portal, &headers, Wish::SignUp, &destination.return_to).await
}

async fn begin(portal: &Portal, headers: &HeaderMap, wish: Wish, return_to: &OwnPath) -> Response {
    let return_to = if is_on_the_way(return_to.as_str()) { &OwnPath::default() } else { return_to };
    let begun = portal.accounts.begin(wish, preferences::of_request(headers).lang);
    let browser = Browser::of_request(headers).unwrap_or_else(Browser::random);
    if let Err(error) = portal.attempts.keep(&begun, &browser, return_to).await {
        tracing::warn!(error = telemetry::chain(&error), "nobody can sign in");
        return failed(return_to.as_str());
    }
    (AppendHeaders([(SET_COOKIE, browser.cookie())]), Redirect::to(begun.address.as_str())).into_response()
}

/// Whether a path is part of signing in: nobody wants to be there afterwards.
fn is_on_the_way(path: &str) -> bool {
    ["/sign-", "/auth/"].iter().any(|prefix| path.starts_with(prefix))
}

/// What the account server sends a person back with: RFC 6749 4.1.2 and RFC 9207.
#[derive(Deserialize)]
pub struct Answer {
    state: Option<String>,
    code: Option<String>,
    error: Option<String>,
    iss: Option<String>,
}

/// How a sign-in ends.
enum Outcome {
    SignedIn(OwnPath),
    /// Too late, but for no other reason not: begun again, it will do.
    Again(OwnPath),
    /// The person wants it otherwise.
    Left(OwnPath),
    /// Nothing of ours, or not any more: a page that was left is shown anew, or somebody made it up.
    Stray,
    Failed(OwnPath),
}

pub async fn callback(
    State(portal): State<Portal>,
    session: Session,
    parts: Parts,
    Query(answer): Query<Answer>,
) -> Response {
    match finish(&portal, &session, &parts, answer).await {
        Outcome::SignedIn(return_to) | Outcome::Left(return_to) => {
            Redirect::to(return_to.as_str()).into_response()
        }
        Outcome::Again(return_to) => Redirect::to(&sign_in_path(return_to.as_str())).into_response(),
        Outcome::Stray => match portal.sessions.is_signed_in(&session).await {
            Ok(true) => Redirect::to("/").into_response(),
            Ok(false) | Err(_) => failed("/"),
        },
        Outcome::Failed(return_to) => failed(return_to.as_str()),
    }
}

async fn finish(portal: &Portal, session: &Session, parts: &Parts, answer: Answer) -> Outcome {
    let (Some(state), Some(browser)) = (&answer.state, Browser::of_request(&parts.headers)) else {
        return Outcome::Stray;
    };
    let taken = match portal.attempts.take(state, &browser).await {
        Ok(Some(taken)) => taken,
        Ok(None) => return Outcome::Stray,
        Err(error) => {
            tracing::warn!(error = telemetry::chain(&error), "attempt to sign in is not to be had");
            return Outcome::Failed(OwnPath::default());
        }
    };
    let return_to = taken.attempt.return_to.parse().unwrap_or_default();
    if answer.iss.as_deref().is_some_and(|issuer| !portal.accounts.is_issuer(issuer)) {
        tracing::warn!("answer of another issuer");
        return Outcome::Failed(return_to);
    }
    let code = match (answer.code, answer.error.as_deref()) {
        (Some(_), None) if !taken.is_fresh => return Outcome::Again(return_to),
        (Some(code), None) => code,
        (_, Some("access_denied")) => return Outcome::Left(return_to),
        // So it says when its own form had waited for too long.
        (_, Some("temporarily_unavailable")) => return Outcome::Again(return_to),
        (_, error) => {
            tracing::warn!(error = error.unwrap_or("no code"), "account server refuses a sign-in");
            return Outcome::Failed(return_to);
        }
    };
    match open(portal, session, parts, taken.attempt, code).await {
        Ok(()) => Outcome::SignedIn(return_to),
        Err(error) => {
            tracing::warn!(error = format!("{error:#}"), "sign-in failed");
            Outcome::Failed(return_to)
        }
    }
}

/// From the code to the session. Whoever has one has a profile too.
async fn open(
    portal: &Portal,
    session: &Session,
    parts: &Parts,
    attempt: Attempt,
    code: String,
) -> anyhow::Result<()> {
    let (granted, caller) = portal.accounts.exchange(code, attempt.verifier, &attempt.nonce).await?;
    let token = Some(AccessToken(granted.access_token.clone()));
    let calls = Calls { token, ..request::calls(portal, &parts.headers, &parts.extensions) };
    if let Err(error) = calls.put("/customer/session").done().await {
        anyhow::bail!("no profile was made: {error:?}");
    }
    Ok(portal.sessions.open(session, granted, caller).await?)
}

pub async fn sign_out(State(portal): State<Portal>, session: Session) -> Response {
    match portal.sessions.end(&session).await {
        Ok(Some(id_token)) => {
            Redirect::to(portal.accounts.sign_out_address(&id_token).as_str()).into_response()
        }
        Ok(None) => Redirect::to("/").into_response(),
        Err(error) => {
            tracing::warn!(error = telemetry::chain(&error), "nobody can sign out");
            Redirect::to(SIGN_OUT_FAILED_PATH).into_response()
        }
    }
}

fn failed(return_to: &str) -> Response {
    Redirect::to(&sign_in_failed_path(return_to)).into_response()
}

/// Each of these answers is for one person at one moment.
pub async fn kept_by_nobody(mut response: Response) -> Response {
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
