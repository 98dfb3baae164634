//! A company's week: planned at once, searched, counted, sold and summed up.

use contracts::http::booking::{BatchConflictReason, CompanySummary, Offer, OfferBatch, ServiceSummary};
use contracts::ids::ServiceId;
use contracts::money::Money;
use harness::http::fields;
use harness::market::{self, Shop};
use harness::stack::Stack;
use jiff::Span;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

/// A Monday some weeks from now, and what a plan for its week says.
fn plan(shop: &Shop, weeks: i64) -> (jiff::civil::Date, Value) {
    let today = shop.next_start().to_zoned(TimeZone::UTC).date();
    let ahead = 7 * weeks + 7 - i64::from(today.weekday().to_monday_zero_offset());
    let monday = today.checked_add(Span::new().days(ahead)).unwrap_or(today);
    let sunday = monday.checked_add(Span::new().days(6)).unwrap_or(today);
    let days = ["monday", "wednesday", "friday"];
    let body = json!({
        "service_id": 7,
        "price": "1200.50",
        "duration_min": 45,
        "from": monday.to_string(),
        "to": sunday.to_string(),
        "weekly": days.map(|weekday| json!({ "weekday": weekday, "times": ["10:00", "11:30"] })),
    });
    (monday, body)
}

#[tokio::test]
async fn a_week_is_planned_tried_published_found_sold_and_summed_up() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let (monday, mut body) = plan(&shop, 2);
    let post = async |body: &Value| {
        stack.gateway.post(&shop.path("/offers/batch")).token(shop.owner.token()).json(body).await
    };

    body["dry_run"] = json!(true);
    let preview: OfferBatch = post(&body).await?.parsed(200);
    assert_eq!((preview.batch_id, preview.created, preview.conflicts.len()), (None, 6, 0));
    // Ten o'clock in Moscow.
    assert_eq!(preview.starts[0].to_string(), format!("{monday}T07:00:00Z"));
    let list = async |query: &str| -> anyhow::Result<Vec<Offer>> {
        let path = format!("{}?{query}", shop.path("/offers"));
        Ok(stack.gateway.get(&path).token(shop.owner.token()).await?.parsed(200))
    };
    assert_eq!(list("").await?, []);

    body["dry_run"] = json!(false);
    let made: OfferBatch = post(&body).await?.parsed(201);
    let batch_id = made.batch_id.expect("it was published");
    let offers = list(&format!("batch_id={batch_id}")).await?;
    assert_eq!(offers.iter().map(|offer| offer.datetime).collect::<Vec<_>>(), preview.starts);
    assert!(offers.iter().all(|offer| offer.price == Money(120_050) && offer.duration_min == 45));

    // All of it is there already.
    let again: OfferBatch = post(&body).await?.parsed(201);
    assert_eq!((again.created, again.conflicts.len()), (0, 6));
    assert!(again.conflicts.iter().all(|it| it.reason == BatchConflictReason::SameStart));
    assert_eq!((again.conflicts[0].date, again.conflicts[0].time.as_str()), (monday, "10:00"));

    let summary =
        format!("/customer/offers/summary?company_id={}&to={}", shop.company.id, "2099-01-01T00:00:00Z");
    let counted: Vec<ServiceSummary> = stack.gateway.get(&summary).await?.parsed(200);
    let [line] = &counted[..] else { panic!("{counted:?}") };
    assert_eq!((line.service_id, line.parent_id, line.offers), (ServiceId(7), Some(ServiceId(1)), 6));
    assert_eq!(line.first_day, monday);

    let client = market::client(&stack, Money(1_000_000)).await?;
    for offer in &offers[..2] {
        market::book_patiently(&stack.gateway, &client, offer.id, &market::new_key()).await?.expect(200);
    }
    let week = monday.iso_week_date();
    let week = format!("{:04}-W{:02}", week.year(), week.week());
    let path = format!("{}?week={week}", shop.path("/summary"));
    let sums: CompanySummary = stack.gateway.get(&path).token(shop.owner.token()).await?.parsed(200);
    assert_eq!((sums.week, sums.offers, sums.booked, sums.visits), (week, 6, 2, 2));
    assert_eq!((sums.fill_rate_percent, sums.revenue), (Some(33), Money(240_100)));
    let now: CompanySummary =
        stack.gateway.get(&shop.path("/summary")).token(shop.owner.token()).await?.parsed(200);
    assert_eq!((now.offers, now.fill_rate_percent, now.revenue), (0, None, Money::ZERO));
    for week in ["", "49", "2026-W54", "2026-49", "now"] {
        let path = format!("{}?week={week}", shop.path("/summary"));
        let problem = stack.gateway.get(&path).token(shop.owner.token()).await?.refused(422);
        assert_eq!(fields(&problem), ["week"], "{week}");
    }
    Ok(())
}

