use std::time::Duration;

use anyhow::Context as _;
use contracts::http::customer::{Profile, RefreshToken, Tokens};
use harness::person::Account;
use harness::stack::Stack;
use harness::{token, wait};
use serde_json::json;

use crate::PREFIXES;

fn refresh(tokens: &Tokens) -> RefreshToken {
    RefreshToken { refresh_token: tokens.refresh_token.clone() }
}

#[tokio::test]
async fn a_refresh_token_works_once() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for prefix in PREFIXES {
        let account = Account::register(&stack.gateway).await?;
        let address = format!("{prefix}/token");
        let second: Tokens = stack.gateway.post(&address).json(&refresh(&account.tokens)).await?.parsed(200);
        assert_ne!(second.refresh_token, account.tokens.refresh_token);
        let profile: Profile =
            stack.gateway.get("/customer/profile").token(&second.access_token).await?.parsed(200);
        assert_eq!(profile.id, account.user_id);
        stack.gateway.post(&address).json(&refresh(&account.tokens)).await?.refused(401);
    }
    Ok(())
}

#[tokio::test]
async fn a_refresh_token_whose_successors_were_used_stays_dead() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut newest = account.tokens.clone();
    // Keycloak tells older from newer tokens by whole seconds.
    wait::until("a second has gone by", Duration::from_secs(10), async || {
        newest = stack.gateway.post("/customer/token").json(&refresh(&newest)).await?.parsed(200);
        Ok((issued_at(&newest)? > issued_at(&account.tokens)?).then_some(()))
    })
    .await?;
    stack.gateway.post("/customer/token").json(&refresh(&account.tokens)).await?.refused(401);
    Ok(())
}

fn issued_at(tokens: &Tokens) -> anyhow::Result<i64> {
    let (_, claims) = token::read(&tokens.refresh_token)?;
    claims["iat"].as_i64().context("a token says when it was issued")
}

#[tokio::test]
async fn only_a_refresh_token_refreshes() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for prefix in PREFIXES {
        for wrong in ["", "garbage", "a.b.c", account.token(), "\u{0}", &"x".repeat(5_000)] {
            let answer = stack
                .gateway
                .post(&format!("{prefix}/token"))
                .json(&json!({ "refresh_token": wrong }))
                .await?;
            assert!([401, 422].contains(&answer.status), "{wrong:.20}: {} {}", answer.status, answer.text());
            answer.problem().map_err(anyhow::Error::msg)?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn after_logout_nothing_is_refreshed() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for prefix in PREFIXES {
        let account = Account::register(&stack.gateway).await?;
        let address = format!("{prefix}/logout");
        let answer = stack.gateway.post(&address).json(&refresh(&account.tokens)).await?.expect(204);
        assert!(answer.body.is_empty(), "{}", answer.text());
        stack.gateway.post("/customer/token").json(&refresh(&account.tokens)).await?.refused(401);
    }
    Ok(())
}

#[tokio::test]
async fn leaving_twice_is_no_fault_of_ours() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    stack.gateway.post("/customer/logout").json(&refresh(&account.tokens)).await?.expect(204);
    for token in [account.tokens.refresh_token.as_str(), account.token(), "garbage", ""] {
        let answer = stack.gateway.post("/customer/logout").json(&json!({ "refresh_token": token })).await?;
        assert!(answer.status < 500, "{}: {}", answer.status, answer.text());
    }
    Ok(())
}

#[tokio::test]
async fn a_session_answers_the_profile_however_often_it_is_called() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let read = stack.gateway.get("/customer/profile").token(account.token()).await?;
    let profile: Profile = read.parsed(200);
    for _ in 0..3 {
        let session: Profile =
            stack.gateway.put("/customer/session").token(account.token()).await?.parsed(200);
        assert_eq!(session, profile);
    }
    Ok(())
}
