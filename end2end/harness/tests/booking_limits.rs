//! The limits of a client as they are outside of development, on a replica of the test's own.

use std::time::Duration;

use contracts::money::Money;
use harness::http::Answer;
use harness::market::{self, Shop};
use harness::person::login_of;
use harness::process::Process;
use harness::program::Program;
use harness::stack::Stack;
use harness::{service, wait};
use reqwest::Method;
use serde_json::json;
use tokio::sync::Mutex;

const PRICE: Money = Money(150_000);

/// A static member that ends is missed for as long as it could still come back.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(30);

/// One stops a part of the stack, and both wait for the group of `booking` to be whole again.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());

/// Ends the replica, and waits until what it heard of is heard by the stack's own again.
async fn end(stack: &Stack, mut replica: Program) -> anyhow::Result<()> {
    replica.terminate().await?;
    replica.ended(Duration::from_secs(15)).await?;
    wait::until("the replica is forgotten", FORGOTTEN_WITHIN, async || {
        Ok((stack.topics.members("booking").await? == 1).then_some(()))
    })
    .await
}

#[tokio::test]
async fn a_client_without_money_is_stopped_after_ten_failed_bookings_an_hour() -> anyhow::Result<()> {
    let _alone = ONE_AT_A_TIME.lock().await;
    let stack = Stack::running().await?;
    let (replica, strict) = service::start(&stack, "booking", &[]).await?;
    let shop = Shop::open(&stack, 0).await?;
    let offers = shop.publish(&stack, 13, PRICE).await?;
    let poor = market::client(&stack, Money::ZERO).await?;
    for offer in &offers[..10] {
        let key = market::new_key();
        let problem = wait::until("the booking has failed", Duration::from_secs(30), async || {
            let answer = market::book(&strict, &poor, *offer, &key).await?;
            Ok((answer.status != 202).then(|| answer.refused(422)))
        })
        .await?;
        assert_eq!(problem.error, "insufficient funds");
    }
    for offer in &offers[10..] {
        let answer = market::book(&strict, &poor, *offer, &market::new_key()).await?;
        assert_slowed(answer);
    }
    let made = bookings(&stack, &shop).await?;
    assert_eq!(made, 10, "what is refused for the limit makes no booking");
    // Money does not open what failures have closed, and another client is not held up by them.
    market::top_up(&stack, &poor, PRICE).await?;
    assert_slowed(market::book(&strict, &poor, offers[10], &market::new_key()).await?);
    let rich = market::client(&stack, PRICE).await?;
    market::book_patiently(&strict, &rich, offers[11], &market::new_key()).await?;
    assert_eq!(market::balance(&stack, &poor).await?, PRICE);
    end(&stack, replica).await
}

#[tokio::test]
async fn a_client_has_three_undecided_bookings_at_most() -> anyhow::Result<()> {
    let _alone = ONE_AT_A_TIME.lock().await;
    let stack = Stack::running().await?;
    let (replica, strict) = service::start(&stack, "booking", &[]).await?;
    let shop = Shop::open(&stack, 0).await?;
    let offers = shop.publish(&stack, 5, PRICE).await?;
    let client = market::client(&stack, Money(PRICE.0 * 5)).await?;
    let stopped = Process::of_stack("payment")?.stop()?;
    let undecided = offers[..3]
        .iter()
        .map(async |offer| market::book(&strict, &client, *offer, &market::new_key()).await);
    for answer in futures::future::try_join_all(undecided).await? {
        answer.expect(202);
    }
    for offer in &offers[3..] {
        assert_slowed(market::book(&strict, &client, *offer, &market::new_key()).await?);
    }
    drop(stopped);
    wait::until("a booking more is taken", Duration::from_secs(30), async || {
        let answer = market::book(&strict, &client, offers[3], &market::new_key()).await?;
        Ok((answer.status != 429).then_some(()))
    })
    .await?;
    assert_eq!(bookings(&stack, &shop).await?, 4);
    end(&stack, replica).await
}

#[tokio::test]
async fn where_a_verified_address_is_asked_for_nobody_books_without_one() -> anyhow::Result<()> {
    let _alone = ONE_AT_A_TIME.lock().await;
    let stack = Stack::running().await?;
    let settings = [("BOOKING_NEEDS_VERIFIED_EMAIL", "true")];
    let (replica, strict) = service::start(&stack, "booking", &settings).await?;
    let shop = Shop::open(&stack, 0).await?;
    let offer = shop.publish(&stack, 1, PRICE).await?[0];
    let mut client = market::client(&stack, PRICE).await?;
    let problem = market::book(&strict, &client, offer, &market::new_key()).await?.refused(403);
    assert_eq!(problem.code, "email_not_verified");
    assert_eq!(bookings(&stack, &shop).await?, 0);

    // As the link in the account server's mail does it. The next token says so.
    let path = format!("/users/{}", client.user_id);
    let token = stack.keycloak.accounts_token().await?;
    let verified = stack.keycloak.administration(Method::PUT, &path).token(&token);
    verified.json(&json!({ "emailVerified": true })).await?.expect(204);
    let tokens = stack.gateway.post("/customer/login").json(&login_of(&client.person)).await?;
    client.tokens = tokens.parsed(200);
    market::book_patiently(&strict, &client, offer, &market::new_key()).await?.expect(200);
    end(&stack, replica).await
}

#[track_caller]
fn assert_slowed(answer: Answer) {
    let seconds: u32 = answer.header("Retry-After").parse().expect("a 429 says how long to wait");
    assert!((1..=3_600).contains(&seconds), "Retry-After: {seconds}");
    answer.refused(429);
}

async fn bookings(stack: &Stack, shop: &Shop) -> anyhow::Result<i64> {
    let select = "select count(*) from bookings where company_id = $1";
    let mut database = stack.database("booking").await?;
    Ok(sqlx::query_scalar(select).bind(shop.company.id.0).fetch_one(&mut database).await?)
}
