//! The limits as they are outside of development, on a gateway and a service of the test's own.

use std::time::Instant;

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use harness::gateway;
use harness::http::{Answer, Server};
use harness::person::{Account, stranger};
use harness::service;
use harness::stack::Stack;
use serde_json::json;

/// Headers in which a client may claim to be somebody else.
const CLAIMS: [&str; 6] =
    ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP", "X-Client-IP"];

/// Calls that are refused for their body: the limit counts them all the same.
async fn knock(server: &Server, path: &str, claim: Option<usize>) -> anyhow::Result<Answer> {
    let address = claim.map(|number| format!("203.0.113.{}", number % 250));
    let headers = CLAIMS.iter().zip(std::iter::repeat(&address));
    let claims = headers.filter_map(|(name, address)| Some((*name, address.as_deref()?)));
    server.post(path).headers(claims).json(&json!({})).await
}

/// Of `calls` beyond a full bucket, no more may pass than the time since `began` has earned.
fn assert_limited(path: &str, refused: u32, calls: u32, per_minute: u32, began: Instant) {
    let earned = began.elapsed().as_secs_f64() * f64::from(per_minute) / 60.0;
    let passed = calls - refused;
    assert!(
        f64::from(passed) <= earned.ceil(),
        "{path}: {passed} of {calls} calls too many passed, {earned:.1} earned"
    );
}

#[tokio::test]
async fn register_login_and_token_are_limited_by_address_whatever_a_client_claims() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let (_running, strict) = gateway::start_strict(&stack, &[]).await?;
    for (path, per_minute) in [
        ("/customer/register", 10),
        ("/company/register", 10),
        ("/customer/login", 10),
        ("/company/login", 10),
        ("/customer/token", 30),
        ("/company/token", 30),
        ("/customer/logout", 30),
        ("/company/logout", 30),
    ] {
        let began = Instant::now();
        for _ in 0..per_minute {
            knock(&strict, path, None).await?.refused(422);
        }
        let mut refused = 0;
        for number in 0..20 {
            let answer = knock(&strict, path, (number % 2 == 0).then_some(number)).await?;
            refused += u32::from(answer.status == 429);
        }
        assert_limited(path, refused, 20, per_minute, began);
    }
    Ok(())
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_his_own_limit() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let trusting = [("GATEWAY_TRUSTED_PROXIES", "127.0.0.0/8")];
    let (_running, strict) = gateway::start_strict(&stack, &trusting).await?;
    let from = async |address: &str| {
        strict.post("/customer/login").header("X-Forwarded-For", address).json(&json!({})).await
    };
    let began = Instant::now();
    for _ in 0..10 {
        from("203.0.113.7").await?.refused(422);
    }
    let mut refused = 0;
    for _ in 0..10 {
        refused += u32::from(from("203.0.113.7").await?.status == 429);
    }
    assert_limited("behind a proxy", refused, 10, 10, began);
    from("203.0.113.8").await?.refused(422);
    Ok(())
}

#[tokio::test]
async fn calls_with_a_token_are_limited_by_the_token() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let (_running, strict) = gateway::start_strict(&stack, &[]).await?;
    let (anna, boris) = (Account::register(&stack.gateway).await?, Account::register(&stack.gateway).await?);
    let calls = (0..200).map(|_| {
        let call = strict.get("/customer/profile").token(anna.token());
        async { call.await }
    });
    let answers: Vec<Answer> = stream::iter(calls).buffered(8).try_collect().await?;
    let count = |status: u16| answers.iter().filter(|answer| answer.status == status).count();
    println!("200 calls, 8 at once: {} answered, {} refused", count(200), count(429));
    assert!(count(200) >= 20 && count(429) >= 1, "{} answered, {} refused", count(200), count(429));
    assert_eq!(count(200) + count(429), 200);
    strict.get("/customer/profile").token(boris.token()).await?.expect(200);
    Ok(())
}

#[tokio::test]
async fn the_sixth_registration_of_an_hour_from_one_network_is_refused() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let (_service, customer) = service::start(&stack, "customer", &[]).await?;
    let (_gateway, strict) = gateway::start_strict(&stack, &[("CUSTOMER_URL", &customer.url)]).await?;
    for number in 0..7 {
        let prefix = if number % 2 == 0 { "/customer" } else { "/company" };
        let claimed = format!("203.{number}.113.1");
        let call = strict.post(&format!("{prefix}/register")).json(&stranger());
        let answer = call.headers(CLAIMS.map(|name| (name, claimed.as_str()))).await?;
        if number < 5 {
            answer.expect(200);
            continue;
        }
        let seconds: u64 = answer.header("Retry-After").parse().context("Retry-After")?;
        assert!((1..=3_600).contains(&seconds), "Retry-After: {seconds}");
        answer.refused(429);
    }
    Ok(())
}