#[tokio::test]
async fn a_plan_that_cannot_be_is_refused_by_field_and_publishes_nothing() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let (_, good) = plan(&shop, 1);
    for (changes, field) in [
        (json!({ "service_id": 99 }), "service_id"),
        (json!({ "price": -1 }), "price"),
        (json!({ "price": "1.005" }), "price"),
        (json!({ "from": "yesterday" }), "from"),
        (json!({ "to": "2020-01-01" }), "to"),
        (json!({ "to": "2999-01-01" }), "to"),
        (json!({ "duration_min": 100_000 }), "duration_min"),
        (json!({ "weekly": [] }), "weekly"),
        (json!({ "weekly": [{ "weekday": "someday", "times": ["10:00"] }] }), "weekly[0].weekday"),
        (json!({ "weekly": [{ "weekday": "monday", "times": ["25:00"] }] }), "weekly[0].times[0]"),
        (json!({ "weekly": "monday" }), "weekly"),
        (json!({ "dry_run": "yes" }), "dry_run"),
    ] {
        let mut body = good.clone();
        for (name, value) in changes.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let call = stack.gateway.post(&shop.path("/offers/batch")).token(shop.owner.token());
        assert_eq!(fields(&call.json(&body).await?.refused(422)), [field], "{changes}");
    }
    let listed = stack.gateway.get(&shop.path("/offers")).token(shop.owner.token()).await?;
    assert_eq!(listed.parsed::<Vec<Offer>>(200), []);
    let problem = stack
        .gateway
        .get(&format!("{}?batch_id=1", shop.path("/offers")))
        .token(shop.owner.token())
        .await?
        .refused(422);
    assert_eq!(fields(&problem), ["batch_id"]);
    Ok(())
}

#[tokio::test]
async fn ten_thousand_offers_are_published_at_once() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let (monday, mut body) = plan(&shop, 1);
    // Ten weeks of every tenth minute, but for the evenings of Sundays.
    body["to"] = json!(monday.checked_add(Span::new().days(69))?.to_string());
    let times: Vec<String> = (0..144).map(|n| format!("{:02}:{:02}", n / 6, n % 6 * 10)).collect();
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    body["weekly"] = json!(days.map(|weekday| json!({
        "weekday": weekday,
        "times": if weekday == "sunday" { &times[..136] } else { &times[..] },
    })));
    let began = std::time::Instant::now();
    let call = stack.gateway.post(&shop.path("/offers/batch")).token(shop.owner.token());
    let made: OfferBatch = call.json(&body).await?.parsed(201);
    println!("10 000 offers from {monday} on in {:?}, goal 2 s", began.elapsed());
    assert_eq!((made.created, made.conflicts.len()), (10_000, 0));
    let summary = format!("/customer/offers/summary?company_id={}&to=2099-01-01T00:00:00Z", shop.company.id);
    let counted: Vec<ServiceSummary> = stack.gateway.get(&summary).await?.parsed(200);
    assert_eq!(counted.iter().map(|line| line.offers).sum::<i64>(), 10_000);
    Ok(())
}
