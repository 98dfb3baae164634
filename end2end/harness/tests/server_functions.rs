//! Server functions are public addresses: each one is called without a session, and with the ids of somebody else.
//! That none is missing from the table is checked where they are linked, in `server/tests/pages.rs`.

use contracts::http::booking::Booking;
use contracts::money::Money;
use harness::browser::Browser;
use harness::http::Answer;
use harness::market::{self, Shop};
use harness::person::Account;
use harness::stack::{self, Stack};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// A line of `end2end/functions.json`. `$booking` and its like stand for the ids of somebody else.
#[derive(Deserialize)]
struct Function {
    path: String,
    who: Who,
    #[serde(default = "post")]
    method: String,
    #[serde(default)]
    args: Map<String, Value>,
    json: Option<Value>,
    /// What a stranger with a session is told; nothing where there is nothing of somebody else's.
    stranger: Option<String>,
}

fn post() -> String {
    "POST".to_owned()
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Who {
    Anybody,
    Person,
}

fn functions() -> anyhow::Result<Vec<Function>> {
    Ok(serde_json::from_slice(&std::fs::read(stack::project().join("end2end/functions.json"))?)?)
}

impl Function {
    async fn call(&self, stack: &Stack, browser: &Browser, ids: &[(&str, String)]) -> anyhow::Result<Answer> {
        let text = |value: &Value| {
            let text = value.as_str().unwrap_or_default();
            ids.iter().find(|(name, _)| *name == text).map_or_else(|| text.to_owned(), |(_, id)| id.clone())
        };
        let args: Vec<(&str, String)> =
            self.args.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
        let args: Vec<(&str, &str)> = args.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let cookie = browser.cookie("__Host-session").map(|value| format!("__Host-session={value}"));
        let mut call = stack
            .portal
            .plain(Method::from_bytes(self.method.as_bytes())?, &self.path)
            .header("Accept", "application/json")
            .header("Origin", &stack.portal.url)
            .header("Cookie", &cookie.unwrap_or_default());
        call = match (&self.json, self.method.as_str()) {
            (Some(body), _) => call.json(body),
            (None, "GET") => call.query(&args),
            (None, _) => call.form(&args),
        };
        call.await
    }
}

fn is_refusal(answer: &Answer, name: &str) -> bool {
    answer.status == 200
        && serde_json::from_str::<Value>(&answer.text()).is_ok_and(|body| body == json!({ "Err": name }))
}

#[tokio::test]
async fn who_has_no_session_gets_only_what_is_for_anybody() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let offer = shop.publish(&stack, 1, Money(10_000)).await?[0];
    let nobody = Browser::new(&stack);
    let ids = [
        ("$offer", offer.to_string()),
        ("$company", shop.company.id.to_string()),
        ("$booking", offer.to_string()),
        ("$nothing", offer.to_string()),
    ];
    for function in functions()? {
        let answer = function.call(&stack, &nobody, &ids).await?;
        if function.who == Who::Anybody {
            assert!(answer.text().starts_with(r#"{"Ok":"#), "{}: {}", function.path, answer.text());
        } else {
            assert!(
                is_refusal(&answer, "SignedOut"),
                "{}: {} {}",
                function.path,
                answer.status,
                answer.text()
            );
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_stranger_gets_nothing_of_somebody_else() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let offers = shop.publish(&stack, 2, Money(10_000)).await?;
    let client = market::client(&stack, Money(50_000)).await?;
    let booked = market::book(&stack.gateway, &client, offers[0], &market::new_key()).await?;
    let booking: Booking = booked.parsed(200);
    let stranger = Account::register(&stack.gateway).await?;
    let mut browser = Browser::new(&stack);
    browser.sign_in("/", &stranger.person).await?.expect(200);
    let ids = [
        ("$offer", offers[1].to_string()),
        ("$company", shop.company.id.to_string()),
        ("$booking", booking.id.to_string()),
        ("$nothing", booking.id.to_string()),
    ];
    let mut refused = 0;
    for function in functions()? {
        let Some(expected) = &function.stranger else { continue };
        let answer = function.call(&stack, &browser, &ids).await?;
        assert!(is_refusal(&answer, expected), "{}: {} {}", function.path, answer.status, answer.text());
        refused += 1;
    }
    assert!(refused > 10);
    // Nothing has changed by all that.
    let path = format!("/customer/bookings/{}", booking.id);
    let after: Booking = stack.gateway.get(&path).token(client.token()).await?.parsed(200);
    assert_eq!((after.status, after.revision >= booking.revision), (booking.status, true));
    Ok(())
}
