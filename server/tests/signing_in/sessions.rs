//! From the moment in which a person is known to his signing out.

use std::time::Duration;

use app::viewer::SIGN_OUT_PATH;
use axum::body::Body;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, LOCATION, ORIGIN, SET_COOKIE,
};
use axum::http::{Request, Response, StatusCode};
use axum::middleware::map_response;
use axum::routing::get;
use axum::{Extension, Router};
use contracts::ids::UserId;
use jiff::Timestamp;
use kit::caller::Caller;
use reqwest::Url;
use server::accounts::Granted;
use server::sessions::complete_removal;
use sqlx::PgPool;
use tower::ServiceExt as _;
use tower_sessions::Session;

use crate::support::{ISSUER, PUBLIC_URL, Running, header, portal, text};

const ACCESS_TOKEN: &str = "access-token-of-anna";
const ID_TOKEN: &str = "id-token-of-anna";

/// What the portal answers to a person who has just shown who he is; the cookie that he has, if any.
async fn open(pool: &PgPool, life: Duration, cookie: Option<&str>) -> Response<Body> {
    let sessions = portal(pool.clone()).sessions;
    let layer = sessions.layer();
    let open = async move |Extension(session): Extension<Session>| {
        let granted = Granted {
            access_token: ACCESS_TOKEN.to_owned(),
            refresh_token: "refresh-token-of-anna".to_owned(),
            id_token: Some(ID_TOKEN.to_owned()),
            expires_in: life,
        };
        let caller = Caller {
            user_id: UserId(uuid::Uuid::now_v7()),
            email: "anna@example.com".to_owned(),
            first_name: "Аннабелла".to_owned(),
            last_name: "Смирнова".to_owned(),
            email_verified: false,
            locale: None,
            issued_at: Timestamp::UNIX_EPOCH,
        };
        sessions.open(&session, granted, caller).await.unwrap();
    };
    let routes = Router::new().route("/", get(open)).layer(layer).layer(map_response(complete_removal));
    let request = Request::get("/").header(COOKIE, cookie.unwrap_or_default());
    routes.oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
}

