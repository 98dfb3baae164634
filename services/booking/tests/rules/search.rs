//! A search finds what can be booked and what its filters say, page by page, and nothing else.

use booking::domain::search::{AfterPrice, AfterStart, Filter, FilterQuery, Order, PageQuery, Search};
use booking::store::search as offers_found;
use contracts::ids::OfferId;
use contracts::messages::company::CompanyChanged;
use contracts::money::Money;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::de::DeserializeOwned;
use sqlx::PgPool;

use crate::support::{client, company, company_id, now, offer_at, reserve, tell_company};

/// 10:00 in Moscow, some days from now.
async fn morning(pool: &PgPool, days: i64) -> Timestamp {
    let day = SignedDuration::from_hours(24);
    let midnight = now(pool).await.as_second() / day.as_secs() * day.as_secs();
    Timestamp::from_second(midnight).unwrap()
        + day * i32::try_from(days).unwrap()
        + SignedDuration::from_hours(7)
}

fn query<Q: DeserializeOwned>(text: &str) -> Q {
    let uri: axum::http::Uri = format!("/?{text}").parse().unwrap();
    axum::extract::Query::<Q>::try_from_uri(&uri).unwrap().0
}

async fn search(pool: &PgPool, text: &str) -> Search {
    Search::parse(&query::<FilterQuery>(text), &query::<PageQuery>(text), now(pool).await).unwrap()
}

