//! Signing in at the portal through the account server's own forms, and staying signed in.

use std::time::Duration;

use contracts::http::customer::Profile;
use harness::browser::Browser;
use harness::http::{Answer, Server};
use harness::person::{Account, stranger};
use harness::stack::Stack;
use harness::{service, wait};
use reqwest::Method;
use sqlx::{PgConnection, Row as _};

const SESSION: &str = "__Host-session";

/// Whether the page is that of a person with a session.
fn is_signed_in(page: &Answer) -> bool {
    page.text().contains("action=\"/sign-out\"")
}

/// The row of the browser's session; the database knows only a digest of what the cookie says.
async fn key_of(database: &mut PgConnection, browser: &Browser) -> anyhow::Result<Option<Vec<u8>>> {
    let cookie = browser.cookie(SESSION).unwrap_or_default();
    // The cookie is base64 in the alphabet for addresses, without padding.
    let row = sqlx::query(
        "select id from sessions where id = sha256(decode(translate($1, '-_', '+/') || '==', 'base64'))",
    )
    .bind(cookie)
    .fetch_optional(database)
    .await?;
    Ok(row.map(|row| row.get("id")))
}

/// As if the access token's five minutes were over.
async fn age_access_token(database: &mut PgConnection, session: &[u8]) -> anyhow::Result<()> {
    let statement = "update session_tokens set access_expires_at = now() where session_id = $1";
    assert_eq!(sqlx::query(statement).bind(session).execute(database).await?.rows_affected(), 1);
    Ok(())
}

async fn home_at(server: &Server, session: &str) -> anyhow::Result<Answer> {
    server.plain(Method::GET, "/").header("Cookie", &format!("{SESSION}={session}")).await
}

#[tokio::test]
async fn a_person_signs_in_where_he_was_and_signs_out_of_both_sides() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut browser = Browser::new(&stack);
    // A page of one's own asks for it by itself.
    let callback = browser.fill_in_sign_in("/bookings?tab=past", &account.person).await?;
    let answer = browser.get(&callback).await?.expect(303);
    assert_eq!(answer.header("Location"), "/bookings?tab=past");
    assert!(is_signed_in(&browser.get("/").await?.expect(200)));

    // Once more: the account server knows him and asks nothing.
    let answer = browser.get("/sign-in?return_to=/").await?;
    assert!(is_signed_in(&browser.follow(answer).await?.expect(200)));

    let answer = browser.post("/sign-out", &[]).await?.expect(303);
    assert!(answer.header("Location").starts_with(&stack.keycloak.issuer));
    assert_eq!(browser.cookie(SESSION), None);
    let page = browser.follow(answer).await?.expect(200);
    assert_eq!(page.title, format!("GET {}/ at portal", stack.portal.url));
    assert!(!is_signed_in(&page));
    let answer = browser.get("/sign-in").await?;
    assert!(browser.follow(answer).await?.text().contains("kc-form-login"));
    Ok(())
}

#[tokio::test]
async fn who_signs_up_on_the_account_servers_page_has_a_profile_before_he_has_a_session() -> anyhow::Result<()>
{
    let stack = Stack::running().await?;
    let person = stranger();
    let mut browser = Browser::new(&stack);
    let callback = browser.fill_in_sign_up("/sign-up?return_to=/search", &person).await?;
    let answer = browser.get(&callback).await?.expect(303);
    assert_eq!(answer.header("Location"), "/search");
    assert!(is_signed_in(&browser.get("/").await?.expect(200)));
    let mut database = stack.database("customer").await?;
    let first_name: String = sqlx::query_scalar("select first_name from profiles where email = $1")
        .bind(&person.email)
        .fetch_one(&mut database)
        .await?;
    assert_eq!(first_name, person.first_name);
    Ok(())
}

#[tokio::test]
async fn without_a_profile_there_is_no_session() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let (_replica, server) =
        service::start(&stack, "portal", &[("GATEWAY_URL", "http://127.0.0.1:1")]).await?;
    let mut browser = Browser::new(&stack);
    let callback = browser.fill_in_sign_in("/sign-in?return_to=/wallet", &account.person).await?;
    let there = callback.replacen(&stack.portal.url, &server.url, 1);
    let answer = browser.get(&there).await?.expect(303);
    assert_eq!(answer.header("Location"), "/sign-in-failed?return_to=/wallet");
    assert_eq!(browser.cookie(SESSION), None);
    // The account server knows him by now: trying again is one click.
    let answer = browser.get("/sign-in?return_to=/").await?;
    assert!(is_signed_in(&browser.follow(answer).await?.expect(200)));
    Ok(())
}

#[tokio::test]
async fn an_answer_of_the_account_server_counts_once_and_for_one_browser() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut browser = Browser::new(&stack);
    let callback = browser.fill_in_sign_in("/sign-in?return_to=/search", &account.person).await?;
    let mut other = Browser::new(&stack);
    other.get("/sign-in").await?.expect(303);

    let stray = "/sign-in-failed?return_to=/";
    assert_eq!(other.get(&callback).await?.expect(303).header("Location"), stray);
    assert_eq!(other.cookie(SESSION), None);
    assert_eq!(browser.get(&callback).await?.expect(303).header("Location"), "/search");
    let session = browser.cookie(SESSION).map(str::to_owned);
    // By the Back button.
    assert_eq!(browser.get(&callback).await?.expect(303).header("Location"), "/");
    assert_eq!(browser.cookie(SESSION), session.as_deref());
    browser.forget(SESSION);
    assert_eq!(browser.get(&callback).await?.expect(303).header("Location"), stray);
    assert_eq!(browser.cookie(SESSION), None);
    Ok(())
}

