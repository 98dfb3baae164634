//! Two replicas of `booking` and of the portal: clients who want the same offers through different ones, and open pages
//! that hear of it from either.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::ensure;
use contracts::http::booking::Offer;
use contracts::ids::OfferId;
use contracts::money::Money;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use harness::audit::audit;
use harness::figures::Times;
use harness::http::Server;
use harness::market::{self, SERVICE, Shop};
use harness::program::Program;
use harness::stack::Stack;
use harness::{service, wait};
use tokio::task::JoinSet;
use tokio::time::Instant;

const PRICE: Money = Money(10_000);
const OFFERS: usize = 100;
const AT_ONCE: usize = 8;

/// A static member that ends is missed for as long as it could still come back.
const FORGOTTEN_WITHIN: Duration = Duration::from_secs(30);
const HEARD_WITHIN: Duration = Duration::from_secs(15);

/// The offers that a stream has told of as somebody's.
type Heard = Arc<Mutex<HashSet<String>>>;

#[tokio::test]
async fn two_replicas_sell_each_offer_once_and_both_portals_tell_of_it() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let relaxed = [("UNDECIDED_LIMIT", "1000"), ("FAILED_LIMIT_PER_HOUR", "100000")];
    let (replica, second) = service::start(&stack, "booking", &relaxed).await?;
    wait::until("both replicas are members", FORGOTTEN_WITHIN, async || {
        Ok((stack.topics.members("booking").await? == 2).then_some(()))
    })
    .await?;
    let (portal, second_portal) = service::start(&stack, "portal", &[]).await?;

    let shop = Shop::open(&stack, 1).await?;
    let offers = shop.publish(&stack, OFFERS, PRICE).await?;
    let clients = market::clients(&stack, 4, Money(PRICE.0 * i64::try_from(OFFERS)?)).await?;
    let mut streams = JoinSet::new();
    let mut heard = Vec::new();
    for portal in [&stack.portal, &second_portal] {
        heard.push(listen(&stack, &shop, portal, &offers, &mut streams).await?);
    }

    // Each offer is wanted by two clients at once, through either replica.
    let first = stack.service("booking");
    let contests = offers.iter().enumerate().map(async |(number, offer)| {
        let (one, two) = (&clients[number % 2], &clients[2 + number % 2]);
        let began = Instant::now();
        let (one_key, two_key) = (market::new_key(), market::new_key());
        let (one, two) = tokio::try_join!(
            market::book(first, one, *offer, &one_key),
            market::book(&second, two, *offer, &two_key)
        )?;
        let mut statuses = [one.status, two.status];
        statuses.sort_unstable();
        anyhow::Ok((statuses, began.elapsed()))
    });
    let contests: Vec<([u16; 2], Duration)> =
        stream::iter(contests).buffer_unordered(AT_ONCE).try_collect().await?;
    // Paid or still being decided, and taken.
    let undecided = contests.iter().filter(|(statuses, _)| *statuses == [202, 409]).count();
    for (statuses, _) in &contests {
        assert!([[200, 409], [202, 409]].contains(statuses), "{statuses:?}");
    }
    let times = Times::new(contests.into_iter().map(|(_, time)| time).collect());
    println!(
        "{OFFERS} offers, two replicas: {undecided} undecided when answered, p50 {:?}, p99 {:?}",
        times.percentile(50),
        times.percentile(99)
    );

    for heard in &heard {
        wait::until("a portal tells of every offer", HEARD_WITHIN, async || {
            let told = heard.lock().unwrap_or_else(PoisonError::into_inner).len();
            Ok((told == OFFERS).then_some(()))
        })
        .await?;
    }
    streams.shutdown().await;

    // One goes; the other does all of it again.
    end(&stack, replica).await?;
    drop(portal);
    let offer = shop.publish(&stack, 1, PRICE).await?[0];
    market::top_up(&stack, &clients[0], PRICE).await?;
    market::book_patiently(first, &clients[0], offer, &market::new_key()).await?.expect(200);
    audit(&stack).await?.assert_clean();
    Ok(())
}

/// Opens the stream of the shop's offers at a portal, and notes which of them it tells to be somebody's.
async fn listen(
    stack: &Stack,
    shop: &Shop,
    portal: &Server,
    offers: &[OfferId],
    streams: &mut JoinSet<anyhow::Result<()>>,
) -> anyhow::Result<Heard> {
    let listed = stack.gateway.get(&shop.path("/offers?limit=100")).token(shop.owner.token()).await?;
    let listed: Vec<Offer> = listed.parsed(200);
    let (from, to) = (listed[0].datetime, listed[listed.len() - 1].datetime);
    let address = format!("{}/live/offers?service_id={SERVICE}&from={from}&to={to}", portal.url);
    let http = reqwest::Client::builder().build()?;
    let mut response = http.get(&address).header("Sec-Fetch-Site", "same-origin").send().await?;
    ensure!(response.status() == 200, "{address}: {}", response.status());
    let ours: HashSet<String> = offers.iter().map(OfferId::to_string).collect();
    let heard = Heard::default();
    let told = heard.clone();
    streams.spawn(async move {
        let mut rest = String::new();
        while let Some(chunk) = response.chunk().await? {
            rest.push_str(std::str::from_utf8(&chunk)?);
            while let Some((event, after)) = rest.split_once("\n\n") {
                let is_taken = event.contains("\"reserved\"") || event.contains("\"booked\"");
                let told_of = ours.iter().find(|id| is_taken && event.contains(id.as_str()));
                told.lock().unwrap_or_else(PoisonError::into_inner).extend(told_of.cloned());
                rest = after.to_owned();
            }
        }
        Ok(())
    });
    Ok(heard)
}

/// Ends the replica, and waits until what it heard of is heard by the stack's own again.
async fn end(stack: &Stack, mut replica: Program) -> anyhow::Result<()> {
    replica.terminate().await?;
    replica.ended(Duration::from_secs(15)).await?;
    wait::until("the replica is forgotten", FORGOTTEN_WITHIN, async || {
        Ok((stack.topics.members("booking").await? == 1).then_some(()))
    })
    .await
}
