use contracts::http::customer::{Profile, Registration, Tokens};
use futures::future::join_all;
use harness::http::fields;
use harness::person::{login_of, stranger};
use harness::stack::Stack;
use harness::token;
use serde_json::{Value, json};

use crate::PREFIXES;

#[tokio::test]
async fn registration_answers_tokens_that_open_the_profile() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for prefix in PREFIXES {
        let person = stranger();
        let tokens: Tokens =
            stack.gateway.post(&format!("{prefix}/register")).json(&person).await?.parsed(200);
        assert_eq!(tokens.token_type, "Bearer");
        assert!(
            (60..=900).contains(&tokens.expires_in),
            "access tokens are short-lived: {}",
            tokens.expires_in
        );

        let profile: Profile =
            stack.gateway.get("/customer/profile").token(&tokens.access_token).await?.parsed(200);
        assert_eq!(profile.id, token::subject(&tokens.access_token)?);
        assert_eq!(profile.email, person.email);
        assert_eq!((profile.first_name, profile.last_name), (person.first_name, person.last_name));
        assert_eq!((profile.phone, profile.phone_verified), (None, false));
        assert!(!profile.locale.is_empty() && !profile.time_zone.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn a_verification_mail_is_sent() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    stack.gateway.post("/customer/register").json(&person).await?.expect(200);
    let link = format!("{}/login-actions/action-token", stack.keycloak.issuer);
    let mail =
        stack.inbox.find(&person.email, "the verification mail arrives", |mail| Some(mail.clone())).await?;
    assert!(mail.text.contains(&link), "no link in {}", mail.text);
    assert_eq!(mail.recipients.len(), 1, "{:?}", mail.recipients);
    Ok(())
}

#[tokio::test]
async fn an_email_is_kept_in_lower_case_and_logs_in_in_any_case() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let mixed = |person: &Registration| person.email.replace("example", "ExAmPle").replace('a', "A");
    let lower = stranger();
    let person = Registration { email: mixed(&lower), ..lower.clone() };
    let tokens: Tokens = stack.gateway.post("/customer/register").json(&person).await?.parsed(200);
    let profile: Profile =
        stack.gateway.get("/customer/profile").token(&tokens.access_token).await?.parsed(200);
    assert_eq!(profile.email, lower.email);

    for email in [lower.email.clone(), person.email.clone(), lower.email.to_uppercase()] {
        let login = json!({ "email": email, "password": person.password });
        stack.gateway.post("/customer/login").json(&login).await?.expect(200);
    }
    Ok(())
}

#[tokio::test]
async fn a_taken_email_is_refused_in_any_case_and_through_either_form() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let first = stranger();
    stack.gateway.post("/customer/register").json(&first).await?.expect(200);
    for prefix in PREFIXES {
        for email in [first.email.clone(), first.email.to_uppercase()] {
            let second = Registration { email, first_name: "Пётр".to_owned(), ..stranger() };
            let answer = stack.gateway.post(&format!("{prefix}/register")).json(&second).await?;
            let problem = answer.refused(409);
            assert!(!problem.detail.contains(&first.first_name), "{}", problem.detail);
        }
    }
    stack.gateway.post("/customer/login").json(&login_of(&first)).await?.expect(200);
    Ok(())
}

#[tokio::test]
async fn of_ten_registrations_at_once_exactly_one_succeeds() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let email = stranger().email;
    let people: Vec<Registration> = (0..10)
        .map(|number| Registration {
            email: email.clone(),
            password: format!("password number {number}"),
            ..stranger()
        })
        .collect();
    let calls = people.iter().zip(PREFIXES.iter().cycle()).map(|(person, prefix)| {
        let call = stack.gateway.post(&format!("{prefix}/register")).json(person);
        async { call.await }
    });
    let answers = join_all(calls).await.into_iter().collect::<anyhow::Result<Vec<_>>>()?;

    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409, 409, 409, 409, 409, 409, 409, 409, 409]);
    for (person, answer) in people.iter().zip(answers).filter(|(_, answer)| answer.status == 200) {
        let tokens: Tokens = answer.parsed(200);
        let read = stack.gateway.get("/customer/profile").token(&tokens.access_token).await?;
        assert_eq!(read.parsed::<Profile>(200).email, person.email);
    }
    Ok(())
}

