//! An open loop: bookings come in step, whether the one before has been answered or not, as they do from a city. At half of
//! a peak, and while Kafka is away for a minute.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use contracts::ids::OfferId;
use futures::future::try_join_all;
use harness::figures::Times;
use harness::market;
use harness::person::Account;
use harness::process::Process;
use harness::stack::Stack;
use harness::wait;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

const KAFKA_IS_AWAY: Duration = Duration::from_secs(60);

/// Bookings a second while Kafka is away.
const ARRIVALS: u32 = 20;

const DRAINED_WITHIN: Duration = Duration::from_secs(300);

/// What clients waited at a load that leaves air.
pub struct Half {
    pub per_second: f64,
    pub times: Times,
    pub not_paid_at_once: usize,
}

/// So many bookings a second for so long.
pub async fn half(
    stack: &Stack,
    clients: &[Account],
    offers: &[OfferId],
    per_second: f64,
) -> anyhow::Result<Half> {
    let answers = in_step(stack, clients, offers, per_second).await?;
    let paid = answers.iter().filter(|(status, _)| *status == 200);
    let times = Times::new(paid.map(|(_, time)| *time).collect());
    Ok(Half { per_second, not_paid_at_once: answers.len() - times.len(), times })
}

async fn in_step(
    stack: &Stack,
    clients: &[Account],
    offers: &[OfferId],
    per_second: f64,
) -> anyhow::Result<Vec<(u16, Duration)>> {
    let mut step = tokio::time::interval(Duration::from_secs_f64(1.0 / per_second));
    step.set_missed_tick_behavior(MissedTickBehavior::Burst);
    let mut under_way = JoinSet::new();
    for (offer, client) in offers.iter().zip(clients.iter().cycle()) {
        // When it should have been asked: a step that comes late is waiting too.
        let asked = step.tick().await;
        let (door, client, offer) = (stack.gateway.clone(), client.clone(), *offer);
        under_way.spawn(async move {
            let answer = market::book(&door, &client, offer, &market::new_key()).await?;
            anyhow::Ok((answer.status, asked.elapsed()))
        });
    }
    under_way.join_all().await.into_iter().collect()
}

/// What a minute without Kafka left behind, and how fast it was done.
pub struct Backlog {
    pub arrivals: u32,
    /// Not decided when Kafka was back.
    pub bookings: i64,
    pub drained: Duration,
}

/// Bookings go on arriving for 15 s after Kafka is back.
pub async fn backlog(stack: &Stack, clients: &[Account], offers: &[OfferId]) -> anyhow::Result<Backlog> {
    let mut database = stack.database("booking").await?;
    let undecided = "select count(*) from bookings where status in ('reserved', 'voiding')";
    let arriving = in_step(stack, clients, offers, f64::from(ARRIVALS));
    let measured = async {
        let away = Process::of_stack("kafka")?.stop()?;
        tokio::time::sleep(KAFKA_IS_AWAY).await;
        drop(away);
        let back = Instant::now();
        let bookings: i64 = sqlx::query_scalar(undecided).fetch_one(&mut database).await?;
        // Those that arrive meanwhile are decided within the second that they come in.
        let few = i64::from(ARRIVALS);
        wait::until("the backlog is gone", DRAINED_WITHIN, async || {
            let left: i64 = sqlx::query_scalar(undecided).fetch_one(&mut database).await?;
            Ok((left < few).then_some(()))
        })
        .await?;
        anyhow::Ok(Backlog { arrivals: ARRIVALS, bookings, drained: back.elapsed() })
    };
    let (arrived, measured) = tokio::join!(arriving, measured);
    arrived.context("book while Kafka is away")?;
    measured
}

/// Of how many offers [`backlog`] has need.
pub fn needed_for_backlog() -> usize {
    // Some seconds more than Kafka is away.
    usize::try_from(ARRIVALS).unwrap_or(0) * 75
}

/// Resident megabytes of each service.
pub async fn memory(names: &[&'static str]) -> anyhow::Result<Vec<f64>> {
    let each = names.iter().map(async |name| {
        let bytes = Process::of_stack(name)?.memory()?;
        anyhow::Ok(bytes as f64 / 1_000_000.0)
    });
    try_join_all(each).await
}
