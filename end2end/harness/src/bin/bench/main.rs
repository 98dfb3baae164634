//! What the whole stack does in a second, and what one booking costs: measured, audited, and printed as a table.
//! `BENCHMARKS.md` says how to read it.

mod commits;
mod cost;
mod load;
mod pages;
mod search;
mod steady;
mod streams;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::ensure;
use contracts::ids::OfferId;
use contracts::money::Money;
use harness::audit::audit;
use harness::figures::Times;
use harness::market::{self, Shop};
use harness::person::Account;
use harness::process::Process;
use harness::stack::{SERVICES, Stack};
use harness::wait;
use sqlx::Connection as _;

use crate::cost::Cost;
use crate::load::Load;

const PRICE: Money = Money(100);

/// Clients of the measured loads, each with one booking under way at a time.
const LOADS: [usize; 4] = [1, 16, 32, 64];

/// As many as a service has for its requests.
const MOST_CONNECTIONS: usize = 16;

/// Whose memory is shown.
const MEASURED: [&str; 6] = ["company", "customer", "booking", "payment", "notification", "portal"];

/// Clients that take turns when bookings come in step.
const IN_STEP: usize = 64;

const WARM_UP: Duration = Duration::from_secs(3);

/// What a stack does before any load is measured: machine code is made while Java runs, and statements are planned.
const FIRST_WARM_UP: Duration = Duration::from_secs(10);

/// Clients of the first warm-up, and the offers that they will hardly use up.
const FIRST_CLIENTS: usize = 64;
const FIRST_OFFERS: usize = 6_000;

/// Bookings of the trial that tells how many offers a load will need.
const TRIAL: usize = 200;

const INBOX_BACK_WITHIN: Duration = Duration::from_secs(30);

const DRAINED_WITHIN: Duration = Duration::from_secs(300);

/// A load, and what came of it.
struct Measured {
    clients: usize,
    load: Load,
    /// From the last answer to the last mail.
    drained: Duration,
    cost: Cost,
    /// One-row commits a second over one connection, and over as many as there were clients, up to [`MOST_CONNECTIONS`].
    commits: [f64; 2],
}

