//! What is somebody else's.

use contracts::http::booking::{Booking, MyOffer};
use contracts::http::payment::{ToppedUp, Transaction};
use contracts::money::Money;
use harness::market;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{MONEY, Market, PRICE, refused_by_field};

#[tokio::test]
async fn a_company_is_changed_by_its_own_people_only() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let stranger = Market::open().await?;
    let before = market.stored().await?;
    let offer = json!({ "service_id": 7, "price": 1, "datetime": market.shop.next_start().to_string() });
    let calls = [
        ("company", Method::PUT, "", Some(json!({ "name": "Mine now" }))),
        ("company", Method::POST, "/location", Some(json!({ "lat": 0, "lon": 0 }))),
        ("company", Method::POST, "/activate", None),
        ("company", Method::POST, "/deactivate", None),
        ("company", Method::GET, "/members", None),
        ("company", Method::PUT, "/members/{owner}", Some(json!({ "role": "manager" }))),
        ("company", Method::DELETE, "/members/{owner}", None),
        ("booking", Method::POST, "/offers", Some(offer)),
        ("booking", Method::GET, "/offers", None),
        ("booking", Method::PUT, "/offers/{offer}", Some(json!({ "price": 1 }))),
        ("booking", Method::DELETE, "/offers/{offer}", None),
        ("booking", Method::GET, "/bookings", None),
        ("booking", Method::GET, "/bookings/{booking}", None),
        ("booking", Method::POST, "/bookings/{booking}/cancel", None),
        ("booking", Method::POST, "/bookings/{booking}/complete", None),
        ("booking", Method::POST, "/bookings/{booking}/no-show", None),
        ("payment", Method::GET, "/payment/balance", None),
        ("payment", Method::GET, "/payment/transactions", None),
    ];
    for (service, method, path, body) in calls {
        let path = path
            .replace("{owner}", &market.shop.owner.user_id.to_string())
            .replace("{booking}", &market.booking.to_string())
            .replace("{offer}", &market.offer.to_string());
        for door in market.stack.doors(service) {
            // A client, and somebody who owns another company.
            for other in [&market.client, &stranger.shop.owner] {
                let call = door.call(method.clone(), &market.shop.path(&path)).token(other.token());
                let call = match &body {
                    Some(body) => call.json(body),
                    None => call,
                };
                call.await?.refused(403);
            }
        }
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn a_manager_does_not_do_what_is_the_owners() -> anyhow::Result<()> {
    let stack = harness::stack::Stack::running().await?;
    let shop = market::Shop::open(&stack, 2).await?;
    let (manager, other) = (&shop.managers[0], &shop.managers[1]);
    for door in stack.doors("company") {
        for path in ["/activate", "/deactivate"] {
            door.post(&shop.path(path)).token(manager.token()).await?.refused(403);
        }
        for user in [shop.owner.user_id, other.user_id] {
            let path = shop.path(&format!("/members/{user}"));
            door.call(Method::DELETE, &path).token(manager.token()).await?.refused(403);
        }
        let himself = shop.path(&format!("/members/{}", manager.user_id));
        door.put(&himself).token(manager.token()).json(&json!({ "role": "owner" })).await?.refused(403);
        door.get(&shop.path("/members")).token(manager.token()).await?.expect(200);
    }
    Ok(())
}

#[tokio::test]
async fn a_booking_and_a_statement_are_seen_by_their_client_only() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let other = market::client(&market.stack, MONEY).await?;
    let key = market::new_key();
    market::book_patiently(&market.stack.gateway, &market.client, market.offer, &key).await?.expect(200);
    let before = market.stored().await?;
    for door in market.stack.doors("booking") {
        for somebody in [&other, &market.shop.owner] {
            let path = format!("/customer/bookings/{}", market.booking);
            door.get(&path).token(somebody.token()).await?.refused(404);
            door.get(&format!("{path}/cancellation")).token(somebody.token()).await?.refused(404);
            door.post(&format!("{path}/cancel")).token(somebody.token()).await?.refused(404);
            let seen: Vec<Booking> =
                door.get("/customer/bookings").token(somebody.token()).await?.parsed(200);
            assert!(seen.is_empty());
            let held: Vec<MyOffer> =
                door.get("/customer/offers/my").token(somebody.token()).await?.parsed(200);
            assert!(held.is_empty());
        }
        // The same key of another person is another key: the offer is taken, and that is all he learns.
        let taken = market::book(door, &other, market.offer, &key).await?.refused(409);
        assert_eq!(taken.code, "offer_taken");
    }
    for door in market.stack.doors("payment") {
        let statement = door.get("/customer/payment/transactions").token(other.token()).await?;
        let statement: Vec<Transaction> = statement.parsed(200);
        assert!(statement.iter().all(|line| line.booking_id.is_none()));
    }
    assert_eq!(market::balance(&market.stack, &other).await?, MONEY);
    assert_eq!(market::balance(&market.stack, &market.client).await?, MONEY - PRICE);
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn whoever_a_request_names_it_is_the_callers_wallet() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let other = market::client(&market.stack, MONEY).await?;
    let before = market.stored().await?;
    let mut expected = MONEY;
    for door in market.stack.doors("payment") {
        for claim in ["user_id", "owner_id", "client_id", "id", "wallet_id"] {
            let body = json!({ "amount": 1, claim: market.client.user_id, "balance": "9999.00" });
            let call = door.post("/customer/payment/top-up").token(other.token()).json(&body);
            let call = call.header("X-User-Id", &market.client.user_id.to_string());
            expected = expected + Money(100);
            assert_eq!(call.await?.parsed::<ToppedUp>(200).balance, expected, "{claim}");
            let query = [(claim, market.client.user_id.to_string())];
            let query = query.each_ref().map(|(name, value)| (*name, value.as_str()));
            let read = door.get("/customer/payment/balance").token(other.token()).query(&query).await?;
            assert_eq!(read.parsed::<Value>(200)["balance"], json!(expected), "{claim}");
        }
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn a_key_is_for_one_request_and_of_printable_characters() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let second = market.shop.publish(&market.stack, 1, PRICE).await?[0];
    let key = market::new_key();
    market::book_patiently(&market.stack.gateway, &market.client, market.offer, &key).await?.expect(200);
    let top_up = |door: &harness::http::Server, key: &str, amount: i64| {
        let call = door.post("/customer/payment/top-up").token(market.client.token());
        call.header("Idempotency-Key", key).json(&json!({ "amount": amount }))
    };
    let money_key = market::new_key();
    top_up(&market.stack.gateway, &money_key, 5).await?.expect(200);
    let before = market.stored().await?;
    for door in market.stack.doors("booking") {
        let reused = market::book(door, &market.client, second, &key).await?.refused(422);
        assert_eq!(reused.code, "idempotency_key_reused");
        for bad in ["", &"k".repeat(256), "a\tb"] {
            let path = format!("/customer/offer/{second}/book");
            let call = door.post(&path).token(market.client.token()).header("Idempotency-Key", bad);
            // An empty header does not pass the gateway, so there it is no key at all.
            if !(bad.is_empty() && door.name == "gateway") {
                refused_by_field(call, "Idempotency-Key", bad).await?;
            }
        }
        market::book(door, &market.client, market.offer, &key).await?.expect(200);
    }
    for door in market.stack.doors("payment") {
        assert_eq!(top_up(door, &money_key, 6).await?.refused(422).code, "idempotency_key_reused");
        top_up(door, &money_key, 5).await?.expect(200);
        refused_by_field(top_up(door, &"k".repeat(256), 5), "Idempotency-Key", "256").await?;
    }
    market.assert_unchanged(&before).await
}
