//! A registration that stopped half-way is in nobody's way.

use std::time::Duration;

use contracts::http::customer::{Profile, Tokens};
use harness::person::{Account, login_of, stranger};
use harness::stack::Stack;
use harness::wait;

#[tokio::test]
async fn whom_only_the_account_server_knows_gets_a_profile_when_he_logs_in() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    stack.keycloak.create_user(&person).await?.expect(201);

    let tokens: Tokens = stack.gateway.post("/customer/login").json(&login_of(&person)).await?.parsed(200);
    let profile: Profile =
        stack.gateway.get("/customer/profile").token(&tokens.access_token).await?.parsed(200);
    assert_eq!(profile.email, person.email);
    assert_eq!((profile.first_name, profile.last_name), (person.first_name, person.last_name));

    let mut database = stack.database("notification").await?;
    wait::until("notification learns of him", Duration::from_secs(15), async || {
        let select = "select email from contacts where user_id = $1";
        let email: Option<String> =
            sqlx::query_scalar(select).bind(profile.id.0).fetch_optional(&mut database).await?;
        Ok(email)
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn who_tries_again_after_half_a_registration_gets_in() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    stack.keycloak.create_user(&person).await?.expect(201);

    // The address is taken, by himself: he registers or he is told to log in, and then he can.
    let again = stack.gateway.post("/customer/register").json(&person).await?;
    assert!([200, 409].contains(&again.status), "{}: {}", again.status, again.text());
    let tokens: Tokens = stack.gateway.post("/customer/login").json(&login_of(&person)).await?.parsed(200);
    stack.gateway.get("/customer/profile").token(&tokens.access_token).await?.expect(200);
    Ok(())
}

#[tokio::test]
async fn a_lost_profile_is_made_anew_when_its_person_comes_back() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let mut database = stack.database("customer").await?;
    for call in ["POST /customer/login", "PUT /customer/session"] {
        let account = Account::register(&stack.gateway).await?;
        let delete = sqlx::query("delete from profiles where user_id = $1");
        let deleted = delete.bind(account.user_id.0).execute(&mut database).await?;
        assert_eq!(deleted.rows_affected(), 1);

        let back = match call {
            "POST /customer/login" => stack.gateway.post("/customer/login").json(&login_of(&account.person)),
            _ => stack.gateway.put("/customer/session").token(account.token()),
        };
        back.await?.expect(200);
        let answer = stack.gateway.get("/customer/profile").token(account.token()).await?;
        let profile: Profile = answer.parsed(200);
        assert_eq!((profile.id, profile.email), (account.user_id, account.person.email), "{call}");
    }
    Ok(())
}
