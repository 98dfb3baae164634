//! How a search takes to many offers: the same questions to a thousand and to a million.
//!
//! The offers are written straight into the table, as nobody could publish so many here. So it comes behind the audit.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use futures::{StreamExt as _, TryStreamExt as _, stream};
use harness::figures::Times;
use harness::http::Server;
use harness::stack::Stack;
use sqlx::PgConnection;
use uuid::Uuid;

const FEW: i64 = 1_000;
const MANY: i64 = 1_000_000;

/// Of each company; so a search for one finds more than a page.
const OFFERS_A_COMPANY: i64 = 100;

const REQUESTS: usize = 400;
const AT_ONCE: usize = 2;

/// How many pages behind the first the deep one lies, a hundred offers each.
const DEEP: usize = 40;

/// One question, asked of few offers and of many.
pub struct Asked {
    shape: &'static str,
    few: Times,
    many: Times,
}

pub struct Measured {
    many: i64,
    asked: Vec<Asked>,
}

/// `SEARCH_OFFERS=10000000` asks ten million instead of one.
pub async fn measure(stack: &Stack) -> anyhow::Result<Measured> {
    let many = std::env::var("SEARCH_OFFERS").ok().and_then(|count| count.parse().ok()).unwrap_or(MANY);
    let few_times = ask_all(stack, FEW).await?;
    let many_times = ask_all(stack, many).await?;
    let asked = few_times
        .into_iter()
        .zip(many_times)
        .map(|((shape, few), (_, many))| Asked { shape, few, many })
        .collect();
    Ok(Measured { many, asked })
}

async fn ask_all(stack: &Stack, offers: i64) -> anyhow::Result<Vec<(&'static str, Times)>> {
    let mut database = stack.database("booking").await?;
    let began = Instant::now();
    let company = fill(&mut database, offers).await?;
    eprintln!("search: {offers} offers were written in {:.0?}", began.elapsed());
    let booking = stack.service("booking");
    let first = "/customer/offers?limit=100".to_owned();
    let mut shapes = vec![
        ("a service", "/customer/offers?service_id=7".to_owned()),
        ("a parent", "/customer/offers?service_id=1".to_owned()),
        ("a company", format!("/customer/offers?company_id={company}")),
        ("nothing", "/customer/offers".to_owned()),
    ];
    // Of a thousand there is no page so deep: the last one is.
    shapes.push(("a deep page", deep(booking, first).await?));
    let mut asked = Vec::new();
    for (shape, path) in shapes {
        ask(booking, &path, REQUESTS / 4).await?;
        asked.push((shape, ask(booking, &path, REQUESTS).await?));
    }
    Ok(asked)
}

/// So many open offers of the coming month and no others; one of their companies.
async fn fill(database: &mut PgConnection, offers: i64) -> anyhow::Result<Uuid> {
    sqlx::raw_sql(
        "set synchronous_commit = off; update offers set status = 'withdrawn' where status = 'open'",
    )
    .execute(&mut *database)
    .await?;
    let companies: Vec<Uuid> = sqlx::query_scalar(
        "insert into companies
             (company_id, name, address, phone, time_zone, free_until_hours, late_refund_percent, active, revision)
         select gen_random_uuid(), 'Bench ' || n, 'Москва, Тверская, 1', '+7 495 123-45-67', 'Europe/Moscow', 24, 0,
                true, 1
         from generate_series(1, $1) as n
         returning company_id",
    )
    .bind((offers / OFFERS_A_COMPANY).max(1))
    .fetch_all(&mut *database)
    .await?;
    sqlx::query(
        "insert into offers (id, company_id, service_id, category_id, starts_at, duration_min, price, currency)
         select gen_random_uuid(), ($2::uuid[])[1 + n % cardinality($2::uuid[])], service, category,
                now() + interval '1 hour' + n * (interval '29 days' / $1), 60, 100 + n % 1000, 'RUB'
         from generate_series(0, $1 - 1) as n
         cross join lateral (select (array[7, 8, 9, 10, 25, 26, 27, 31])[1 + (n / 7) % 8] as service) as s
         cross join lateral (select case when service < 11 then 1 else 5 end as category) as c",
    )
    .bind(offers)
    .bind(&companies)
    .execute(&mut *database)
    .await?;
    sqlx::raw_sql("vacuum analyze offers").execute(&mut *database).await?;
    sqlx::raw_sql("analyze companies").execute(database).await?;
    companies.first().copied().context("there is a company")
}

/// The address of a page far behind the first, or of the last.
async fn deep(booking: &Server, mut path: String) -> anyhow::Result<String> {
    for _ in 0..DEEP {
        let answer = booking.get(&path).await?.expect(200);
        let Some(next) = answer.header("Link").strip_prefix("</api/v1").and_then(|it| it.split('>').next())
        else {
            break;
        };
        path = next.to_owned();
    }
    Ok(path.replace("limit=100", "limit=50"))
}

async fn ask(booking: &Server, path: &str, requests: usize) -> anyhow::Result<Times> {
    let asked = (0..requests).map(async |_| {
        let began = Instant::now();
        let answer = booking.get(path).await?;
        let took = began.elapsed();
        ensure!(answer.status == 200, "{}: {}", answer.title, answer.status);
        Ok(took)
    });
    let times: Vec<Duration> = stream::iter(asked).buffer_unordered(AT_ONCE).try_collect().await?;
    Ok(Times::new(times))
}

pub fn print(measured: &Measured) {
    let Measured { many, asked } = measured;
    let ms = |times: &Times, percent| format!("{:.1}", times.percentile(percent).as_secs_f64() * 1_000.0);
    println!("\nSearch among {FEW} and {many} open offers, straight at the service:\n");
    println!("| search for | {FEW}: p50 ms | p99 ms | {many}: p50 ms | p99 ms | p99, times that of few |");
    println!("|---|---|---|---|---|---|");
    for Asked { shape, few, many } in asked {
        let ratio = many.percentile(99).as_secs_f64() / few.percentile(99).as_secs_f64();
        println!(
            "| {shape} | {} | {} | {} | {} | {ratio:.1} |",
            ms(few, 50),
            ms(few, 99),
            ms(many, 50),
            ms(many, 99)
        );
    }
}
