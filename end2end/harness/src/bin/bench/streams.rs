use std::collections::HashMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use contracts::http::booking::{Offer, OfferDetail};
use contracts::money::Money;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use harness::figures::Times;
use harness::market::Shop;
use harness::process::Process;
use harness::stack::Stack;
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

/// Open pages, as many for each offer.
const STREAMS: usize = 1_000;
const STREAMS_AN_OFFER: usize = 5;

const CHANGES_A_SECOND: u64 = 100;

/// Streams that are being opened at once.
const OPENED_AT_ONCE: usize = 20;

const HEARD_WITHIN: Duration = Duration::from_secs(30);

/// What a stream says.
#[derive(Deserialize)]
struct Change {
    offer_id: String,
    revision: i64,
}

type Heard = (Change, Instant);

/// When a change was asked for and when it was answered; its commit lies between.
struct Made {
    asked: Instant,
    answered: Instant,
}

/// What so many open pages heard of changes.
pub struct Measured {
    changes: usize,
    per_second: f64,
    /// Until somebody read it, from when the change was asked for and from when it was answered.
    from_asked: Times,
    from_answered: Times,
    /// What an open stream takes in the portal, in bytes.
    memory: u64,
}

/// Opens the streams and changes offers for so long; each change concerns [`STREAMS_AN_OFFER`] of them.
pub async fn measure(stack: &Stack, how_long: Duration) -> anyhow::Result<Measured> {
    let shop = Shop::open(stack, 0).await?;
    let offers = shop.publish(stack, STREAMS / STREAMS_AN_OFFER, Money(10_000)).await?;
    let details = offers.iter().map(async |offer| {
        let detail: OfferDetail = stack.gateway.get(&format!("/offers/{offer}")).await?.parsed(200);
        anyhow::Ok(detail.offer)
    });
    let offers: Vec<Offer> = stream::iter(details).buffered(OPENED_AT_ONCE).try_collect().await?;

    let portal = Process::of_stack("portal")?;
    let before = portal.memory()?;
    let (tell, mut heard) = unbounded_channel();
    let mut open = open(stack, &offers, &tell).await?;
    let memory = portal.memory()?.saturating_sub(before) / STREAMS as u64;
    eprintln!("{STREAMS} streams are open");

    let began = Instant::now();
    let made = change(stack, &shop, &offers, how_long).await?;
    let lasted = began.elapsed();
    let published: HashMap<String, i64> =
        offers.iter().map(|offer| (offer.id.to_string(), offer.revision)).collect();
    let heard = listen(&mut heard, &published, made.len() * STREAMS_AN_OFFER).await?;
    open.shutdown().await;

    let mut from_asked = Vec::new();
    let mut from_answered = Vec::new();
    for (Change { offer_id, revision }, at) in heard {
        let made = made.get(&(offer_id, revision)).context("a stream tells of what nobody did")?;
        from_asked.push(at.duration_since(made.asked));
        // A page may hear of it before the manager is answered.
        from_answered.push(at.saturating_duration_since(made.answered));
    }
    Ok(Measured {
        changes: made.len(),
        per_second: made.len() as f64 / lasted.as_secs_f64(),
        from_asked: Times::new(from_asked),
        from_answered: Times::new(from_answered),
        memory,
    })
}

/// Opens every stream; what they say goes to `tell`.
async fn open(
    stack: &Stack,
    offers: &[Offer],
    tell: &UnboundedSender<Heard>,
) -> anyhow::Result<JoinSet<anyhow::Result<()>>> {
    // One that lets an answer last.
    let http = reqwest::Client::builder().build()?;
    let addresses = offers.iter().flat_map(|offer| {
        let (at, service) = (offer.datetime, offer.service_id);
        let address = format!("{}/live/offers?service_id={service}&from={at}&to={at}", stack.portal.url);
        std::iter::repeat_n(address, STREAMS_AN_OFFER)
    });
    let opening = addresses.map(async |address| {
        let response = http.get(&address).header("Sec-Fetch-Site", "same-origin").send().await?;
        ensure!(response.status() == 200, "{address}: {}", response.status());
        Ok(response)
    });
    let responses: Vec<reqwest::Response> =
        stream::iter(opening).buffered(OPENED_AT_ONCE).try_collect().await?;
    let mut open = JoinSet::new();
    for response in responses {
        open.spawn(read(response, tell.clone()));
    }
    Ok(open)
}

