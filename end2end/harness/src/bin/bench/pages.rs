use std::time::{Duration, Instant};

use anyhow::ensure;
use contracts::money::Money;
use futures::future::try_join_all;
use harness::figures::Times;
use harness::http::Server;
use harness::market::Shop;
use harness::stack::Stack;
use reqwest::Method;

/// Readers, each with one request under way at a time.
const READERS: usize = 8;

const WARM_UP: Duration = Duration::from_secs(1);

/// Offers of which the pages show some.
const OFFERS: usize = 100;

/// A page, and the calls at the gateway that bring the same data.
struct Page {
    name: &'static str,
    path: String,
    calls: Vec<String>,
}

/// A page and its data, read as fast as readers were answered.
pub struct Measured {
    name: &'static str,
    html: Load,
    json: Load,
}

struct Load {
    times: Times,
    lasted: Duration,
    bytes: usize,
}

/// Reads each page, then its data, for so long.
pub async fn measure(stack: &Stack, how_long: Duration) -> anyhow::Result<Vec<Measured>> {
    let shop = Shop::open(stack, 0).await?;
    let offer = shop.publish(stack, OFFERS, Money(10_000)).await?[0];
    let services = "/booking/services".to_owned();
    let company = shop.company.id;
    let pages = [
        Page {
            name: "home",
            path: "/".to_owned(),
            calls: vec![services.clone(), "/customer/offers?limit=6".to_owned()],
        },
        Page {
            name: "search",
            path: format!("/search?company_id={company}"),
            calls: vec![services, format!("/customer/offers?company_id={company}")],
        },
        Page { name: "offer", path: format!("/offers/{offer}"), calls: vec![format!("/offers/{offer}")] },
    ];
    let mut measured = Vec::new();
    for Page { name, path, calls } in pages {
        let html = async || read(&stack.portal, &path, "text/html").await;
        let json = async || {
            let calls = calls.iter().map(|call| format!("/api/v1{call}"));
            let bodies = calls.map(async |call| read(&stack.gateway, &call, "application/json").await);
            Ok(try_join_all(bodies).await?.into_iter().sum())
        };
        load(WARM_UP, &html).await?;
        let html = load(how_long, &html).await?;
        load(WARM_UP, &json).await?;
        let json = load(how_long, &json).await?;
        eprintln!("{name}: {:.0} pages/s, its data {:.0}/s", html.per_second(), json.per_second());
        measured.push(Measured { name, html, json });
    }
    Ok(measured)
}

/// The length of what is there.
async fn read(server: &Server, path: &str, kind: &str) -> anyhow::Result<usize> {
    let answer = server.plain(Method::GET, path).header("Accept", kind).await?;
    ensure!(answer.status == 200, "{}: {}", answer.title, answer.status);
    Ok(answer.body.len())
}

async fn load(how_long: Duration, read: &impl AsyncFn() -> anyhow::Result<usize>) -> anyhow::Result<Load> {
    let began = Instant::now();
    let readers = (0..READERS).map(async |_| {
        let mut answers = Vec::new();
        while began.elapsed() < how_long {
            let asked = Instant::now();
            answers.push((read().await?, asked.elapsed()));
        }
        anyhow::Ok(answers)
    });
    let answers: Vec<(usize, Duration)> = try_join_all(readers).await?.into_iter().flatten().collect();
    Ok(Load {
        lasted: began.elapsed(),
        bytes: answers.first().map_or(0, |(bytes, _)| *bytes),
        times: Times::new(answers.into_iter().map(|(_, time)| time).collect()),
    })
}

impl Load {
    fn per_second(&self) -> f64 {
        self.times.len() as f64 / self.lasted.as_secs_f64()
    }

    fn row(&self) -> String {
        let ms = |percent| self.times.percentile(percent).as_secs_f64() * 1_000.0;
        format!(
            "{:.0} | {:.1} | {:.1} | {:.1}",
            self.per_second(),
            ms(50),
            ms(99),
            self.bytes as f64 / 1_000.0
        )
    }
}

pub fn print(measured: &[Measured]) {
    println!("\nPages against the same data as JSON through the gateway, {READERS} readers:\n");
    println!(
        "| page | pages/s | p50 ms | p99 ms | KB | JSON: times/s | p50 ms | p99 ms | KB | pages/s of JSON's |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for Measured { name, html, json } in measured {
        let ratio = html.per_second() / json.per_second();
        println!("| {name} | {} | {} | {ratio:.2} |", html.row(), json.row());
    }
}