impl Measured {
    fn sustained(&self) -> f64 {
        self.load.sustained(self.drained)
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let seconds = std::env::var("BENCH_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    let measured_for = Duration::from_secs(seconds.unwrap_or(10));
    let stack = Stack::running().await?;
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    ensure!(
        ["", "bookings", "search"].contains(&only.as_str()),
        "BENCH_ONLY is '{only}'; it can be bookings or search"
    );
    if only == "search" {
        search::print(&search::measure(&stack).await?);
        return Ok(ExitCode::SUCCESS);
    }
    let idle = steady::memory(&MEASURED).await?;
    let mut measured = Vec::new();
    first_warm_up(&stack).await?;
    let mut expected = trial(&stack).await?;
    for clients in LOADS {
        // More clients never bring more than this in a closed loop.
        let most = match clients {
            1 => 1.5,
            16 => 8.0,
            _ => 2.0,
        };
        let run = measure(&stack, clients, expected * most, measured_for).await?;
        expected = run.load.per_second();
        measured.push(run);
    }
    if only == "bookings" {
        let report = audit(&stack).await?;
        println!("{report}\n");
        print(&stack, &measured).await?;
        return Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let peak = |per_second: fn(&Measured) -> f64| measured.iter().map(per_second).fold(0.0, f64::max);
    let busy = steady::memory(&MEASURED).await?;
    let halves = [peak(Measured::sustained) / 2.0, peak(|run| run.load.per_second()) / 2.0];
    let (halves, backlog) = steadily(&stack, halves, measured_for).await?;
    let pages = pages::measure(&stack, measured_for).await?;
    let streams = streams::measure(&stack, measured_for).await?;
    let report = audit(&stack).await?;
    // Behind the audit: it would not know these offers.
    let search = search::measure(&stack).await?;
    println!("{report}\n");
    print(&stack, &measured).await?;
    print_steady(&halves, &backlog, &idle, &busy);
    pages::print(&pages);
    streams::print(&streams);
    search::print(&search);
    Ok(if report.is_clean() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn first_warm_up(stack: &Stack) -> anyhow::Result<()> {
    let shop = Shop::open(stack, 0).await?;
    let offers = shop.publish(stack, FIRST_OFFERS, PRICE).await?;
    let clients = market::clients(stack, FIRST_CLIENTS, Money(PRICE.0 * 1_000_000)).await?;
    analyze(stack).await?;
    let load = load::run(&stack.gateway, &clients, &offers, FIRST_WARM_UP).await?;
    eprintln!("first warm-up: {:.0} bookings/s", load.per_second());
    drain(stack).await?;
    Ok(())
}

/// Bookings a second of one client.
async fn trial(stack: &Stack) -> anyhow::Result<f64> {
    let shop = Shop::open(stack, 0).await?;
    let offers = shop.publish(stack, TRIAL, PRICE).await?;
    let clients = market::clients(stack, 1, Money(PRICE.0 * 1_000)).await?;
    let load = load::run(&stack.gateway, &clients, &offers, Duration::from_secs(60)).await?;
    eprintln!("trial: {:.0} bookings/s", load.per_second());
    drain(stack).await?;
    Ok(load.per_second())
}

/// `at_most` bookings a second are prepared for.
async fn measure(
    stack: &Stack,
    clients: usize,
    at_most: f64,
    measured_for: Duration,
) -> anyhow::Result<Measured> {
    let needed = at_most * (WARM_UP + measured_for).as_secs_f64();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "so many offers are not published"
    )]
    let needed = needed.ceil() as usize;
    eprintln!("{clients} clients: publishing {needed} offers");
    let shop = Shop::open(stack, 0).await?;
    let offers = shop.publish(stack, needed, PRICE).await?;
    // Now, for their tokens end after five minutes.
    let accounts = market::clients(stack, clients, Money(PRICE.0 * 1_000_000)).await?;
    analyze(stack).await?;
    let warm = load::run(&stack.gateway, &accounts, &offers, WARM_UP).await?;
    drain(stack).await?;
    begin_inbox_anew(stack).await?;
    // Statements that were planned while their tables were empty are planned anew.
    analyze(stack).await?;
    let (_, offers) = offers.split_at(warm.answers());

    let meter = cost::Meter::start()?;
    let load = load::run(&stack.gateway, &accounts, offers, measured_for).await?;
    let drained = drain(stack).await?;
    let cost = meter.stop(load.answers())?;
    eprintln!("{clients} clients: {:.0} bookings/s, {}", load.per_second(), load.times);
    let many = clients.min(MOST_CONNECTIONS);
    let commits = [commits::per_second(stack, 1).await?, commits::per_second(stack, many).await?];
    Ok(Measured { clients, load, drained, cost, commits })
}

/// Bookings in step: at each of `rates` a second for a while, and behind a minute without Kafka.
async fn steadily(
    stack: &Stack,
    rates: [f64; 2],
    measured_for: Duration,
) -> anyhow::Result<(Vec<steady::Half>, steady::Backlog)> {
    let mut halves = Vec::new();
    for per_second in rates {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "so many offers are not published"
        )]
        let needed = (per_second * measured_for.as_secs_f64()).ceil() as usize;
        let (accounts, offers) = prepare_steady(stack, needed).await?;
        let half = steady::half(stack, &accounts, &offers, per_second).await?;
        eprintln!("{per_second:.0} bookings/s in step: {}", half.times);
        drain(stack).await?;
        halves.push(half);
    }
    let (accounts, offers) = prepare_steady(stack, steady::needed_for_backlog()).await?;
    let backlog = steady::backlog(stack, &accounts, &offers).await?;
    eprintln!(
        "without Kafka: {} bookings waited, {:.1?} until they were done",
        backlog.bookings, backlog.drained
    );
    drain(stack).await?;
    Ok((halves, backlog))
}

async fn prepare_steady(stack: &Stack, needed: usize) -> anyhow::Result<(Vec<Account>, Vec<OfferId>)> {
    let shop = Shop::open(stack, 0).await?;
    let offers = shop.publish(stack, needed, PRICE).await?;
    let accounts = market::clients(stack, IN_STEP, Money(PRICE.0 * 1_000_000)).await?;
    analyze(stack).await?;
    begin_inbox_anew(stack).await?;
    Ok((accounts, offers))
}

fn print_steady(halves: &[steady::Half], backlog: &steady::Backlog, idle: &[f64], busy: &[f64]) {
    println!("\nIn step:\n");
    println!("| half of | bookings/s | bookings | p50 ms | p95 ms | p99 ms | not paid at once |");
    println!("|---|---|---|---|---|---|---|");
    for (of, half) in ["the peak with mails", "the peak of answers"].iter().zip(halves) {
        let ms = |percent| format!("{:.1}", half.times.percentile(percent).as_secs_f64() * 1_000.0);
        let (per_second, others) = (half.per_second, half.not_paid_at_once);
        println!(
            "| {of} | {per_second:.0} | {} | {} | {} | {} | {others} |",
            half.times.len(),
            ms(50),
            ms(95),
            ms(99)
        );
    }
    let rate = backlog.bookings as f64 / backlog.drained.as_secs_f64();
    println!("\nKafka stopped for 60 s while bookings arrive:\n");
    println!("| arrivals/s | undecided when it is back | done after s | done/s | of the arrivals |");
    println!("|---|---|---|---|---|");
    println!(
        "| {} | {} | {:.1} | {rate:.0} | {:.1} |",
        backlog.arrivals,
        backlog.bookings,
        backlog.drained.as_secs_f64(),
        rate / f64::from(backlog.arrivals)
    );
    println!("\nResident memory, MB:\n");
    println!("| | {} |", MEASURED.join(" | "));
    println!("|---|{}", "---|".repeat(MEASURED.len()));
    for (when, memory) in [("idle", idle), ("behind the peak", busy)] {
        let each: Vec<String> = memory.iter().map(|megabytes| format!("{megabytes:.1}")).collect();
        println!("| {when} | {} |", each.join(" | "));
    }
}

/// How long it took until every mail was out that a booking asks for.
async fn drain(stack: &Stack) -> anyhow::Result<Duration> {
    let began = std::time::Instant::now();
    let mut booking = stack.database("booking").await?;
    let mut notification = stack.database("notification").await?;
    let asked = "select coalesce(sum(1 + cardinality(member_ids)), 0)::bigint from bookings
                 where status in ('paid', 'failed')";
    let sent = "select count(*) from mails where state = 'sent'";
    // By the index of the queue: what reads whole tables is a load itself, and is asked only when this finds nothing.
    let queued = "select next_attempt_at from mails
                  where state in ('queued', 'waiting')
                  order by next_attempt_at
                  limit 1";
    wait::until("the mails are out", DRAINED_WITHIN, async || {
        if !sqlx::query(queued).fetch_all(&mut notification).await?.is_empty() {
            return Ok(None);
        }
        let asked: i64 = sqlx::query_scalar(asked).fetch_one(&mut booking).await?;
        let sent: i64 = sqlx::query_scalar(sent).fetch_one(&mut notification).await?;
        Ok((sent >= asked).then_some(()))
    })
    .await?;
    Ok(began.elapsed())
}

/// MailHog keeps all mails in memory, and with tens of thousands its garbage collector takes a core for half a second, which
/// no mail server does. What was sent must have come before it begins anew.
async fn begin_inbox_anew(stack: &Stack) -> anyhow::Result<()> {
    let mailhog = Process::of_stack("mailhog")?;
    let mut database = stack.database("notification").await?;
    let sent = "select count(*) from mails where sent_at > now() - make_interval(secs => $1)";
    let sent = sqlx::query_scalar(sent).bind(mailhog.age()?.as_secs_f64());
    let sent: i64 = sent.fetch_one(&mut database).await?;
    let came = stack.inbox.count().await?;
    ensure!(came >= sent, "{sent} mails were sent, and {came} came");
    mailhog.kill()?;
    wait::until("the inbox begins anew", INBOX_BACK_WITHIN, async || {
        Ok((stack.inbox.count().await.ok() == Some(0)).then_some(()))
    })
    .await
}

async fn analyze(stack: &Stack) -> anyhow::Result<()> {
    for service in SERVICES {
        let mut database = stack.database(service).await?;
        sqlx::query("analyze").execute(&mut database).await?;
        database.close().await?;
    }
    Ok(())
}

async fn print(stack: &Stack, measured: &[Measured]) -> anyhow::Result<()> {
    let mut database = stack.database("postgres").await?;
    let fsync: String = sqlx::query_scalar("show fsync").fetch_one(&mut database).await?;
    let commit: String = sqlx::query_scalar("show synchronous_commit").fetch_one(&mut database).await?;
    let cores = std::thread::available_parallelism()?;
    println!("{cores} cores, fsync {fsync}, synchronous_commit {commit}, 2 mails a booking\n");
    println!(
        "| clients | bookings | bookings/s | p50 ms | p95 ms | p99 ms | longest ms | not paid at once | \
         last mail after s | bookings/s with mails | commits/s, 1 connection | commits/s, up to 16 |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|---|");
    for run in measured {
        let Measured { clients, load, drained, commits: [one, many], .. } = run;
        let ms = |time: Duration| format!("{:.1}", time.as_secs_f64() * 1_000.0);
        let times: &Times = &load.times;
        println!(
            "| {clients} | {} | {:.0} | {} | {} | {} | {} | {} | {:.1} | {:.0} | {one:.0} | {many:.0} |",
            load.paid(),
            load.per_second(),
            ms(times.percentile(50)),
            ms(times.percentile(95)),
            ms(times.percentile(99)),
            ms(times.longest()),
            load.others(),
            drained.as_secs_f64(),
            run.sustained(),
        );
    }
    println!("\nCPU ms a booking, until its mails are out:\n");
    let names: Vec<&str> = measured[0].cost.names().collect();
    println!("| clients | {} | all |", names.join(" | "));
    println!("|---|{}---|", "---|".repeat(names.len()));
    for Measured { clients, cost, .. } in measured {
        let each: Vec<String> = cost.milliseconds().map(|ms| format!("{ms:.2}")).collect();
        println!("| {clients} | {} | {:.2} |", each.join(" | "), cost.milliseconds().sum::<f64>());
    }
    Ok(())
}
