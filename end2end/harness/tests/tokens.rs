//! Only a current access token of our issuer for our audience opens anything, at the gateway and at each
//! service by itself.

use contracts::http::customer::Profile;
use harness::gateway::{self, Route};
use harness::http::Server;
use harness::keycloak::Keycloak;
use harness::person::Account;
use harness::stack::Stack;
use harness::token::{self, Signature, forge};
use serde_json::{Value, json};

/// What a caller who must not get in sends.
struct Attempt {
    name: &'static str,
    headers: Vec<(&'static str, String)>,
}

impl Attempt {
    fn bearer(name: &'static str, token: &str) -> Self {
        Self::header(name, "Authorization", format!("Bearer {token}"))
    }

    fn header(name: &'static str, header: &'static str, value: String) -> Self {
        Self { name, headers: vec![(header, value)] }
    }
}

#[tokio::test]
async fn no_attempt_opens_any_route_through_any_door() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut attempts = without_a_token(account.token());
    attempts.extend(signed_by_the_issuer(&stack.keycloak, &account).await?);
    attempts.extend(forged(&stack.keycloak, &account).await?);

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
async fn a_token_in_a_cookie_opens_nothing() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let cookie = format!("access_token={}", account.token());
    for route in protected_routes()? {
        for door in stack.doors(&route.service) {
            let answer = door.call(route.method(), &route.example()).header("Cookie", &cookie).await?;
            // KrakenD reads that cookie, and then has nothing to count the call under.
            let statuses: &[u16] = if door.name == "gateway" { &[401, 429] } else { &[401] };
            assert!(statuses.contains(&answer.status), "{}: {}", answer.title, answer.status);
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_open_call_ignores_a_token_that_does_not_count() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for door in stack.doors("customer") {
        for token in ["", "garbage", "a.b.c"] {
            let body = json!({ "email": account.person.email, "password": account.person.password });
            door.post("/customer/login").token(token).json(&body).await?.expect(200);
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
        return Ok(None);
    }
    if answer.header("WWW-Authenticate") != "Bearer" {
        return Ok(flaw("no WWW-Authenticate: Bearer"));
    }
    Ok(answer.problem().err().and_then(|error| flaw(&error)))
}

fn without_a_token(real: &str) -> Vec<Attempt> {
    let basic = format!("Basic {real}");
    vec![
        Attempt { name: "nothing", headers: vec![] },
        Attempt::header("an empty header", "Authorization", String::new()),
        Attempt::header("a scheme alone", "Authorization", "Bearer".to_owned()),
        Attempt::bearer("an empty token", ""),
        Attempt::bearer("garbage", "garbage"),
        Attempt::bearer("three parts of garbage", "a.b.c"),
        Attempt::bearer("dots", ".."),
        Attempt::bearer("two tokens", &format!("{real} {real}")),
        Attempt::bearer("a token and a half", &format!("{real}.{real}")),
        Attempt::header("another scheme", "Authorization", basic),
        Attempt::header("no scheme", "Authorization", real.to_owned()),
        Attempt::header("a header of another name", "X-Access-Token", real.to_owned()),
    ]
}

/// Tokens that the issuer did sign, for something else.
async fn signed_by_the_issuer(keycloak: &Keycloak, account: &Account) -> anyhow::Result<Vec<Attempt>> {
    let log_in: Value = keycloak.log_in(&keycloak.api, &account.person).await?.parsed(200);
    let id_token = log_in["id_token"].as_str().unwrap_or_default();
    let (_, claims) = token::read(id_token)?;
    assert_eq!(claims["typ"], "ID");

    let (head, rest) = account.token().split_at(account.token().len() - 10);
    let flipped = if rest.starts_with('A') { "B" } else { "A" };
    let (header, claims, signature) = parts(account.token());
    let (_, mut other) = token::read(account.token())?;
    other["sub"] = json!("01900000-0000-7000-8000-000000000000");
    let unsigned = forge(&token::read(account.token())?.0, &other, Signature::Missing)?;

    Ok(vec![
        Attempt::bearer("an ID token", id_token),
        Attempt::bearer("a refresh token", &account.tokens.refresh_token),
        Attempt::bearer("the service account's token", &keycloak.accounts_token().await?),
        Attempt::bearer("a changed signature", &format!("{head}{flipped}{}", &rest[1..])),
        Attempt::bearer("no signature", &format!("{header}.{claims}.")),
        Attempt::bearer("two parts only", &format!("{header}.{claims}")),
        Attempt::bearer("another subject under the real signature", &format!("{unsigned}{signature}")),
    ])
}

/// Real tokens with something changed, signed anew by somebody who does not have the issuer's key.
async fn forged(keycloak: &Keycloak, account: &Account) -> anyhow::Result<Vec<Attempt>> {
    let (header, claims) = token::read(account.token())?;
    let with = |value: &Value, changes: Value| {
        let mut value = value.clone();
        for (name, change) in changes.as_object().into_iter().flatten() {
            value[name] = change.clone();
        }
        value
    };
    let own_kid = with(&header, json!({ "kid": "forger" }));
    let expired = with(&claims, json!({ "iat": 1_600_000_000, "exp": 1_600_000_300 }));
    let foreign = with(&claims, json!({ "iss": "https://auth.example.com/realms/booksvc" }));
    let look_alike = with(&claims, json!({ "iss": format!("{}/", keycloak.issuer) }));
    let other_audience = with(&claims, json!({ "aud": "account" }));
    let id_token = with(&claims, json!({ "typ": "ID" }));
    let own_key = with(&header, json!({ "jwk": token::own_public_key() }));
    let own_address = with(
        &header,
        json!({ "kid": "forger", "jku": "http://127.0.0.1:1/keys", "x5u": "http://127.0.0.1:1/keys" }),
    );
    let path_as_kid = with(&header, json!({ "kid": "../../../../dev/null" }));
    let no_kid = json!({ "alg": "RS256", "typ": "JWT" });

    let mut attempts = Vec::new();
    for (name, header, claims) in [
        ("a foreign key under the real id", &header, &claims),
        ("a foreign key under an id of its own", &own_kid, &claims),
        ("no key id", &no_kid, &claims),
        ("an expired token", &header, &expired),
        ("a foreign issuer", &own_kid, &foreign),
        ("a foreign issuer under the real id", &header, &foreign),
        ("an issuer with a slash more", &header, &look_alike),
        ("another audience", &header, &other_audience),
        ("a forged ID token", &header, &id_token),
        ("a key in the header", &own_key, &claims),
        ("an address of keys in the header", &own_address, &claims),
        ("a path as key id", &path_as_kid, &claims),
    ] {
        attempts.push(Attempt::bearer(name, &forge(header, claims, Signature::Rs256)?));
    }
    for (name, alg) in [("alg: none", "none"), ("alg: None", "None"), ("alg: NONE", "NONE"), ("no alg", "")] {
        let unsigned = with(&header, json!({ "alg": alg }));
        attempts.push(Attempt::bearer(name, &forge(&unsigned, &claims, Signature::Missing)?));
    }
    // The public key is known to all: as the secret of a symmetric signature it must prove nothing.
    let pem = token::public_key_pem(&keycloak.keys().await?, &header["kid"])?;
    let symmetric = with(&header, json!({ "alg": "HS256" }));
    for (name, secret) in [
        ("HS256 with the public key", pem.as_str()),
        ("HS256 with the public key, trimmed", pem.trim_end()),
        ("HS256 with nothing", ""),
    ] {
        attempts
            .push(Attempt::bearer(name, &forge(&symmetric, &claims, Signature::Hs256(secret.as_bytes()))?));
    }
    let pretends = with(&header, json!({ "alg": "RS256" }));
    let secret = Signature::Hs256(pem.as_bytes());
    attempts.push(Attempt::bearer("RS256 in name, HS256 in deed", &forge(&pretends, &claims, secret)?));
    Ok(attempts)
}

fn parts(token: &str) -> (&str, &str, &str) {
    let mut parts = token.split('.');
    let mut next = || parts.next().unwrap_or_default();
    (next(), next(), next())
}