async fn read(mut response: reqwest::Response, tell: UnboundedSender<Heard>) -> anyhow::Result<()> {
    let mut rest = String::new();
    while let Some(chunk) = response.chunk().await? {
        let now = Instant::now();
        rest.push_str(std::str::from_utf8(&chunk)?);
        while let Some((event, after)) = rest.split_once("\n\n") {
            if event.contains("event: offer") {
                let data = event.lines().find_map(|line| line.strip_prefix("data: "));
                tell.send((serde_json::from_str(data.context("an event without data")?)?, now))?;
            }
            rest = after.to_owned();
        }
    }
    Ok(())
}

/// The next so many messages about changes of ours. A stream begins with the changes of the last minute, of other
/// companies' offers at the same time as well.
async fn listen(
    heard: &mut UnboundedReceiver<Heard>,
    published: &HashMap<String, i64>,
    count: usize,
) -> anyhow::Result<Vec<Heard>> {
    let mut messages = Vec::with_capacity(count);
    while messages.len() < count {
        let next = tokio::time::timeout(HEARD_WITHIN, heard.recv()).await;
        let next = next.with_context(|| format!("only {} of {count} messages were heard", messages.len()))?;
        let (change, at) = next.context("all streams have ended")?;
        if published.get(&change.offer_id).is_some_and(|revision| *revision < change.revision) {
            messages.push((change, at));
        }
    }
    Ok(messages)
}

/// Changes one price after the other, in step, whether the one before has been answered or not.
async fn change(
    stack: &Stack,
    shop: &Shop,
    offers: &[Offer],
    how_long: Duration,
) -> anyhow::Result<HashMap<(String, i64), Made>> {
    let mut step = tokio::time::interval(Duration::from_secs(1) / u32::try_from(CHANGES_A_SECOND)?);
    step.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut changes = JoinSet::new();
    let count = usize::try_from(how_long.as_secs() * CHANGES_A_SECOND)?;
    for (number, offer) in offers.iter().cycle().enumerate().take(count) {
        step.tick().await;
        let path = shop.path(&format!("/offers/{}", offer.id));
        // Never what it is already.
        let price = json!({ "price": 200 + number });
        let call = stack.gateway.put(&path).token(shop.owner.token()).json(&price);
        changes.spawn(async {
            let asked = Instant::now();
            let changed: Offer = call.await?.parsed(200);
            let made = Made { asked, answered: Instant::now() };
            anyhow::Ok(((changed.id.to_string(), changed.revision), made))
        });
    }
    let mut made = HashMap::new();
    while let Some(change) = changes.join_next().await {
        let (what, when) = change??;
        made.insert(what, when);
    }
    Ok(made)
}

pub fn print(measured: &Measured) {
    let Measured { changes, per_second, from_asked, from_answered, memory } = measured;
    let ms = |times: &Times, percent| format!("{:.1}", times.percentile(percent).as_secs_f64() * 1_000.0);
    println!("\n{STREAMS} open streams, each change concerns {STREAMS_AN_OFFER} of them:\n");
    println!(
        "| changes | changes/s | messages | from the change's request: p50 ms | p99 ms | longest ms | from its answer: p50 ms | p99 ms | KB a stream |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    println!(
        "| {changes} | {per_second:.0} | {} | {} | {} | {} | {} | {} | {:.1} |",
        from_asked.len(),
        ms(from_asked, 50),
        ms(from_asked, 99),
        ms(from_asked, 100),
        ms(from_answered, 50),
        ms(from_answered, 99),
        *memory as f64 / 1_000.0,
    );
}
