//! Only a current access token of our issuer for our audience opens anything, at the gateway and at each
//! service by itself.

mod attempts;

use contracts::http::customer::Profile;
use harness::gateway::{self, Route};
use harness::http::Server;
use harness::person::Account;
use harness::stack::Stack;
use serde_json::json;

use crate::attempts::Attempt;

#[tokio::test]
async fn no_attempt_opens_any_route_through_any_door() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let attempts = attempts::all(&stack.keycloak, &account).await?;

    let (mut asked, mut flaws) = (0, Vec::new());
    for route in protected_routes()? {
        for door in stack.doors(&route.service) {
            for attempt in &attempts {
                asked += 1;
                flaws.extend(flaw_of(door, &route, attempt).await?);
            }
        }
    }
    println!("{} attempts, {asked} calls", attempts.len());
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    Ok(())
}

#[tokio::test]
async fn a_real_token_opens_every_route_through_any_door() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for route in protected_routes()? {
        for door in stack.doors(&route.service) {
            let answer = door.call(route.method(), &route.example()).token(account.token()).await?;
            assert!(![401, 403].contains(&answer.status), "{}: {}", answer.title, answer.status);
            assert!(answer.status < 500, "{}: {}", answer.title, answer.status);
        }
    }
    Ok(())
}

#[tokio::test]
async fn headers_that_name_another_person_change_nothing() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let (anna, boris) = (Account::register(&stack.gateway).await?, Account::register(&stack.gateway).await?);
    let boris_id = boris.user_id.to_string();
    let values = [boris_id.as_str(), boris.person.email.as_str()];
    let names = [
        "X-User",
        "X-User-Id",
        "X-User-Email",
        "X-Forwarded-User",
        "X-Forwarded-Email",
        "X-Auth-Request-User",
        "X-Authenticated-User",
        "X-Remote-User",
        "Remote-User",
        "X-Sub",
        "X-Email",
        "From",
    ];
    for door in stack.doors("customer") {
        for value in values {
            let forged = names.map(|name| (name, value));
            let answer = door.get("/customer/profile").token(anna.token()).headers(forged).await?;
            assert_eq!(answer.parsed::<Profile>(200).id, anna.user_id, "{}", door.name);
            let answer = door.get("/customer/profile").headers(forged).await?;
            assert_eq!(answer.status, 401, "{}", answer.title);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_real_token_opens_nothing_when_it_comes_another_way() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let ways = [
        ("Cookie", format!("access_token={}", account.token())),
        ("Authorization", account.token().to_owned()),
    ];
    for route in protected_routes()? {
        for door in stack.doors(&route.service) {
            for (name, value) in &ways {
                let answer = door.call(route.method(), &route.example()).header(name, value).await?;
                // KrakenD takes both, the cookie without anything to count the call under; the service takes none.
                let statuses: &[u16] = if door.name == "gateway" { &[401, 429] } else { &[401] };
                assert!(statuses.contains(&answer.status), "{}, {name}: {}", answer.title, answer.status);
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_open_call_ignores_a_token_that_does_not_count() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for door in stack.doors("customer") {
        for token in ["", "garbage", "a.b.c"] {
            // Refused for what is in the body, not for the token.
            door.post("/customer/login").token(token).json(&json!({})).await?.refused(422);
        }
    }
    Ok(())
}

fn protected_routes() -> anyhow::Result<Vec<Route>> {
    let routes: Vec<Route> = gateway::routes()?.into_iter().filter(|route| route.token).collect();
    assert!(!routes.is_empty());
    Ok(routes)
}

async fn flaw_of(door: &Server, route: &Route, attempt: &Attempt) -> anyhow::Result<Option<String>> {
    let headers = attempt.headers.iter().map(|(name, value)| (*name, value.as_str()));
    let answer = door.call(route.method(), &route.example()).headers(headers).await?;
    let flaw = |flaw: &str| Some(format!("{}, {}: {flaw}", answer.title, attempt.name));
    if answer.status != 401 {
        return Ok(flaw(&format!("{} {}", answer.status, answer.text())));
    }
    if door.name == "gateway" {
        // Its own refusals have no problem body; one that has shows that the call went through to the service.
        return Ok(answer.problem().ok().and_then(|_| flaw("refused by the service, not by the gateway")));
    }
    if answer.header("WWW-Authenticate") != "Bearer" {
        return Ok(flaw("no WWW-Authenticate: Bearer"));
    }
    Ok(answer.problem().err().and_then(|error| flaw(&error)))
}
