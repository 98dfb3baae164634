//! Bad input gets the answer that the API promises, through the gateway and around it, and never a 5xx.

mod strange;

use harness::http::{Answer, Call};
use harness::person::{Account, PASSWORD, stranger};
use harness::stack::{SERVICES, Stack};
use reqwest::Method;
use serde_json::json;

/// What a service takes at most.
const BODY_LIMIT_BYTES: usize = 64 * 1024;

/// Every call that must have a body, by the service that takes it. The ids name nothing: what is no body is refused before.
const CALLS_WITH_A_BODY: [(&str, Method, &str); 18] = [
    ("customer", Method::POST, "/customer/register"),
    ("customer", Method::POST, "/company/register"),
    ("customer", Method::POST, "/customer/login"),
    ("customer", Method::POST, "/company/login"),
    ("customer", Method::POST, "/customer/token"),
    ("customer", Method::POST, "/company/token"),
    ("customer", Method::POST, "/customer/logout"),
    ("customer", Method::POST, "/company/logout"),
    ("customer", Method::PUT, "/customer/profile"),
    ("customer", Method::POST, "/customer/phone/verify"),
    ("customer", Method::POST, "/customer/phone/verify/check"),
    ("company", Method::POST, "/company"),
    ("company", Method::PUT, "/company/01900000-0000-7000-8000-000000000000"),
    ("company", Method::POST, "/company/01900000-0000-7000-8000-000000000000/location"),
    (
        "company",
        Method::PUT,
        "/company/01900000-0000-7000-8000-000000000000/members/01900000-0000-7000-8000-000000000000",
    ),
    ("booking", Method::POST, "/company/01900000-0000-7000-8000-000000000000/offers"),
    (
        "booking",
        Method::PUT,
        "/company/01900000-0000-7000-8000-000000000000/offers/01900000-0000-7000-8000-000000000000",
    ),
    ("payment", Method::POST, "/customer/payment/top-up"),
];

/// Sends what `prepare` makes of every call through both doors, and claims the status of all of them at once.
async fn everywhere(status: u16, prepare: impl Fn(Call) -> Call) -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let mut flaws = Vec::new();
    for (service, method, path) in CALLS_WITH_A_BODY {
        for door in stack.doors(service) {
            match prepare(door.call(method.clone(), path).token(account.token())).await {
                Ok(answer) => flaws.extend(flaw_of(&answer, status)),
                Err(error) => flaws.push(format!("{error:#}")),
            }
        }
    }
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    Ok(())
}

fn flaw_of(answer: &Answer, status: u16) -> Option<String> {
    if answer.status != status {
        return Some(format!("{}: {} instead of {status}: {}", answer.title, answer.status, answer.text()));
    }
    answer.problem().err().map(|flaw| format!("{}: {flaw}: {}", answer.title, answer.text()))
}

#[tokio::test]
async fn what_is_not_json_is_400() -> anyhow::Result<()> {
    let deep = "{\"a\":".repeat(10_000);
    let bodies = ["", " ", "{", "{\"email\":", "email=a&password=b", "{'email': 'a'}", "\u{feff}{}", &deep];
    for body in bodies {
        everywhere(400, |call| call.body(body)).await?;
    }

    let stack = Stack::running().await?;
    let bodies: [&[u8]; 3] = [
        br#"{"email": "a@example.com", "password": "correct horse"} and more"#,
        b"{\"email\": \"\xff\xfe\", \"password\": \"correct horse\"}",
        br#"{"email": "\ud800", "password": "correct horse"}"#,
    ];
    for door in stack.doors("customer") {
        for body in bodies {
            let answer = door.post("/customer/login").body(body).await?;
            assert_eq!(flaw_of(&answer, 400), None, "{:.100}", String::from_utf8_lossy(body));
        }
    }
    Ok(())
}

#[tokio::test]
async fn json_of_another_shape_is_422() -> anyhow::Result<()> {
    for body in ["null", "5", "\"text\"", "true"] {
        everywhere(422, |call| call.body(body)).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_body_that_is_not_said_to_be_json_is_415() -> anyhow::Result<()> {
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonp",
        "*/*",
        "json",
    ] {
        everywhere(415, |call| call.header("Content-Type", content_type).untyped_body("{}")).await?;
    }
    everywhere(415, |call| call.untyped_body("{}")).await
}

#[tokio::test]
async fn a_body_of_a_megabyte_is_413() -> anyhow::Result<()> {
    let body = json!({ "email": "x".repeat(1_000_000) }).to_string();
    for _ in 0..5 {
        everywhere(413, |call| call.body(body.clone())).await?;
    }
    Ok(())
}

#[tokio::test]
async fn the_limit_of_a_body_is_64_kib() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for door in stack.doors("customer") {
        for (length, status) in [(BODY_LIMIT_BYTES, 401), (BODY_LIMIT_BYTES + 1, 413)] {
            // Spaces around it leave a body what it is.
            let mut login = json!({ "email": stranger().email, "password": PASSWORD }).to_string();
            login.push_str(&" ".repeat(length - login.len()));
            door.post("/customer/login").body(login).await?.refused(status);
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_field_given_twice_is_refused() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for door in stack.doors("customer") {
        let body = r#"{"email": "a@example.com", "email": "b@example.com", "password": "correct horse"}"#;
        door.post("/customer/login").body(body).await?.refused(422);
    }
    Ok(())
}

#[tokio::test]
async fn a_path_that_is_not_there_is_404_and_a_wrong_method_405() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for name in SERVICES {
        for path in [
            "",
            "/",
            "/nothing",
            "/customer/nothing",
            "/customer/profile/nothing",
            "/%00",
            "/..%2f..%2fetc%2fpasswd",
        ] {
            stack.service(name).get(path).await?.refused(404);
        }
        stack.service(name).plain(Method::GET, "/").await?.refused(404);
    }
    for (method, path) in [
        (Method::GET, "/customer/register"),
        (Method::DELETE, "/customer/profile"),
        (Method::POST, "/customer/session"),
        (Method::PATCH, "/customer/login"),
    ] {
        stack.service("customer").call(method.clone(), path).await?.refused(405);
        let answer = stack.gateway.call(method, path).await?;
        assert!([404, 405].contains(&answer.status), "{}: {}", answer.title, answer.status);
    }
    Ok(())
}