#[tokio::test]
async fn names_of_any_script_are_kept() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let names = [
        ("محمد", "عبد الله"),
        ("שָׂרָה", "בן־דוד"),
        ("李", "小龍"),
        ("👩‍🚀", "🎉🎊"),
        ("Łukasz", "O'Brien-Śmiały"),
        ("x", "ы"),
        (&"ж".repeat(100), &"🙂".repeat(100)),
    ];
    for (first_name, last_name) in names {
        let person =
            Registration { first_name: first_name.to_owned(), last_name: last_name.to_owned(), ..stranger() };
        let tokens: Tokens = stack.gateway.post("/customer/register").json(&person).await?.parsed(200);
        let profile: Profile =
            stack.gateway.get("/customer/profile").token(&tokens.access_token).await?.parsed(200);
        assert_eq!((profile.first_name.as_str(), profile.last_name.as_str()), (first_name, last_name));
    }
    Ok(())
}

#[tokio::test]
async fn passwords_of_10_to_128_characters_are_taken_as_they_are() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for password in ["aaaaaaaaaa", "          x", &"п".repeat(128), "\u{202e}\"'<script>\\ 🙂"] {
        let person = Registration { password: password.to_owned(), ..stranger() };
        stack.gateway.post("/customer/register").json(&person).await?.expect(200);
        stack.gateway.post("/customer/login").json(&login_of(&person)).await?.expect(200);
    }
    Ok(())
}

#[tokio::test]
async fn what_is_wrong_with_a_registration_is_named_by_its_field() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    let long = "x".repeat(5_000);
    let cases: [(&str, Value); 33] = [
        ("email", json!("")),
        ("email", json!("nobody")),
        ("email", json!("nobody@")),
        ("email", json!("@example.com")),
        ("email", json!("no body@example.com")),
        ("email", json!("a@b@example.com")),
        ("email", json!("<nobody@example.com>")),
        ("email", json!("nobody@example.com\r\nBcc: all@example.com")),
        ("email", json!("nobody@exam\u{0}ple.com")),
        ("email", json!(format!("{long}@example.com"))),
        ("email", json!(5)),
        ("email", json!(null)),
        ("password", json!("")),
        ("password", json!("ninechars")),
        ("password", json!("x".repeat(129))),
        ("password", json!(long)),
        ("password", json!(person.email)),
        ("password", json!(["correct horse battery staple"])),
        ("first_name", json!("")),
        ("first_name", json!("   ")),
        ("first_name", json!("x".repeat(101))),
        ("first_name", json!(long)),
        ("first_name", json!("<b>Anna</b>")),
        ("first_name", json!("<script>alert(1)</script>")),
        ("first_name", json!("An\u{0}na")),
        ("first_name", json!("Anna\r\nBcc: all@example.com")),
        ("first_name", json!({})),
        ("last_name", json!("")),
        ("last_name", json!(long)),
        ("last_name", json!("\"><img src=x onerror=alert(1)>")),
        ("last_name", json!("Smir\u{0}nova")),
        ("last_name", json!("\u{1b}[31m")),
        ("last_name", json!(true)),
    ];
    for (index, (field, value)) in cases.iter().enumerate() {
        let mut body = serde_json::to_value(&person)?;
        body[field] = value.clone();
        let prefix = PREFIXES[index % PREFIXES.len()];
        let problem = stack.gateway.post(&format!("{prefix}/register")).json(&body).await?.refused(422);
        assert_eq!(fields(&problem), [*field], "{value}: {}", problem.detail);
    }
    for field in ["email", "password", "first_name", "last_name"] {
        let mut body = serde_json::to_value(&person)?;
        body.as_object_mut().unwrap().remove(field);
        let problem = stack.gateway.post("/customer/register").json(&body).await?.refused(422);
        assert_eq!(fields(&problem), [field], "without {field}: {}", problem.detail);
    }
    // Nothing of all that has taken the address.
    stack.gateway.post("/customer/register").json(&person).await?.expect(200);
    Ok(())
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let body = json!({ "email": "nobody", "password": "short", "first_name": "", "last_name": "<b>" });
    let problem = stack.gateway.post("/customer/register").json(&body).await?.refused(422);
    assert_eq!(fields(&problem), ["email", "first_name", "last_name", "password"]);
    Ok(())
}
