use std::time::Duration;

use contracts::http::customer::{Registration, Tokens};
use harness::http::Answer;
use harness::person::stranger;
use harness::stack::Stack;
use harness::{token, wait};
use reqwest::Method;
use serde_json::json;

const ARRIVES_WITHIN: Duration = Duration::from_secs(15);

/// Comes as people of the portal do: the account server has registered him, and lets him in.
async fn sign_in(stack: &Stack, person: &Registration) -> anyhow::Result<Tokens> {
    Ok(stack.keycloak.log_in(&stack.keycloak.api, person).await?.parsed(200))
}

async fn open_session(stack: &Stack, tokens: &Tokens) -> anyhow::Result<()> {
    stack.gateway.put("/customer/session").token(&tokens.access_token).await?.expect(200);
    Ok(())
}

async fn ask(stack: &Stack, tokens: &Tokens) -> anyhow::Result<Answer> {
    stack.gateway.post("/customer/email/verify").token(&tokens.access_token).await
}

/// Waits until there are so many mails with a link.
async fn mails_arrive(stack: &Stack, person: &Registration, number: usize) -> anyhow::Result<()> {
    wait::until(&format!("mail {number} arrives"), ARRIVES_WITHIN, async || {
        Ok((links(stack, person).await? >= number).then_some(()))
    })
    .await
}

async fn links(stack: &Stack, person: &Registration) -> anyhow::Result<usize> {
    let link = format!("{}/login-actions/action-token", stack.keycloak.issuer);
    let mails = stack.inbox.mails(&person.email).await?;
    Ok(mails.iter().filter(|mail| mail.text.contains(&link)).count())
}

/// As if the last mail had gone out a minute earlier.
async fn a_minute_goes_by(stack: &Stack, tokens: &Tokens) -> anyhow::Result<()> {
    let age = "update profiles set verification_mail_at = verification_mail_at - interval '1 minute'
               where user_id = $1";
    let user_id = token::subject(&tokens.access_token)?;
    sqlx::query(age).bind(user_id.0).execute(&mut stack.database("customer").await?).await?;
    Ok(())
}

#[track_caller]
fn assert_slowed(answer: Answer) {
    let seconds: u64 = answer.header("Retry-After").parse().expect("a 429 says how long to wait");
    assert!((1..=60).contains(&seconds), "Retry-After: {seconds}");
    answer.refused(429);
}

#[tokio::test]
async fn whom_the_account_server_registered_gets_a_mail_at_his_first_session_and_others_when_he_asks()
-> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    stack.keycloak.create_user(&person).await?.expect(201);
    let tokens = sign_in(&stack, &person).await?;
    for _ in 0..3 {
        open_session(&stack, &tokens).await?;
    }
    mails_arrive(&stack, &person, 1).await?;
    assert_slowed(ask(&stack, &tokens).await?);

    a_minute_goes_by(&stack, &tokens).await?;
    open_session(&stack, &tokens).await?;
    let answer = ask(&stack, &tokens).await?.expect(204);
    assert!(answer.body.is_empty(), "{}", answer.text());
    assert_slowed(ask(&stack, &tokens).await?);
    mails_arrive(&stack, &person, 2).await?;
    assert_eq!(links(&stack, &person).await?, 2, "one at the first session, and one that he asked for");
    Ok(())
}

#[tokio::test]
async fn who_registered_with_us_gets_no_second_mail_at_his_session() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    let tokens: Tokens = stack.gateway.post("/customer/register").json(&person).await?.parsed(200);
    open_session(&stack, &tokens).await?;
    mails_arrive(&stack, &person, 1).await?;
    open_session(&stack, &tokens).await?;
    // The answer comes after the mail, so that those of the sessions would be there as well.
    a_minute_goes_by(&stack, &tokens).await?;
    ask(&stack, &tokens).await?.expect(204);
    mails_arrive(&stack, &person, 2).await?;
    assert_eq!(links(&stack, &person).await?, 2, "one at the registration, and one that he asked for");
    Ok(())
}

#[tokio::test]
async fn whose_email_is_verified_is_sent_nothing() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    stack.keycloak.create_user(&person).await?.expect(201);
    let user_id = token::subject(&sign_in(&stack, &person).await?.access_token)?;
    // As the link in the mail does it. The next token says so.
    let administrator = stack.keycloak.accounts_token().await?;
    let verified = stack.keycloak.administration(Method::PUT, &format!("/users/{user_id}"));
    verified.token(&administrator).json(&json!({ "emailVerified": true })).await?.expect(204);
    let tokens = sign_in(&stack, &person).await?;
    open_session(&stack, &tokens).await?;
    for _ in 0..3 {
        ask(&stack, &tokens).await?.expect(204);
    }
    assert_eq!(links(&stack, &person).await?, 0);
    Ok(())
}
