//! What nobody has thought of, as far as one can think of it.

use harness::http::{Answer, Server};
use harness::person::{Account, PASSWORD};
use harness::stack::Stack;
use serde_json::json;

#[tokio::test]
async fn nothing_that_is_sent_makes_a_5xx() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let long = "x".repeat(30_000);
    let mut answers = Vec::new();
    for door in stack.doors("customer") {
        for path in strange_paths(&long) {
            answers.push(door.get(&path).token(account.token()).await?);
        }
        for (name, value) in strange_headers(&long) {
            let call = door.get("/customer/profile").token(account.token());
            answers.push(call.header(name, value).await?);
            let call = door.post("/customer/login").header(name, value);
            answers.push(call.json(&json!({ "email": account.person.email, "password": PASSWORD })).await?);
        }
        answers.extend(strange_bodies(door, &account).await?);
    }
    let flaws: Vec<String> = answers
        .iter()
        .filter(|answer| answer.status >= 500)
        .map(|answer| format!("{:.200}: {}: {}", answer.title, answer.status, answer.text()))
        .collect();
    assert!(flaws.is_empty(), "{}", flaws.join("\n"));
    Ok(())
}

fn strange_paths(long: &str) -> Vec<String> {
    [
        "/customer//profile",
        "/customer/profile/",
        "/customer/./profile",
        "/customer/profile%00",
        "/customer/profile%2e%2e",
        "/customer/%70rofile",
        "/customer/profile?",
        "/customer/profile?a=%ff&b=%00&a=1",
        "/customer/profile?limit=-1&cursor=x",
        "/customer/profile;a=b",
        "/CUSTOMER/PROFILE",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([format!("/customer/{long}"), format!("/customer/profile?q={long}")])
    .collect()
}

fn strange_headers(long: &str) -> [(&'static str, &str); 12] {
    [
        ("traceparent", "garbage"),
        ("traceparent", "00-00000000000000000000000000000000-0000000000000000-00"),
        ("tracestate", long),
        ("Accept", "image/png"),
        ("Accept-Language", "*;q=x, ru;q=-5,,,,"),
        ("Idempotency-Key", ""),
        ("If-None-Match", "\"x"),
        ("X-Forwarded-For", "not an address, 999.1.1.1"),
        ("X-Forwarded-For", ""),
        ("Content-Encoding", "gzip"),
        ("Cookie", long),
        ("X-Long", long),
    ]
}

async fn strange_bodies(door: &Server, account: &Account) -> anyhow::Result<Vec<Answer>> {
    let texts = [
        "\u{0}",
        "\u{feff}",
        "\u{202e}",
        "\u{d7ff}\u{e000}",
        "🙂",
        "' or 1=1 --",
        "${jndi:ldap://x}",
        "{{7*7}}",
        "%00",
        "\\",
    ];
    let mut answers = Vec::new();
    for body in ["[".repeat(30_000), "{\"email\":".repeat(5_000), "1e999999".to_owned(), "-".repeat(60_000)] {
        answers.push(door.post("/customer/login").body(body).await?);
    }
    for text in texts {
        let person = json!({ "email": format!("{text}@example.com"), "password": format!("correct horse {text}"), "first_name": text, "last_name": text });
        let profile = json!({ "first_name": text, "last_name": text, "phone": text, "locale": text, "time_zone": text });
        let check = json!({ "phone": text, "code": text });
        answers.push(door.post("/customer/register").json(&person).await?);
        answers.push(door.post("/customer/login").json(&person).await?);
        answers.push(door.post("/customer/token").json(&json!({ "refresh_token": text })).await?);
        answers.push(door.post("/customer/logout").json(&json!({ "refresh_token": text })).await?);
        answers.push(door.put("/customer/profile").token(account.token()).json(&profile).await?);
        answers.push(door.post("/customer/phone/verify").token(account.token()).json(&check).await?);
        answers.push(door.post("/customer/phone/verify/check").token(account.token()).json(&check).await?);
    }
    Ok(answers)
}
