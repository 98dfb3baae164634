//! 200 bookings each, while one part dies or is away for a while.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use contracts::ids::OfferId;
use contracts::money::Money;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use harness::audit::audit;
use harness::chance::Chance;
use harness::figures::Times;
use harness::market::{self, Shop};
use harness::person::Account;
use harness::process::Process;
use harness::stack::Stack;
use harness::wait;
use reqwest::Method;

use crate::{PRICE, alone, bookings_of};

const BOOKINGS: usize = 200;

const AT_ONCE: usize = 16;

/// Of them so many have no money.
const POOR: usize = 2;

const IS_BACK_WITHIN: Duration = Duration::from_secs(60);

/// A booking that waits for nothing but its turn among the others.
const DECIDED_WITHIN: Duration = Duration::from_secs(5);

/// A part of the stack, and what happens to it.
#[derive(Debug, Clone, Copy)]
enum Fault {
    Killed(&'static str),
    /// Stopped in the middle of whatever it did, for so long.
    Away(&'static str, Duration),
}

/// One client's wish, and how it was answered.
struct Wish {
    key: String,
    began: f64,
    status: u16,
}

#[tokio::test]
async fn payment_dies() -> anyhow::Result<()> {
    bookings_survive(Fault::Killed("payment"), Duration::from_secs(5)).await
}

#[tokio::test]
async fn booking_dies() -> anyhow::Result<()> {
    bookings_survive(Fault::Killed("booking"), Duration::from_secs(5)).await
}

#[tokio::test]
async fn notification_dies() -> anyhow::Result<()> {
    bookings_survive(Fault::Killed("notification"), Duration::from_secs(5)).await
}

#[tokio::test]
async fn kafka_dies() -> anyhow::Result<()> {
    bookings_survive(Fault::Killed("kafka"), Duration::from_secs(15)).await
}

#[tokio::test]
async fn kafka_is_away_for_ten_seconds() -> anyhow::Result<()> {
    bookings_survive(Fault::Away("kafka", Duration::from_secs(10)), Duration::from_secs(15)).await
}

#[tokio::test]
async fn postgres_dies() -> anyhow::Result<()> {
    bookings_survive(Fault::Killed("postgres"), Duration::from_secs(15)).await
}

/// Stopped, and not killed: its inbox is in memory, and what was delivered before must still be there to be counted.
#[tokio::test]
async fn the_mail_server_is_away_for_ten_seconds() -> anyhow::Result<()> {
    let survived = survive(Fault::Away("mailhog", Duration::from_secs(10))).await?;
    assert!(survived.mailed.longest() > Duration::ZERO, "mails waited for it");
    assert!(survived.took.percentile(99) <= DECIDED_WITHIN, "bookings do not wait for mails");
    Ok(())
}

/// What a fault did to the bookings that it met.
struct Survived {
    /// From the part's return to their decision.
    recovered: Times,
    /// From their beginning, or the fault's, to their decision.
    took: Times,
    /// From the part's return to their mails.
    mailed: Times,
}

/// Of a hundred bookings that the fault held up, 99 are decided within `recovers_within` after the part is back.
async fn bookings_survive(fault: Fault, recovers_within: Duration) -> anyhow::Result<()> {
    let survived = survive(fault).await?;
    assert!(survived.recovered.percentile(99) <= recovers_within, "not within {recovers_within:?}");
    Ok(())
}

/// Every booking ends as it should, each one client's one.
async fn survive(fault: Fault) -> anyhow::Result<Survived> {
    let _alone = alone().await;
    let mut chance = Chance::printed();
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 1).await?;
    let offers = shop.publish(&stack, BOOKINGS, PRICE).await?;
    let mut clients = market::clients(&stack, POOR, Money::ZERO).await?;
    clients.extend(market::clients(&stack, AT_ONCE - POOR, Money(PRICE.0 * 200)).await?);

    let answered = AtomicUsize::new(0);
    let moment = usize::try_from(20 + chance.below(120))?;
    let delay = chance.milliseconds(0, 20);
    let fault = async {
        wait::until("enough bookings are answered", Duration::from_secs(60), async || {
            Ok((answered.load(Ordering::Relaxed) >= moment).then_some(()))
        })
        .await?;
        tokio::time::sleep(delay).await;
        happen(&stack, fault).await
    };
    let (outage, wishes) = tokio::try_join!(fault, wish(&stack, &clients, &offers, &answered))?;

    let report = audit(&stack).await?;
    let stored = bookings_of(&stack, &offers).await?;
    println!("after {moment} answers and {delay:?}: {outage:?}");
    assert_eq!(stored.len(), BOOKINGS, "every wish made one booking, however often it was repeated");
    let count = |status: &str| stored.iter().filter(|booking| booking.status == status).count();
    println!("{} paid, {} failed", count("paid"), count("failed"));
    let poor = (0..BOOKINGS).filter(|number| number % AT_ONCE < POOR).count();
    assert_eq!(
        (count("paid"), count("failed")),
        (BOOKINGS - poor, poor),
        "who has no money fails, nobody else"
    );
    for wish in &wishes {
        let booking = stored.iter().find(|booking| booking.idempotency_key == wish.key);
        let status = booking.map(|booking| booking.status.as_str());
        let fits = match wish.status {
            200 => status == Some("paid"),
            422 => status == Some("failed"),
            202 => status.is_some(),
            _ => false,
        };
        assert!(fits, "a client was told {}, his booking is {booking:?}", wish.status);
    }

    let mut recovered = Vec::new();
    let mut took = Vec::new();
    for wish in wishes.iter().filter(|wish| wish.began <= outage.ended) {
        let booking = stored.iter().find(|booking| booking.idempotency_key == wish.key);
        let Some(decided_at) = booking.and_then(|booking| booking.decided_at) else { continue };
        if decided_at > outage.began {
            recovered.push(Duration::from_secs_f64((decided_at - outage.ended).max(0.0)));
            took.push(Duration::from_secs_f64(decided_at - wish.began.max(outage.began)));
        }
    }
    let mailed = mails_after(&stack, &offers, &outage).await?;
    let survived = Survived { recovered: Times::new(recovered), took: Times::new(took), mailed };
    println!("{} bookings were held up", survived.recovered.len());
    println!("  decided after they or the fault began: {}", survived.took);
    println!("  decided after the part was back: {}", survived.recovered);
    println!("  mails after the part was back: {}", survived.mailed);
    report.assert_clean();
    Ok(survived)
}

/// From when to when something was away, in seconds since 1970.
#[derive(Debug)]
struct Outage {
    began: f64,
    ended: f64,
}

async fn happen(stack: &Stack, fault: Fault) -> anyhow::Result<Outage> {
    let (name, began) = match fault {
        Fault::Killed(name) => {
            let process = Process::of_stack(name)?;
            let began = now();
            process.kill()?;
            (name, began)
        }
        Fault::Away(name, how_long) => {
            let process = Process::of_stack(name)?;
            let began = now();
            let stopped = process.stop()?;
            tokio::time::sleep(how_long).await;
            drop(stopped);
            (name, began)
        }
    };
    wait::until(&format!("{name} is back"), IS_BACK_WITHIN, async || {
        let is_back = match name {
            "kafka" => stack.topics.answers().await,
            "postgres" => stack.database("booking").await.is_ok(),
            "mailhog" => stack.inbox.answers().await,
            service => {
                let answer = stack.service(service).plain(Method::GET, "/readyz").await;
                answer.is_ok_and(|answer| answer.status == 200)
            }
        };
        Ok(is_back.then_some(()))
    })
    .await?;
    Ok(Outage { began, ended: now() })
}

/// Every offer is wished for once, in turn by each of `clients`; as many at once as there are clients.
async fn wish(
    stack: &Stack,
    clients: &[Account],
    offers: &[OfferId],
    answered: &AtomicUsize,
) -> anyhow::Result<Vec<Wish>> {
    let wishes = offers.iter().zip(clients.iter().cycle()).map(async |(offer, client)| {
        let (key, began) = (market::new_key(), now());
        let answer = market::book_patiently(&stack.gateway, client, *offer, &key).await?;
        answered.fetch_add(1, Ordering::Relaxed);
        anyhow::Ok(Wish { key, began, status: answer.status })
    });
    stream::iter(wishes).buffer_unordered(AT_ONCE).try_collect().await
}

/// When the mails of these offers' bookings went out that the outage held up.
async fn mails_after(stack: &Stack, offers: &[OfferId], outage: &Outage) -> anyhow::Result<Times> {
    let bookings: Vec<uuid::Uuid> =
        bookings_of(stack, offers).await?.into_iter().map(|booking| booking.id).collect();
    let select = "select extract(epoch from sent_at)::float8
                  from mails
                  where booking_id = any($1)
                    and created_at < to_timestamp($2)
                    and sent_at > to_timestamp($3)";
    let mut database = stack.database("notification").await?;
    let query = sqlx::query_scalar(select).bind(bookings).bind(outage.ended).bind(outage.began);
    let sent: Vec<f64> = query.fetch_all(&mut database).await?;
    let after = sent.into_iter().map(|sent| Duration::from_secs_f64((sent - outage.ended).max(0.0)));
    Ok(Times::new(after.collect()))
}

fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
