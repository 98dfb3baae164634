//! From the portal to the account server and back.

use std::collections::HashMap;

use app::form_answer::FormAnswer;
use axum::body::Body;
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{Request, Response, StatusCode};
use reqwest::Url;
use server::form_answers::FormAnswers;
use sqlx::PgPool;

use crate::support::{ISSUER, PUBLIC_URL, Running, header};

/// A sign-in as the browser holds it.
struct Begun {
    address: Url,
    cookie: String,
}

impl Begun {
    fn query(&self) -> HashMap<String, String> {
        self.address.query_pairs().into_owned().collect()
    }

    fn state(&self) -> String {
        self.query()["state"].clone()
    }
}

async fn begin(portal: &Running, path: &str) -> Begun {
    let answer = portal.get(path).await;
    assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{path}");
    let cookie = header(&answer, SET_COOKIE).unwrap().split(';').next().unwrap().to_owned();
    Begun { address: header(&answer, LOCATION).unwrap().parse().unwrap(), cookie }
}

async fn come_back(portal: &Running, query: &str, cookie: &str) -> Response<Body> {
    let request = Request::get(format!("/auth/callback?{query}")).header(COOKIE, cookie);
    portal.send(request.body(Body::empty()).unwrap()).await
}

#[track_caller]
fn assert_leads_to(answer: &Response<Body>, path: &str) {
    assert_eq!(answer.status(), StatusCode::SEE_OTHER);
    assert_eq!(header(answer, LOCATION), Some(path));
    for cookie in answer.headers().get_all(SET_COOKIE) {
        assert!(!cookie.to_str().unwrap().starts_with("__Host-session"), "{cookie:?}");
    }
    assert_eq!(header(answer, CACHE_CONTROL), Some("no-store"));
}

