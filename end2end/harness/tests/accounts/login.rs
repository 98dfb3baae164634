use contracts::http::customer::{Profile, Tokens};
use contracts::problem::ProblemBody;
use harness::person::{Account, login_of, stranger};
use harness::stack::Stack;
use serde_json::json;

use crate::PREFIXES;

/// More than the realm lets anybody guess.
const GUESSES: usize = 12;

#[tokio::test]
async fn who_registered_with_one_form_logs_in_through_either() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for prefix in PREFIXES {
        let answer = stack.gateway.post(&format!("{prefix}/login")).json(&login_of(&account.person)).await?;
        let tokens: Tokens = answer.parsed(200);
        assert_eq!(tokens.token_type, "Bearer");
        let profile: Profile =
            stack.gateway.get("/customer/profile").token(&tokens.access_token).await?.parsed(200);
        assert_eq!(profile.id, account.user_id);
    }
    Ok(())
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_person_get_the_same_answer() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for prefix in PREFIXES {
        // One guess each: two in a tenth of a second lock an account for a while.
        let account = Account::register(&stack.gateway).await?;
        let address = format!("{prefix}/login");
        let wrong = json!({ "email": account.person.email, "password": "something else" });
        let unknown = json!({ "email": stranger().email, "password": "something else" });
        let wrong = stack.gateway.post(&address).json(&wrong).await?.refused(401);
        let unknown = stack.gateway.post(&address).json(&unknown).await?.refused(401);
        assert_eq!(wrong, ProblemBody { trace_id: wrong.trace_id.clone(), ..unknown });
        stack.gateway.post(&address).json(&login_of(&account.person)).await?.expect(200);
    }
    Ok(())
}

#[tokio::test]
async fn whatever_is_typed_into_the_login_form_is_a_wrong_login() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let email = account.person.email.as_str();
    let long = "x".repeat(5_000);
    let cases = [
        ("", ""),
        (email, ""),
        ("nobody", "correct horse battery staple"),
        ("*", "*"),
        ("' or 1=1 --", "' or 1=1 --"),
        (email, "\u{0}"),
        ("\u{0}", "correct horse battery staple"),
        (long.as_str(), "correct horse battery staple"),
        ("🙂@example.com", "🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂"),
    ];
    for (email, password) in cases {
        let answer = stack
            .gateway
            .post("/customer/login")
            .json(&json!({ "email": email, "password": password }))
            .await?;
        assert!(
            [401, 422].contains(&answer.status),
            "{email:?} {password:?}: {} {}",
            answer.status,
            answer.text()
        );
        answer.problem().map_err(anyhow::Error::msg)?;
    }
    Ok(())
}

#[tokio::test]
async fn who_guesses_for_long_is_not_let_in_even_with_the_right_password() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for number in 0..GUESSES {
        let guess = json!({ "email": account.person.email, "password": format!("guess number {number}") });
        stack.gateway.post("/customer/login").json(&guess).await?.refused(401);
    }
    stack.gateway.post("/customer/login").json(&login_of(&account.person)).await?.refused(401);
    Ok(())
}
