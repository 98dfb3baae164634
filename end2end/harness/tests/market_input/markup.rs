//! Markup and line breaks in what people write.

use std::time::Duration;

use contracts::http::company::NewCompany;
use contracts::money::Money;
use harness::inbox::Mail;
use harness::market::{self, Shop, new_company};
use harness::stack::Stack;
use harness::wait;
use serde_json::{Value, json};

use crate::{Market, PRICE, refused_by_field};

const NAME: &str = "<script>alert(1)</script> \"O'Brien\" & Söhne <b>";
const ADDRESS: &str = "Москва, <img src=x onerror=alert(2)>, {{ 7*7 }} ${7*7} %s";
const DESCRIPTION: &str =
    "<h1>Hi</h1>\n<a href=\"javascript:alert(3)\">click</a>\r\nBcc: everybody@example.com";

#[tokio::test]
async fn markup_is_text_in_answers_and_harmless_in_mails() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let body = NewCompany {
        name: NAME.to_owned(),
        address: ADDRESS.to_owned(),
        description: Some(DESCRIPTION.to_owned()),
        ..new_company()
    };
    let shop = Shop::open_as(&stack, 0, &body).await?;
    let mut offer = serde_json::to_value(shop.new_offer(PRICE))?;
    offer["description"] = json!(DESCRIPTION);
    let published = stack.gateway.post(&shop.path("/offers")).token(shop.owner.token()).json(&offer).await?;
    assert_eq!(published.header("Content-Type"), "application/json");
    let published: Value = published.parsed(201);
    let kept = DESCRIPTION.replace("\r\n", "\n");
    assert_eq!((&published["company_name"], &published["description"]), (&json!(NAME), &json!(kept)));
    let id = published["id"].as_str().unwrap_or_default().to_owned();
    let read: Value = stack.gateway.get(&format!("/offers/{id}")).await?.parsed(200);
    assert_eq!((&read["company"]["name"], &read["company"]["address"]), (&json!(NAME), &json!(ADDRESS)));

    let client = market::client(&stack, PRICE).await?;
    market::book_patiently(&stack.gateway, &client, id.parse()?, &market::new_key()).await?.expect(200);
    for reader in [&client, &shop.owner] {
        let address = &reader.person.email;
        let about_it = |mail: &Mail| mail.text.contains("/bookings/").then(|| mail.clone());
        let mail = stack.inbox.find(address, "the mail about the booking", about_it).await?;
        assert_eq!(mail.recipients, [address.as_str()], "nobody else was made a reader");
        for markup in ["<script", "<img src=x", "<b>", "<h1>Hi", "javascript:alert"] {
            assert!(!mail.html.contains(markup), "{markup} in {}", mail.html);
        }
        assert!(mail.text.contains(NAME), "who reads text reads the name as it is: {}", mail.text);
        assert!(mail.html.contains("alert(1)"), "who reads HTML reads it too: {}", mail.html);
        assert!(mail.text.contains(ADDRESS), "nothing computes: {}", mail.text);
        assert!(!mail.subject.contains(['\r', '\n']), "{:?}", mail.subject);
    }
    Ok(())
}

#[tokio::test]
async fn a_line_break_in_a_line_is_refused_by_the_name_of_the_field() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    let broken =
        ["a\r\nBcc: everybody@example.com", "a\nb", "a\rb", "a\u{2028}b", "a\u{0}b", "a\u{85}b", "", "   "];
    for door in market.stack.doors("company") {
        for text in broken {
            for field in ["name", "address"] {
                let owner = market.shop.owner.token();
                let call = door.put(&market.shop.path("")).token(owner).json(&json!({ field: text }));
                refused_by_field(call, field, text).await?;
                let mut body = serde_json::to_value(new_company())?;
                body[field] = json!(text);
                refused_by_field(door.post("/company").token(owner).json(&body), field, text).await?;
            }
        }
        for (field, longest) in [("name", 100), ("address", 300), ("description", 2_000)] {
            let text = "ы".repeat(longest + 1);
            let call = door.put(&market.shop.path("")).token(market.shop.owner.token());
            refused_by_field(call.json(&json!({ field: text })), field, "too long").await?;
        }
    }
    for door in market.stack.doors("customer") {
        for text in broken.into_iter().chain(["<b>Anna</b>", "\u{1b}[31m"]) {
            let call = door.put("/customer/profile").token(market.client.token());
            refused_by_field(call.json(&json!({ "first_name": text })), "first_name", text).await?;
        }
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn a_name_of_any_script_comes_back_as_it_was_and_stands_in_the_mail() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let name = "محمد 山田 O'Brien-Ёлкина";
    let shop = Shop::open(&stack, 0).await?;
    let client = market::client(&stack, Money(PRICE.0)).await?;
    let change = json!({ "first_name": name });
    let profile = stack.gateway.put("/customer/profile").token(client.token()).json(&change).await?;
    assert_eq!(profile.parsed::<Value>(200)["first_name"], name);
    let mut database = stack.database("notification").await?;
    let select = "select first_name from contacts where user_id = $1 and first_name = $2";
    wait::until("notification learns of the name", Duration::from_secs(15), async || {
        let known: Option<String> = sqlx::query_scalar(select)
            .bind(client.user_id.0)
            .bind(name)
            .fetch_optional(&mut database)
            .await?;
        Ok(known)
    })
    .await?;
    let offer = shop.publish(&stack, 1, PRICE).await?[0];
    market::book_patiently(&stack.gateway, &client, offer, &market::new_key()).await?.expect(200);
    let named = |mail: &Mail| mail.text.contains(name).then_some(());
    stack.inbox.find(&client.person.email, "the client's mail with his name", named).await?;
    stack.inbox.find(&shop.owner.person.email, "the company's mail with the client's name", named).await?;
    Ok(())
}