async fn found(pool: &PgPool, text: &str) -> Vec<OfferId> {
    let search = search(pool, text).await;
    let offers = offers_found::find(&mut pool.acquire().await.unwrap(), &search).await.unwrap();
    offers.into_iter().map(|offer| offer.id).collect()
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn every_filter_keeps_what_it_says(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let (one, two, three) = (morning(&pool, 1).await, morning(&pool, 2).await, morning(&pool, 3).await);
    let noon = two + SignedDuration::from_hours(2);
    let heart = offer_at(&pool, 20, one, Money(200_000)).await.unwrap();
    let eyes = offer_at(&pool, 16, noon, Money(100_000)).await.unwrap();
    let yoga = offer_at(&pool, 31, three, Money(50_000)).await.unwrap();
    let fun = offer_at(&pool, 6, three, Money(50_001)).await.unwrap();
    let both = |a, b| format!("from={a}&to={b}");
    for (text, expected) in [
        (String::new(), vec![heart, eyes, yoga, fun]),
        ("service_id=20".to_owned(), vec![heart]),
        ("service_id=3".to_owned(), vec![heart, eyes]),
        ("service_id=6".to_owned(), vec![fun]),
        ("service_id=7".to_owned(), vec![]),
        // Both ends are inclusive.
        (both(one, one), vec![heart]),
        (both(one, noon), vec![heart, eyes]),
        (both(one + SignedDuration::from_secs(1), noon - SignedDuration::from_secs(1)), vec![]),
        // On the venue's clock.
        ("time_from=12:00".to_owned(), vec![eyes]),
        ("time_to=10:00".to_owned(), vec![heart, yoga, fun]),
        ("time_from=10:00&time_to=10:00".to_owned(), vec![heart, yoga, fun]),
        ("time_from=11:00&time_to=10:30".to_owned(), vec![heart, eyes, yoga, fun]),
        ("time_from=10:01&time_to=11:59".to_owned(), vec![]),
        ("price_min=1000".to_owned(), vec![heart, eyes]),
        ("price_max=500".to_owned(), vec![yoga]),
        ("price_min=500.01&price_max=1000.00".to_owned(), vec![eyes, fun]),
        ("q=%D0%B9%D0%BE%D0%B3".to_owned(), vec![yoga]),
        ("q=cardio".to_owned(), vec![heart]),
        ("q=%D1%81%D0%B5%D1%80%D0%B4%D1%86%D0%B5".to_owned(), vec![heart, eyes, yoga, fun]),
        ("q=%25".to_owned(), vec![]),
        (format!("company_id={}", company_id()), vec![heart, eyes, yoga, fun]),
        (format!("company_id={}", client(1)), vec![]),
        ("sort=price&price_max=2000".to_owned(), vec![yoga, fun, eyes, heart]),
        ("sort=datetime&service_id=3&price_min=1000&q=cardio&time_from=09:00".to_owned(), vec![heart]),
    ] {
        let mut found = found(&pool, &text).await;
        let mut expected = expected;
        // Of the same start, the id decides.
        if !text.starts_with("sort=price") {
            found.sort_unstable();
            expected.sort_unstable();
        }
        assert_eq!(found, expected, "{text}");
    }
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn only_what_can_be_booked_is_found(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let day = morning(&pool, 1).await;
    let (held, withdrawn, free) = (
        offer_at(&pool, 20, day, Money(1)).await.unwrap(),
        offer_at(&pool, 19, day, Money(1)).await.unwrap(),
        offer_at(&pool, 18, day, Money(1)).await.unwrap(),
    );
    offer_at(&pool, 17, now(&pool).await - SignedDuration::from_secs(1), Money(1)).await.unwrap();
    reserve(&pool, client(1), held).await;
    sqlx::query("update offers set status = 'withdrawn' where id = $1")
        .bind(withdrawn.0)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(found(&pool, "from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z").await, [free]);
    tell_company(&pool, &CompanyChanged { active: false, ..company() }, 2).await;
    assert_eq!(found(&pool, "").await, []);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn pages_hold_every_offer_once_in_their_order(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let (first, second) = (morning(&pool, 1).await, morning(&pool, 2).await);
    for service in 7..=34 {
        for (day, price) in [(first, 200), (second, 100)] {
            offer_at(&pool, service, day, Money(price)).await.unwrap();
        }
    }
    for order in [Order::ByStart(None), Order::ByPrice(None)] {
        let mut search = search(&pool, "limit=10").await;
        search.order = order;
        let mut seen = Vec::new();
        loop {
            let mut page = offers_found::find(&mut pool.acquire().await.unwrap(), &search).await.unwrap();
            let more = page.len() > 10;
            page.truncate(10);
            let last = page.last().unwrap().clone();
            seen.extend(page.into_iter().map(|offer| (offer.price, offer.starts_at, offer.id)));
            if !more {
                break;
            }
            search.order = match order {
                Order::ByStart(_) => {
                    Order::ByStart(Some(AfterStart { starts_at: last.starts_at, id: last.id }))
                }
                Order::ByPrice(_) => Order::ByPrice(Some(AfterPrice {
                    price: last.price.0,
                    starts_at: last.starts_at,
                    id: last.id,
                })),
            };
        }
        assert_eq!(seen.len(), 56);
        let ordered = match order {
            Order::ByStart(_) => seen.is_sorted_by_key(|(_, starts_at, id)| (*starts_at, *id)),
            Order::ByPrice(_) => seen.is_sorted(),
        };
        assert!(ordered, "{order:?}");
    }
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_summary_counts_what_the_search_finds_with_the_first_day_of_the_venue(pool: PgPool) {
    let far = CompanyChanged { time_zone: "Asia/Kamchatka".to_owned(), ..company() };
    tell_company(&pool, &far, 1).await;
    let (one, two) = (morning(&pool, 1).await, morning(&pool, 2).await);
    // Still this day in Moscow, and the next one where the venue is.
    let late = two + SignedDuration::from_hours(6);
    for (service, start) in [(7, two), (7, late), (8, one), (20, late)] {
        offer_at(&pool, service, start, Money(100)).await.unwrap();
    }
    let counted = async |text: &str| {
        let filter = Filter::parse(&query(text), now(&pool).await).unwrap();
        let counted = offers_found::count(&mut pool.acquire().await.unwrap(), &filter).await.unwrap();
        counted.into_iter().map(|line| (line.service.id.0, line.offers, line.first_day)).collect::<Vec<_>>()
    };
    let day = |start: Timestamp| start.to_zoned(TimeZone::UTC).date();
    let after = day(two).tomorrow().unwrap();
    assert_eq!(counted("").await, [(7, 2, day(two)), (8, 1, day(one)), (20, 1, after)]);
    assert_eq!(counted("service_id=1").await, [(7, 2, day(two)), (8, 1, day(one))]);
    assert_eq!(counted(&format!("from={late}")).await, [(7, 1, after), (20, 1, after)]);
    assert_eq!(counted("service_id=9").await, []);
}

/// A hundred thousand open offers of a thousand companies in the coming month.
async fn a_city(pool: &PgPool) {
    let companies = "insert into companies
                         (company_id, name, address, phone, time_zone, free_until_hours, late_refund_percent, active,
                          revision)
                     select ('00000000-0000-0000-0000-' || lpad(n::text, 12, '0'))::uuid, 'Клиника ' || n, 'Москва',
                            '+7 495 123-45-67', 'Europe/Moscow', 24, 0, true, 1
                     from generate_series(0, 999) as n";
    let offers = "insert into offers
                      (id, company_id, service_id, category_id, starts_at, duration_min, price, currency)
                  select gen_random_uuid(), ('00000000-0000-0000-0000-' || lpad((n % 1000)::text, 12, '0'))::uuid,
                         7 + n % 28, case when n % 28 < 4 then 1 else 5 end,
                         now() + interval '1 hour' + n * interval '20 seconds', 60, 100 + n % 1000, 'RUB'
                  from generate_series(0, 99999) as n";
    for statement in [companies, offers, "analyze companies", "analyze offers"] {
        sqlx::raw_sql(statement).execute(pool).await.unwrap();
    }
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn no_search_by_start_reads_the_whole_table_or_sorts(pool: PgPool) {
    a_city(&pool).await;
    let after = AfterStart {
        starts_at: now(&pool).await + SignedDuration::from_hours(200),
        id: OfferId(uuid::Uuid::nil()),
    };
    for text in [
        "service_id=7",
        "service_id=5",
        "company_id=00000000-0000-0000-0000-000000000007",
        "",
        "service_id=7&price_max=5",
        "time_from=10:00&time_to=12:00",
    ] {
        for order in [Order::ByStart(None), Order::ByStart(Some(after))] {
            let search = Search { order, ..search(&pool, text).await };
            let mut explained = offers_found::statement("explain (costs off) ", &search);
            let plan: Vec<String> = explained.build_query_scalar().fetch_all(&pool).await.unwrap();
            let plan = plan.join("\n");
            assert!(plan.contains("using offers_"), "{text} {order:?}\n{plan}");
            assert!(!plan.contains("Seq Scan") && !plan.contains("Sort"), "{text} {order:?}\n{plan}");
        }
    }
}