async fn count(pool: &PgPool, table: &str) -> i64 {
    let query = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
    sqlx::query_scalar(query).fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn signing_in_begins_at_the_account_server_with_proofs_of_its_own(pool: PgPool) {
    let portal = Running::start(pool);
    let mut seen = Vec::new();
    for (path, lang, prompt) in [("/sign-in", "en", None), ("/sign-up", "ru", Some("create"))] {
        let request = Request::get(path).header(ACCEPT_LANGUAGE, lang).body(Body::empty()).unwrap();
        let answer = portal.send(request).await;
        assert_leads_to(&answer, header(&answer, LOCATION).unwrap());
        let address: Url = header(&answer, LOCATION).unwrap().parse().unwrap();
        assert!(
            address.as_str().starts_with(&format!("{ISSUER}/protocol/openid-connect/auth?")),
            "{address}"
        );
        let query: HashMap<String, String> = address.query_pairs().into_owned().collect();
        let part = |name: &str| query.get(name).map(String::as_str);
        assert_eq!(part("response_type"), Some("code"));
        assert_eq!(part("client_id"), Some("booksvc-portal"));
        assert_eq!(part("redirect_uri"), Some(format!("{PUBLIC_URL}/auth/callback").as_str()));
        assert_eq!(part("scope"), Some("openid"));
        assert_eq!(part("code_challenge_method"), Some("S256"));
        assert_eq!(part("ui_locales"), Some(lang));
        assert_eq!(part("prompt"), prompt);
        for proof in ["state", "nonce", "code_challenge"] {
            let proof = part(proof).unwrap();
            assert!(proof.len() >= 43, "{proof} has less than 256 bits");
            assert!(!seen.contains(&proof.to_owned()), "{proof} is used twice");
            seen.push(proof.to_owned());
        }
        let cookie = header(&answer, SET_COOKIE).unwrap();
        assert!(cookie.starts_with("__Host-sign-in="), "{cookie}");
        assert!(cookie.ends_with("; Path=/; Max-Age=3600; Secure; HttpOnly; SameSite=Lax"), "{cookie}");
    }
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn two_open_pages_begin_with_one_cookie(pool: PgPool) {
    let portal = Running::start(pool);
    let first = begin(&portal, "/sign-in?return_to=/one").await;
    let request = Request::get("/sign-in?return_to=/two").header(COOKIE, &first.cookie);
    let second = portal.send(request.body(Body::empty()).unwrap()).await;
    assert!(header(&second, SET_COOKIE).unwrap().starts_with(&first.cookie));
    let address: Url = header(&second, LOCATION).unwrap().parse().unwrap();
    let second = Begun { address, cookie: first.cookie.clone() };
    for (begun, path) in [(first, "/one"), (second, "/two")] {
        let query = format!("error=access_denied&state={}", begun.state());
        assert_leads_to(&come_back(&portal, &query, &begun.cookie).await, path);
    }
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn the_way_back_is_a_path_of_ours_or_the_home_page(pool: PgPool) {
    let portal = Running::start(pool);
    for (return_to, path) in [
        ("/bookings%3Ftab%3Dpast%26page%3D2", "/bookings?tab=past&page=2"),
        ("https://evil.example/", "/"),
        ("//evil.example", "/"),
        ("/%5Cevil.example", "/"),
        ("/%09/evil.example", "/"),
        ("", "/"),
        // Nobody wants to be there afterwards.
        ("/sign-in-failed%3Freturn_to%3D/", "/"),
        ("/auth/callback", "/"),
    ] {
        let begun = begin(&portal, &format!("/sign-in?return_to={return_to}")).await;
        let query = format!("error=access_denied&state={}", begun.state());
        assert_leads_to(&come_back(&portal, &query, &begun.cookie).await, path);
    }
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn an_answer_counts_once_and_in_the_browser_that_asked(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let begun = begin(&portal, "/sign-in?return_to=/wallet").await;
    let other = begin(&portal, "/sign-in").await;
    let query = format!("error=access_denied&state={}", begun.state());
    let stray = "/sign-in-failed?return_to=/";
    assert_leads_to(&come_back(&portal, &query, "").await, stray);
    assert_leads_to(&come_back(&portal, &query, &other.cookie).await, stray);
    assert_leads_to(&come_back(&portal, "code=x&state=made-up", &begun.cookie).await, stray);
    assert_leads_to(&come_back(&portal, "code=x", &begun.cookie).await, stray);
    assert_leads_to(&come_back(&portal, "", &begun.cookie).await, stray);
    assert_eq!(count(&pool, "login_attempts").await, 2);
    assert_leads_to(&come_back(&portal, &query, &begun.cookie).await, "/wallet");
    assert_leads_to(&come_back(&portal, &query, &begun.cookie).await, stray);
    assert_eq!(count(&pool, "login_attempts").await, 1);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn of_answers_that_come_together_one_counts(pool: PgPool) {
    let portal = Running::start(pool);
    let begun = begin(&portal, "/sign-in?return_to=/wallet").await;
    let query = format!("error=access_denied&state={}", begun.state());
    let answers = (0..10).map(|_| come_back(&portal, &query, &begun.cookie));
    let answers = futures::future::join_all(answers).await;
    let won = answers.iter().filter(|answer| header(answer, LOCATION) == Some("/wallet")).count();
    assert_eq!(won, 1);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn each_answer_of_the_account_server_leads_somewhere_calm(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let failed = "/sign-in-failed?return_to=/wallet";
    for (answer, path) in [
        ("error=access_denied", "/wallet"),
        ("error=temporarily_unavailable", "/sign-in?return_to=/wallet"),
        ("error=server_error&error_description=oops", failed),
        ("error=unheard_of", failed),
        ("code=x&error=server_error", failed),
        ("code=x&iss=https://evil.example", failed),
        // Nobody is there to exchange the code.
        ("code=x", failed),
        (&format!("code=x&iss={ISSUER}"), failed),
    ] {
        let begun = begin(&portal, "/sign-in?return_to=/wallet").await;
        let query = format!("{answer}&state={}", begun.state());
        let came_back = come_back(&portal, &query, &begun.cookie).await;
        assert_eq!(header(&came_back, LOCATION), Some(path), "{answer}");
        assert_leads_to(&came_back, path);
    }
    assert_eq!(count(&pool, "sessions").await, 0);
    assert_eq!(count(&pool, "login_attempts").await, 0);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn who_takes_longer_than_ten_minutes_begins_again_with_the_same_way_back(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let begun = begin(&portal, "/sign-in?return_to=/wallet").await;
    let age = "update login_attempts set created_at = now() - interval '11 minutes'";
    sqlx::query(age).execute(&pool).await.unwrap();
    let query = format!("code=x&state={}", begun.state());
    assert_leads_to(&come_back(&portal, &query, &begun.cookie).await, "/sign-in?return_to=/wallet");
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn without_the_database_nobody_is_sent_away_to_sign_in(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let begun = begin(&portal, "/sign-in").await;
    pool.close().await;
    assert_leads_to(&portal.get("/sign-in?return_to=/wallet").await, "/sign-in-failed?return_to=/wallet");
    let query = format!("code=x&state={}", begun.state());
    assert_leads_to(&come_back(&portal, &query, &begun.cookie).await, "/sign-in-failed?return_to=/");
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn attempts_and_sessions_of_the_past_are_forgotten(pool: PgPool) {
    let portal = Running::start(pool.clone());
    let old = begin(&portal, "/sign-in").await;
    sqlx::query("update login_attempts set created_at = now() - interval '25 hours'")
        .execute(&pool)
        .await
        .unwrap();
    let new = begin(&portal, "/sign-in").await;
    sqlx::query(
        "insert into sessions (id, data, expires_at)
         select sha256(number::text::bytea), '{}', now() + make_interval(secs => number)
         from unnest(array[-1, -2, 3600]) as number",
    )
    .execute(&pool)
    .await
    .unwrap();
    let answers = FormAnswers::new(pool.clone(), "5a".repeat(32).parse().unwrap());
    let told = FormAnswer { path: "/api/x".to_owned(), error: "e30=".to_owned() };
    let forgotten = answers.keep("anna", &told).await.unwrap();
    sqlx::query("update form_answers set created_at = now() - interval '25 hours'")
        .execute(&pool)
        .await
        .unwrap();
    let kept = answers.keep("anna", &told).await.unwrap();
    server::sessions::prune_once(&pool).await.unwrap();
    assert_eq!(answers.find(forgotten, "anna").await.unwrap(), None);
    assert_eq!(answers.find(kept, "anna").await.unwrap(), Some(told));
    let left: Vec<String> =
        sqlx::query_scalar("select state from login_attempts").fetch_all(&pool).await.unwrap();
    assert_eq!(left, [new.state()]);
    assert_ne!(left, [old.state()]);
    assert_eq!(count(&pool, "sessions").await, 1);
}

#[sqlx::test(migrator = "server::MIGRATOR")]
async fn what_a_form_was_told_is_its_senders_alone_and_the_oldest_goes_first(pool: PgPool) {
    let answers = FormAnswers::new(pool.clone(), "5a".repeat(32).parse().unwrap());
    let told = FormAnswer { path: "/api/x".to_owned(), error: "e30=".to_owned() };
    let first = answers.keep("anna", &told).await.unwrap();
    assert_eq!(answers.find(first, "boris").await.unwrap(), None);
    let others = answers.keep("boris", &told).await.unwrap();
    for _ in 0..15 {
        answers.keep("anna", &told).await.unwrap();
    }
    assert_eq!(answers.find(first, "anna").await.unwrap(), Some(told.clone()));
    answers.keep("anna", &told).await.unwrap();
    assert_eq!(answers.find(first, "anna").await.unwrap(), None);
    assert_eq!(answers.find(others, "boris").await.unwrap(), Some(told.clone()));
    assert_eq!(count(&pool, "form_answers").await, 17);
    // Sealed with a key that is gone since.
    let changed = FormAnswers::new(pool, "5b".repeat(32).parse().unwrap());
    assert_eq!(changed.find(others, "boris").await.unwrap(), None);
}
