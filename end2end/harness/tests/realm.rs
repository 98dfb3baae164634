//! What the account server lets each client do, and nobody else.

use contracts::http::customer::Registration;
use harness::keycloak::{Client, Keycloak};
use harness::person::{Account, PASSWORD, stranger};
use harness::stack::Stack;
use harness::token;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test]
async fn passwords_are_exchanged_for_tokens_by_the_api_client_alone() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let keycloak = &stack.keycloak;
    keycloak.log_in(&keycloak.api, &account.person).await?.expect(200);
    for client in [&keycloak.portal, &keycloak.accounts] {
        let answer = keycloak.log_in(client, &account.person).await?;
        assert_eq!(answer.status, 400, "{}: {}", client.id, answer.text());
    }
    for id in
        ["admin-cli", "account", "account-console", "security-admin-console", "broker", "realm-management"]
    {
        let fields = [
            ("client_id", id),
            ("grant_type", "password"),
            ("username", account.person.email.as_str()),
            ("password", PASSWORD),
        ];
        let answer = keycloak.protocol(Method::POST, "/token").form(&fields).await?;
        assert!([400, 401].contains(&answer.status), "{id}: {} {}", answer.status, answer.text());
    }
    Ok(())
}

#[tokio::test]
async fn an_access_token_is_short_lived_and_made_out_to_us() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let (header, claims) = token::read(account.token())?;
    assert_eq!(header["alg"], "RS256");
    assert_eq!(claims["iss"], json!(stack.keycloak.issuer));
    assert_eq!(claims["typ"], "Bearer");
    let audience = &claims["aud"];
    let ours = |audience: &Value| *audience == "booksvc";
    assert!(ours(audience) || audience.as_array().is_some_and(|list| list.iter().any(ours)), "{audience}");
    let life = claims["exp"].as_i64().zip(claims["iat"].as_i64()).map(|(end, begin)| end - begin);
    assert_eq!(life, Some(300));
    Ok(())
}

#[tokio::test]
async fn the_portal_logs_people_in_with_pkce_and_returns_to_one_address() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let own = format!("{}/auth/callback", stack.portal.url);
    let cases = [
        ("all as it should be", own.clone(), Some("S256")),
        ("no PKCE", own.clone(), None),
        ("plain PKCE", own.clone(), Some("plain")),
        ("a foreign address", "https://evil.example.com/auth/callback".to_owned(), Some("S256")),
        ("another path", format!("{own}/../elsewhere"), Some("S256")),
        ("a query", format!("{own}?to=elsewhere"), Some("S256")),
    ];
    let challenge = "x".repeat(43);
    for (name, redirect_uri, method) in cases {
        let mut query = vec![
            ("client_id", stack.keycloak.portal.id.as_str()),
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", redirect_uri.as_str()),
        ];
        if let Some(method) = method {
            query.extend([("code_challenge", challenge.as_str()), ("code_challenge_method", method)]);
        }
        let answer = stack.keycloak.protocol(Method::GET, "/auth").query(&query).await?;
        let shows_the_form = answer.status == 200 && answer.text().contains("password");
        assert_eq!(shows_the_form, name == "all as it should be", "{name}: {}", answer.status);
        let goes_back_with_an_error = answer.header("Location").starts_with(&own);
        assert!(
            answer.status == 200 || answer.status == 400 || goes_back_with_an_error,
            "{name}: {}",
            answer.status
        );
    }
    Ok(())
}

#[tokio::test]
async fn the_account_servers_own_rule_for_passwords_is_ours() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let person = stranger();
    for password in ["ninechars", &"x".repeat(129), &person.email] {
        let person = Registration { password: password.to_owned(), ..person.clone() };
        let answer = stack.keycloak.create_user(&person).await?;
        assert_eq!(answer.status, 400, "{password:.20}: {}", answer.text());
    }
    Ok(())
}

#[tokio::test]
async fn the_service_account_manages_people_and_nothing_else() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let token = stack.keycloak.accounts_token().await?;
    let people = stack.keycloak.administration(Method::GET, "/users?max=1").token(&token).await?;
    assert_eq!(people.status, 200, "{}", people.text());

    let keycloak = &stack.keycloak;
    let forbidden = [
        keycloak.administration(Method::GET, "/clients"),
        keycloak.administration(Method::GET, "/client-scopes"),
        keycloak.administration(Method::GET, "/roles"),
        keycloak.administration(Method::GET, "/keys"),
        keycloak.administration(Method::GET, "/events"),
        keycloak.administration(Method::GET, "/identity-provider/instances"),
        keycloak.administration(Method::PUT, "").json(&json!({ "registrationAllowed": false })),
        keycloak.administration(Method::POST, "/clients").json(&json!({ "clientId": "mine" })),
    ];
    for call in forbidden {
        let answer = call.token(&token).await?;
        assert_eq!(answer.status, 403, "{}: {}", answer.title, answer.text());
    }
    Ok(())
}

#[tokio::test]
async fn a_persons_token_administers_nothing() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for path in ["", "/users", "/clients"] {
        let answer = stack.keycloak.administration(Method::GET, path).token(account.token()).await?;
        assert!([401, 403].contains(&answer.status), "{}: {}", answer.title, answer.status);
    }
    Ok(())
}

#[tokio::test]
async fn a_client_needs_its_secret() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let keycloak: &Keycloak = &stack.keycloak;
    for client in [&keycloak.api, &keycloak.portal, &keycloak.accounts] {
        let guess = Client::with_secret(&client.id, "guess");
        let log_in = keycloak.log_in(&guess, &account.person).await?;
        let own = keycloak.grant(&guess, &[("grant_type", "client_credentials")]).await?;
        for answer in [log_in, own] {
            assert_eq!(answer.status, 401, "{}: {}", client.id, answer.text());
        }
    }
    Ok(())
}
