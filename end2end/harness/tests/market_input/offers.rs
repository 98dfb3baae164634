//! Offers: a known service at a time to come, once.

use contracts::http::booking::{Offer, OfferDetail};
use harness::market::SERVICE;
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::{Market, refused_by_field};

/// A good offer with something else in it; `null` takes a field out.
fn body_with(market: &Market, change: &Value) -> Value {
    let start = market.shop.next_start().to_string();
    let mut body = json!({ "service_id": SERVICE, "price": "1500.00", "datetime": start });
    let fields = body.as_object_mut().expect("a body is an object");
    for (name, value) in change.as_object().expect("a change is an object") {
        fields.insert(name.clone(), value.clone());
    }
    body
}

fn flaws(now: Timestamp) -> Vec<(&'static str, Value)> {
    let past = |seconds| (now - SignedDuration::from_secs(seconds)).to_string();
    let datetimes = [
        json!(past(1)),
        json!(past(3_600)),
        json!("1999-12-31T23:59:59Z"),
        json!("2100-01-01T00:00:00Z"),
        json!("9999-12-31T23:59:59Z"),
        json!("2027-01-31T10:00:00"),
        json!("2027-01-31"),
        json!("2027-02-30T10:00:00Z"),
        json!("tomorrow"),
        json!(""),
        json!(1_900_000_000),
        json!(null),
        json!({}),
    ];
    let services = [
        json!(0),
        json!(-1),
        json!(35),
        json!(32_767),
        json!(1_000_000_000),
        json!("7"),
        json!(7.5),
        json!(null),
    ];
    let durations =
        [json!(0), json!(4), json!(-60), json!(1_441), json!(1_000_000_000), json!("60"), json!(1e30)];
    let descriptions = [json!("x".repeat(2_001)), json!("a\u{0}b"), json!("a\u{1b}b"), json!(5), json!([])];
    let of = |field: &'static str, values: Vec<Value>| values.into_iter().map(move |value| (field, value));
    of("datetime", datetimes.to_vec())
        .chain(of("service_id", services.to_vec()))
        .chain(of("duration_min", durations.to_vec()))
        .chain(of("description", descriptions.to_vec()))
        .collect()
}

#[tokio::test]
async fn an_offer_that_cannot_be_is_refused_by_the_name_of_the_field() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    let mut database = market.stack.database("booking").await?;
    let now: i64 =
        sqlx::query_scalar("select extract(epoch from now())::bigint").fetch_one(&mut database).await?;
    let (publish, change) =
        (market.shop.path("/offers"), market.shop.path(&format!("/offers/{}", market.offer)));
    for door in market.stack.doors("booking") {
        for (field, value) in flaws(Timestamp::from_second(now)?) {
            let what = format!("{value:.60}");
            let flaw = json!({ field: value });
            let call = door.post(&publish).token(market.shop.owner.token());
            refused_by_field(call.json(&body_with(&market, &flaw)), field, &what).await?;
            // In a change null is what is left out.
            if !value.is_null() {
                let call = door.put(&change).token(market.shop.owner.token()).json(&flaw);
                refused_by_field(call, field, &what).await?;
            }
        }
    }
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn the_same_start_twice_is_a_conflict_however_it_is_written() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let publish = market.shop.path("/offers");
    let body = body_with(&market, &json!({}));
    let start: Timestamp = body["datetime"].as_str().unwrap_or_default().parse()?;
    let token = market.shop.owner.token();
    market.stack.gateway.post(&publish).token(token).json(&body).await?.expect(201);
    let before = market.stored().await?;
    for door in market.stack.doors("booking") {
        for hours in [-11, 0, 3, 14] {
            let offset = TimeZone::fixed(Offset::from_hours(hours)?);
            let written = start.to_zoned(offset).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
            let again = body_with(&market, &json!({ "datetime": written, "price": "1.00" }));
            let problem = door.post(&publish).token(token).json(&again).await?.refused(409);
            assert_eq!(problem.code, "same_start", "{written}");
        }
        let path = market.shop.path(&format!("/offers/{}", market.offer));
        let change = json!({ "datetime": start.to_string() });
        door.put(&path).token(token).json(&change).await?.refused(409);
    }
    market.assert_unchanged(&before).await?;
    // Another service at the same time is another offer.
    let other = body_with(&market, &json!({ "datetime": start.to_string(), "service_id": 8 }));
    market.stack.gateway.post(&publish).token(token).json(&other).await?.expect(201);
    Ok(())
}

#[tokio::test]
async fn of_ten_at_once_with_the_same_start_one_is_published() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let body = body_with(&market, &json!({}));
    let publish = market.shop.path("/offers");
    let answers = futures::future::try_join_all((0..10).map(async |number: usize| {
        let door = market.stack.doors("booking")[number % 2];
        door.post(&publish).token(market.shop.owner.token()).json(&body).await
    }))
    .await?;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409, 409, 409, 409, 409, 409, 409, 409, 409]);
    assert_eq!(market.stored().await?.offers.len(), 3, "beside the two that were there");
    Ok(())
}

#[tokio::test]
async fn a_start_with_any_offset_is_kept_as_the_instant() -> anyhow::Result<()> {
    let market = Market::open().await?;
    for minutes in [-12 * 60, -8 * 60, -210, 0, 60, 180, 345, 14 * 60] {
        let start = market.shop.next_start();
        let offset = TimeZone::fixed(Offset::from_seconds(minutes * 60)?);
        let written = start.to_zoned(offset).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string();
        let body = body_with(&market, &json!({ "datetime": written }));
        let call = market.stack.gateway.post(&market.shop.path("/offers"));
        let offer: Offer = call.token(market.shop.owner.token()).json(&body).await?.parsed(201);
        assert_eq!(offer.datetime, start, "{written}");
        let read: OfferDetail = market.stack.gateway.get(&format!("/offers/{}", offer.id)).await?.parsed(200);
        assert_eq!(
            (read.offer.datetime, read.offer.time_zone.as_str()),
            (start, "Europe/Moscow"),
            "{written}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn what_a_client_may_not_set_is_not_set() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let claims = json!({
        "id": market.offer,
        "status": "booked",
        "revision": 99,
        "company_id": "01900000-0000-7000-8000-000000000000",
        "company_name": "Somebody else",
        "currency": "USD",
        "time_zone": "America/New_York",
    });
    let body = body_with(&market, &claims);
    let call = market.stack.gateway.post(&market.shop.path("/offers"));
    let offer: Value = call.token(market.shop.owner.token()).json(&body).await?.parsed(201);
    assert_ne!(offer["id"], json!(market.offer));
    assert_eq!(offer["status"], "open");
    assert_eq!(offer["company_id"], json!(market.shop.company.id));
    assert_eq!(offer["company_name"], json!(market.shop.company.name));
    assert_eq!(offer["currency"], "RUB");
    assert_eq!(offer["time_zone"], "Europe/Moscow");
    Ok(())
}