#[tokio::test]
async fn requests_at_once_on_two_replicas_refresh_once() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let (_replica, replica) = service::start(&stack, "portal", &[]).await?;
    let mut browser = Browser::new(&stack);
    assert!(is_signed_in(&browser.sign_in("/", &account.person).await?));
    let cookie = browser.cookie(SESSION).unwrap_or_default().to_owned();
    let mut database = stack.database("portal").await?;
    let session = key_of(&mut database, &browser).await?.expect("there is a session");
    for round in 0..3 {
        // Keycloak tells older from newer tokens by whole seconds: only so a second refresh would be found out.
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        age_access_token(&mut database, &session).await?;
        let requests = (0..20).map(|number| {
            let server = if number % 2 == 0 { &stack.portal } else { &replica };
            home_at(server, &cookie)
        });
        for page in futures::future::try_join_all(requests).await? {
            // On a machine with much to do one of them may not get at the database in time, and shows nobody's page; but
            // none is told that the session is over.
            assert_eq!(page.expect(200).header("Set-Cookie"), "", "round {round}");
        }
        assert!(is_signed_in(&home_at(&stack.portal, &cookie).await?.expect(200)), "round {round}");
        let fresh = "select access_expires_at > now() + interval '4 minutes' from session_tokens where session_id = $1";
        let fresh: bool = sqlx::query_scalar(fresh).bind(&session).fetch_one(&mut database).await?;
        assert!(fresh, "round {round}");
    }
    Ok(())
}

#[tokio::test]
async fn a_request_that_is_hung_up_on_loses_no_token() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut browser = Browser::new(&stack);
    browser.sign_in("/", &account.person).await?;
    let cookie = browser.cookie(SESSION).unwrap_or_default().to_owned();
    let mut database = stack.database("portal").await?;
    let session = key_of(&mut database, &browser).await?.expect("there is a session");
    for patience_ms in [0, 1, 2, 5, 10, 20, 40] {
        tokio::time::sleep(Duration::from_millis(1_100)).await;
        age_access_token(&mut database, &session).await?;
        let patience = Duration::from_millis(patience_ms);
        // Whatever comes of it.
        let _ = tokio::time::timeout(patience, home_at(&stack.portal, &cookie)).await;
    }
    assert!(is_signed_in(&home_at(&stack.portal, &cookie).await?.expect(200)));
    Ok(())
}

#[tokio::test]
async fn a_session_that_the_account_server_has_ended_is_over() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut browser = Browser::new(&stack);
    assert!(is_signed_in(&browser.sign_in("/", &account.person).await?));
    let mut database = stack.database("portal").await?;
    let session = key_of(&mut database, &browser).await?.expect("there is a session");
    let token = stack.keycloak.accounts_token().await?;
    let log_out = format!("/users/{}/logout", account.user_id);
    stack.keycloak.administration(Method::POST, &log_out).token(&token).await?.expect(204);
    age_access_token(&mut database, &session).await?;
    let page = browser.get("/").await?.expect(200);
    assert!(!is_signed_in(&page));
    assert_eq!(browser.cookie(SESSION), None);
    let left: i64 = sqlx::query_scalar("select count(*) from sessions where id = $1")
        .bind(&session)
        .fetch_one(&mut database)
        .await?;
    assert_eq!(left, 0);
    Ok(())
}

#[tokio::test]
async fn while_no_tokens_are_to_be_had_a_session_waits() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let nowhere = [("AUTH_TOKEN_URL", "http://127.0.0.1:1/token")];
    let (_replica, cut_off) = service::start(&stack, "portal", &nowhere).await?;
    let mut browser = Browser::new(&stack);
    browser.sign_in("/", &account.person).await?;
    let cookie = browser.cookie(SESSION).unwrap_or_default().to_owned();
    let mut database = stack.database("portal").await?;
    let session = key_of(&mut database, &browser).await?.expect("there is a session");
    age_access_token(&mut database, &session).await?;
    assert!(is_signed_in(&home_at(&cut_off, &cookie).await?.expect(200)));
    assert!(is_signed_in(&home_at(&stack.portal, &cookie).await?.expect(200)));
    Ok(())
}

#[tokio::test]
async fn a_new_name_shows_with_the_next_token() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut browser = Browser::new(&stack);
    browser.sign_in("/", &account.person).await?;
    let change = serde_json::json!({ "first_name": "Аполлинария" });
    let _: Profile =
        stack.gateway.put("/customer/profile").token(account.token()).json(&change).await?.parsed(200);
    let mut database = stack.database("portal").await?;
    let session = key_of(&mut database, &browser).await?.expect("there is a session");
    wait::until("the page knows the new name", Duration::from_secs(10), async || {
        age_access_token(&mut database, &session).await?;
        let page = browser.get("/").await?.expect(200);
        Ok(page.text().contains("Аполлинария").then_some(()))
    })
    .await
}