fn session_cookie(answer: &Response<Body>) -> Option<&str> {
    let cookies = answer.headers().get_all(SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    let mut cookies = cookies.filter(|cookie| cookie.starts_with("__Host-session="));
    let cookie = cookies.next();
    assert_eq!(cookies.next(), None, "one answer says two things of the cookie");
    cookie
}

/// The cookie of a fresh session, as the browser sends it.
async fn signed_in(pool: &PgPool, life: Duration) -> String {
    let answer = open(pool, life, None).await;
    session_cookie(&answer).unwrap().split(';').next().unwrap().to_owned()
}

const FIVE_MINUTES: Duration = Duration::from_secs(300);

async fn get_with(portal: &Running, path: &str, cookie: &str) -> Response<Body> {
    portal.send(Request::get(path).header(COOKIE, cookie).body(Body::empty()).unwrap()).await
}

async fn execute(pool: &PgPool, statement: &'static str) {
    sqlx::query(statement).execute(pool).await.unwrap();
}

async fn count(pool: &PgPool) -> (i64, i64) {
    let counts = "select (select count(*) from sessions), (select count(*) from session_tokens)";
    sqlx::query_as(counts).fetch_one(pool).await.unwrap()
}

#[track_caller]
fn assert_removed(answer: &Response<Body>) {
    let removal = "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax";
    assert_eq!(session_cookie(answer), Some(removal));
}

async fn shows_anna(answer: Response<Body>) -> bool {
    text(answer).await.contains("Аннабелла")
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn a_session_is_a_cookie_that_no_script_and_no_other_site_can_read(pool: PgPool) {
    let answer = open(&pool, FIVE_MINUTES, None).await;
    let cookie = session_cookie(&answer).unwrap();
    let (_, flags) = cookie.split_once("; ").unwrap();
    let mut flags: Vec<&str> = flags.split("; ").collect();
    flags.sort_unstable();
    assert_eq!(flags, ["HttpOnly", "Max-Age=604800", "Path=/", "SameSite=Lax", "Secure"]);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn a_page_knows_its_viewer_and_is_kept_by_nobody(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    let answer = get_with(&portal, "/", &cookie).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(header(&answer, CACHE_CONTROL), Some("private, no-store"));
    assert_eq!(session_cookie(&answer), None);
    let policy = header(&answer, CONTENT_SECURITY_POLICY).unwrap();
    assert!(policy.contains("form-action 'self' http://127.0.0.1:1;"), "{policy}");
    assert!(shows_anna(answer).await);
    let nobody = portal.get("/").await;
    assert_eq!(header(&nobody, CACHE_CONTROL), Some("private, no-cache"));
    assert!(!shows_anna(nobody).await);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn nothing_in_the_database_opens_a_session_or_shows_a_token(pool: PgPool) {
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    let value = cookie.split_once('=').unwrap().1;
    let dump: String = sqlx::query_scalar(
        "select string_agg(concat_ws(' ', encode(id, 'base64'), encode(id, 'hex'), data, encode(sealed, 'escape')), ' ')
         from sessions
         join session_tokens on session_id = id",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    for secret in [value, ACCESS_TOKEN, ID_TOKEN, "anna@example.com"] {
        assert!(!dump.contains(secret), "{secret} in {dump}");
    }
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn signing_in_again_is_another_session_and_the_old_one_is_over(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let old = signed_in(&pool, FIVE_MINUTES).await;
    let answer = open(&pool, FIVE_MINUTES, Some(&old)).await;
    let new = session_cookie(&answer).unwrap().split(';').next().unwrap().to_owned();
    assert_ne!(old, new);
    assert_eq!(count(&pool).await, (1, 1));
    assert!(shows_anna(get_with(&portal, "/", &new).await).await);
    let answer = get_with(&portal, "/", &old).await;
    assert_removed(&answer);
    assert!(!shows_anna(answer).await);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn a_cookie_that_was_brought_along_is_not_the_one_of_the_session(pool: PgPool) {
    let planted = "__Host-session=AAAAAAAAAAAAAAAAAAAAAA";
    let answer = open(&pool, FIVE_MINUTES, Some(planted)).await;
    assert!(!session_cookie(&answer).unwrap().starts_with(planted));
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn a_cookie_without_a_session_is_taken_away(pool: PgPool) {
    let portal = Running::start(pool.clone());
    for value in ["AAAAAAAAAAAAAAAAAAAAAA", "garbage", ""] {
        let answer = get_with(&portal, "/", &format!("__Host-session={value}")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_removed(&answer);
    }
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    execute(&pool, "update sessions set expires_at = now() - interval '1 second'").await;
    let answer = get_with(&portal, "/", &cookie).await;
    assert_removed(&answer);
    assert!(!shows_anna(answer).await);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn the_tokens_of_another_session_open_nothing(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let one = signed_in(&pool, FIVE_MINUTES).await;
    execute(&pool, "create table theirs as select sealed from session_tokens").await;
    execute(&pool, "delete from sessions").await;
    let other = signed_in(&pool, FIVE_MINUTES).await;
    execute(&pool, "update session_tokens set sealed = (select sealed from theirs)").await;
    for cookie in [one, other] {
        let answer = get_with(&portal, "/", &cookie).await;
        assert_removed(&answer);
        assert!(!shows_anna(answer).await);
    }
    assert_eq!(count(&pool).await, (0, 0));
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn a_session_without_tokens_is_over(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    execute(&pool, "delete from session_tokens").await;
    assert_removed(&get_with(&portal, "/", &cookie).await);
    assert_eq!(count(&pool).await, (0, 0));
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn use_keeps_a_session_alive(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    let aged = "update sessions set expires_at = expires_at - interval '11 minutes'";
    execute(&pool, aged).await;
    let answer = get_with(&portal, "/", &cookie).await;
    let renewed = session_cookie(&answer).unwrap();
    assert!(renewed.starts_with(&cookie) && renewed.contains("Max-Age=604800"), "{renewed}");
    let renewed = "select expires_at > now() + interval '7 days' - interval '1 minute' from sessions";
    assert!(sqlx::query_scalar::<_, bool>(renewed).fetch_one(&pool).await.unwrap());
    assert_eq!(session_cookie(&get_with(&portal, "/", &cookie).await), None);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn pages_of_ones_own_send_nobody_to_sign_in_and_back(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    for (path, way) in [
        ("/bookings", "/sign-in?return_to=/bookings"),
        ("/bookings/1?tab=a&x=%2F", "/sign-in?return_to=/bookings/1%3Ftab%3Da%26x%3D%252F"),
        ("/wallet", "/sign-in?return_to=/wallet"),
        ("/manage/1/calendar", "/sign-in?return_to=/manage/1/calendar"),
    ] {
        let answer = portal.get(path).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
        assert_eq!(header(&answer, LOCATION), Some(way));
        assert_ne!(get_with(&portal, path, &cookie).await.status(), StatusCode::SEE_OTHER, "{path}");
    }
    for path in ["/", "/search", "/no/such/page"] {
        assert_ne!(portal.get(path).await.status(), StatusCode::SEE_OTHER, "{path}");
    }
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn while_the_account_server_is_away_a_person_stays_who_he_is(pool: PgPool) {
    let portal = Running::start(pool.clone());
    // Fresh, to be refreshed, expired.
    for seconds in [300, 20, 0] {
        let cookie = signed_in(&pool, Duration::from_secs(seconds)).await;
        let answer = get_with(&portal, "/", &cookie).await;
        assert_eq!(session_cookie(&answer), None, "{seconds}");
        assert!(shows_anna(answer).await, "{seconds}");
        assert_ne!(get_with(&portal, "/bookings", &cookie).await.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(count(&pool).await, (3, 3));
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn while_the_database_is_away_nobody_is_said_to_be_signed_out(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    pool.close().await;
    for path in ["/", "/bookings"] {
        let answer = get_with(&portal, path, &cookie).await;
        assert_eq!(session_cookie(&answer), None);
        assert_ne!(answer.status(), StatusCode::SEE_OTHER);
    }
    assert_eq!(get_with(&portal, "/pkg/booksvc.one.js", &cookie).await.status(), StatusCode::OK);
    let answer = sign_out(&portal, &cookie, PUBLIC_URL).await;
    assert_eq!(header(&answer, LOCATION), Some("/sign-out-failed"));
    assert_eq!(session_cookie(&answer), None);
}

async fn sign_out(portal: &Running, cookie: &str, origin: &str) -> Response<Body> {
    let request = Request::post(SIGN_OUT_PATH).header(HOST, "booksvc.example").header(ORIGIN, origin);
    portal.send(request.header(COOKIE, cookie).body(Body::empty()).unwrap()).await
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn signing_out_ends_both_sessions(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    let answer = sign_out(&portal, &cookie, PUBLIC_URL).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_removed(&answer);
    let address: Url = header(&answer, LOCATION).unwrap().parse().unwrap();
    assert!(address.as_str().starts_with(&format!("{ISSUER}/protocol/openid-connect/logout?")), "{address}");
    let query: Vec<(String, String)> = address.query_pairs().into_owned().collect();
    let home = format!("{PUBLIC_URL}/");
    for (name, value) in
        [("id_token_hint", ID_TOKEN), ("client_id", "booksvc-portal"), ("post_logout_redirect_uri", &home)]
    {
        assert!(query.contains(&(name.to_owned(), value.to_owned())), "{name} in {address}");
    }
    assert_eq!(count(&pool).await, (0, 0));
    assert!(!shows_anna(get_with(&portal, "/", &cookie).await).await);
    // Again, as by the Back button.
    let answer = sign_out(&portal, &cookie, PUBLIC_URL).await;
    assert_eq!(header(&answer, LOCATION), Some("/"));
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn no_other_site_and_no_link_signs_a_person_out(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    let answer = sign_out(&portal, &cookie, "https://evil.example").await;
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let answer = get_with(&portal, SIGN_OUT_PATH, &cookie).await;
    assert_eq!(answer.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert!(shows_anna(get_with(&portal, "/", &cookie).await).await);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn what_serves_a_session_for_long_learns_of_its_end(pool: PgPool) {
    let sessions = portal(pool.clone()).sessions;
    let cookie = signed_in(&pool, FIVE_MINUTES).await;
    let id = cookie.split_once('=').unwrap().1.parse().unwrap();
    let session = server::sessions::SessionKey::of(id);
    assert!(sessions.is_there(session).await.unwrap());
    sign_out(&Running::start(pool), &cookie, PUBLIC_URL).await;
    assert!(!sessions.is_there(session).await.unwrap());
}
