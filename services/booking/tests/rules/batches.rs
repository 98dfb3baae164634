//! A plan becomes offers at once, and what is in its way stays and is listed.

use booking::batches;
use booking::domain::plan::Plan;
use booking::store::companies;
use booking::store::offers::{self, Filter};
use contracts::http::booking::{BatchConflictReason, NewOfferBatch, OfferBatch, OfferStatus};
use contracts::ids::BatchId;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp};
use serde_json::json;
use sqlx::PgPool;

use crate::support::{PRICE, company, company_id, desk, now, offer_at, tell_company, told};

/// Nine o'clock and ten o'clock of every day of a week that begins in seven days, in Moscow.
async fn body(pool: &PgPool) -> (NewOfferBatch, Timestamp) {
    let from = now(pool).await.to_zoned(TimeZone::UTC).date() + Span::new().days(7);
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let weekly = days.map(|weekday| json!({ "weekday": weekday, "times": ["10:00", "09:00"] }));
    let body = json!({
        "service_id": 7,
        "price": "1500.50",
        "from": from.to_string(),
        "to": (from + Span::new().days(6)).to_string(),
        "weekly": weekly,
    });
    let nine = from.to_datetime(jiff::civil::time(6, 0, 0, 0)).to_zoned(TimeZone::UTC).unwrap();
    (serde_json::from_str(&body.to_string()).unwrap(), nine.timestamp())
}

async fn run(pool: &PgPool, body: &NewOfferBatch) -> OfferBatch {
    let mut connection = pool.acquire().await.unwrap();
    let zone = companies::time_zone(&mut connection, company_id()).await.unwrap();
    let plan = Plan::parse(body, now(pool).await).unwrap();
    let slots = plan.slots(&zone, now(pool).await);
    if body.dry_run == Some(true) {
        return batches::preview(&mut connection, company_id(), &plan, &slots).await.unwrap();
    }
    batches::publish(&desk(pool), company_id(), &plan, &slots).await.unwrap()
}

async fn starts_of(pool: &PgPool, batch_id: BatchId) -> Vec<Timestamp> {
    let filter = Filter { batch_id: Some(batch_id), ..Filter::default() };
    let mut connection = pool.acquire().await.unwrap();
    let found = offers::list(&mut connection, company_id(), &filter, 100).await.unwrap();
    assert!(found.iter().all(|offer| offer.price == PRICE && offer.status == OfferStatus::Open));
    found.into_iter().map(|offer| offer.starts_at).collect()
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn what_a_dry_run_says_is_what_happens_then(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let (mut plan, nine) = body(&pool).await;
    let taken = offer_at(&pool, 7, nine, PRICE).await.unwrap();
    let withdrawn = offer_at(&pool, 7, nine + SignedDuration::from_hours(1), PRICE).await.unwrap();
    offers::withdraw(&mut pool.acquire().await.unwrap(), withdrawn, company_id()).await.unwrap();

    plan.dry_run = Some(true);
    let preview = run(&pool, &plan).await;
    assert_eq!((preview.batch_id, preview.created, preview.starts.len()), (None, 13, 13));
    let conflicts: Vec<_> =
        preview.conflicts.iter().map(|it| (it.date, it.time.as_str(), it.reason)).collect();
    let day = nine.to_zoned(TimeZone::UTC).date();
    assert_eq!(conflicts, [(day, "09:00", BatchConflictReason::SameStart)]);
    assert_eq!(told(&pool).await, Vec::<String>::new());

    plan.dry_run = None;
    let done = run(&pool, &plan).await;
    assert_eq!((done.created, &done.conflicts, done.starts.len()), (13, &preview.conflicts, 0));
    assert_eq!(starts_of(&pool, done.batch_id.unwrap()).await, preview.starts);
    assert_eq!(told(&pool).await, vec!["OfferChanged"; 13]);
    assert_eq!(crate::support::read(&pool, taken).await.revision, 1);

    // The same again finds all of it there.
    let again = run(&pool, &plan).await;
    assert_eq!((again.created, again.conflicts.len()), (0, 14));
    assert_eq!(told(&pool).await.len(), 13);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn the_same_plan_twice_at_once_is_published_once(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let (plan, _) = body(&pool).await;
    let (one, two) = tokio::join!(run(&pool, &plan), run(&pool, &plan));
    assert_eq!(one.created + two.created, 14);
    assert_eq!(one.conflicts.len() + two.conflicts.len(), 14);
    assert_eq!(told(&pool).await.len(), 14);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn ten_thousand_are_one_transaction(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let (mut plan, _) = body(&pool).await;
    let times: Vec<String> = (0..1_440).map(|n| format!("{:02}:{:02}", n / 60, n % 60)).collect();
    for day in &mut plan.weekly {
        day.times.clone_from(&times);
    }
    // Six days and 1 360 minutes of the seventh.
    plan.weekly.last_mut().unwrap().times.truncate(1_360);
    let done = run(&pool, &plan).await;
    assert_eq!((done.created, done.conflicts.len()), (10_000, 0));
    assert_eq!(told(&pool).await.len(), 10_000);
}
