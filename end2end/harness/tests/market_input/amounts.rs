//! Money: read exactly or refused.

use contracts::http::booking::Offer;
use contracts::money::Money;
use serde_json::{Value, json};

use crate::{Market, PRICE, refused_by_field};

/// As they stand in a JSON body.
const REFUSED: [(&str, &str); 22] = [
    ("-1", "not_positive"),
    ("-0.01", "not_positive"),
    ("\"-1500.00\"", "not_positive"),
    ("0", "not_positive"),
    ("0.00", "not_positive"),
    ("\"0\"", "not_positive"),
    ("-0", "not_positive"),
    ("1.001", "too_precise"),
    ("\"1.005\"", "too_precise"),
    ("0.001", "too_precise"),
    ("10000000.01", "too_large"),
    ("99999999999999999999", "too_large"),
    ("1e30", "not_an_amount"),
    ("1E2", "not_an_amount"),
    ("\"1e2\"", "not_an_amount"),
    ("\"\"", "not_an_amount"),
    ("\"ten\"", "not_an_amount"),
    ("\"NaN\"", "not_an_amount"),
    ("\"1,50\"", "not_an_amount"),
    ("true", "not_an_amount"),
    ("[100]", "not_an_amount"),
    ("{}", "not_an_amount"),
];

const NOT_JSON: [&str; 5] = ["NaN", "Infinity", "1.", ".5", "+1"];

#[tokio::test]
async fn a_top_up_of_no_amount_is_refused() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    for door in market.stack.doors("payment") {
        let top_up =
            |body: String| door.post("/customer/payment/top-up").token(market.client.token()).body(body);
        for (amount, code) in REFUSED.into_iter().chain([("null", "not_an_amount")]) {
            let body = format!(r#"{{"amount": {amount}}}"#);
            let problem = refused_by_field(top_up(body), "amount", amount).await?;
            assert_eq!(problem.errors[0].code, code, "{amount}");
        }
        for amount in NOT_JSON {
            top_up(format!(r#"{{"amount": {amount}}}"#)).await?.refused(400);
        }
        refused_by_field(top_up("{}".to_owned()), "amount", "missing").await?;
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn an_offer_has_a_price_that_can_be_paid() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    let (publish, offer) =
        (market.shop.path("/offers"), market.shop.path(&format!("/offers/{}", market.offer)));
    for door in market.stack.doors("booking") {
        for (price, code) in REFUSED.into_iter().chain([("null", "not_an_amount")]) {
            let start = market.shop.next_start();
            let body = format!(r#"{{"service_id": 7, "price": {price}, "datetime": "{start}"}}"#);
            let call = door.post(&publish).token(market.shop.owner.token()).body(body);
            let problem = refused_by_field(call, "price", price).await?;
            assert_eq!(problem.errors[0].code, code, "{price}");
        }
        for (price, _) in REFUSED {
            let call = door.put(&offer).token(market.shop.owner.token());
            refused_by_field(call.body(format!(r#"{{"price": {price}}}"#)), "price", price).await?;
        }
        for price in NOT_JSON {
            let body =
                format!(r#"{{"service_id": 7, "price": {price}, "datetime": "2100-01-01T00:00:00Z"}}"#);
            door.post(&publish).token(market.shop.owner.token()).body(body).await?.refused(400);
        }
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn an_expected_price_is_an_amount_and_the_present_one() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    let path = format!("/customer/offer/{}/book", market.offer);
    for door in market.stack.doors("booking") {
        let book = |body: String| door.post(&path).token(market.client.token()).body(body);
        for (price, _) in REFUSED {
            let body = format!(r#"{{"expected_price": {price}}}"#);
            refused_by_field(book(body), "expected_price", price).await?;
        }
        for price in NOT_JSON {
            book(format!(r#"{{"expected_price": {price}}}"#)).await?.refused(400);
        }
        for other in [Money(PRICE.0 - 1), Money(PRICE.0 + 1), Money(1)] {
            let problem = book(json!({ "expected_price": other }).to_string()).await?.refused(409);
            assert_eq!(problem.code, "price_changed");
        }
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn an_expected_refund_is_an_amount_and_the_quoted_one() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    let path = format!("/customer/bookings/{}/cancel", market.booking);
    for door in market.stack.doors("booking") {
        let cancel = |body: String| door.post(&path).token(market.client.token()).body(body);
        // Nothing is an amount that may be refunded.
        let zero = ["0", "0.00", "\"0\"", "-0"];
        for (refund, _) in REFUSED.into_iter().filter(|(refund, _)| !zero.contains(refund)) {
            let body = format!(r#"{{"expected_refund": {refund}}}"#);
            refused_by_field(cancel(body), "expected_refund", refund).await?;
        }
        for refund in NOT_JSON {
            cancel(format!(r#"{{"expected_refund": {refund}}}"#)).await?.refused(400);
        }
        let problem = cancel(json!({ "expected_refund": Money(1) }).to_string()).await?.refused(409);
        assert_eq!(problem.code, "quote_changed");
        let long = json!({ "reason": "x".repeat(501) }).to_string();
        refused_by_field(cancel(long), "reason", "too long").await?;
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn a_search_by_price_takes_amounts_only() -> anyhow::Result<()> {
    let market = Market::open().await?;
    for door in market.stack.doors("booking") {
        for field in ["price_min", "price_max"] {
            for price in ["-1", "1.001", "1e30", "ten", ""] {
                let call = door.get("/customer/offers").query(&[(field, price)]);
                refused_by_field(call, field, price).await?;
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_amount_is_kept_to_the_kopeck_however_it_is_written() -> anyhow::Result<()> {
    let market = Market::open().await?;
    for (price, kept) in [
        ("0.01", "0.01"),
        ("12.5", "12.50"),
        ("\"12.50\"", "12.50"),
        ("12.500", "12.50"),
        ("8.7", "8.70"),
        ("4503599.63", "4503599.63"),
        ("10000000", "10000000.00"),
    ] {
        let start = market.shop.next_start();
        let body = format!(r#"{{"service_id": 7, "price": {price}, "datetime": "{start}"}}"#);
        let call = market.stack.gateway.post(&market.shop.path("/offers"));
        let answer = call.token(market.shop.owner.token()).body(body).await?;
        let offer: Offer = answer.clone().parsed(201);
        let body: Value = answer.parsed(201);
        assert_eq!(body["price"], kept, "{price}");
        assert_eq!(body["currency"], "RUB");
        let read: Value = market.stack.gateway.get(&format!("/offers/{}", offer.id)).await?.parsed(200);
        assert_eq!(read["price"], kept, "{price}");
    }
    Ok(())
}
