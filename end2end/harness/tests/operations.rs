//! What an operator relies on: health, metrics, traces, and an end without a lost request.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use contracts::http::customer::Profile;
use contracts::money::Money;
use harness::http::{Answer, Server};
use harness::market::{self, Shop};
use harness::person::Account;
use harness::stack::Stack;
use harness::{service, wait};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

const TRACE_ID: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const TRACEPARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

fn processes(stack: &Stack) -> Vec<&Server> {
    stack.services().iter().chain([&stack.portal]).collect()
}

#[tokio::test]
async fn every_process_is_alive_and_ready() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for process in processes(&stack) {
        process.plain(Method::GET, "/healthz").await?.expect(200);
        let readiness: Value = process.plain(Method::GET, "/readyz").await?.parsed(200);
        assert_eq!(readiness["status"], "ready", "{}: {readiness}", process.name);
    }
    Ok(())
}

#[tokio::test]
async fn every_process_counts_its_requests_by_route() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for process in processes(&stack) {
        let before = requests(process, "/healthz").await?;
        for _ in 0..3 {
            process.plain(Method::GET, "/healthz").await?.expect(200);
        }
        let after = requests(process, "/healthz").await?;
        assert!(after >= before + 3.0, "{}: {before} requests, then {after}", process.name);
    }

    let customer = stack.service("customer");
    let before = requests(customer, "/api/v1/customer/profile").await?;
    customer.get("/customer/profile").await?.refused(401);
    let after = requests(customer, "/api/v1/customer/profile").await?;
    assert!(after > before);
    Ok(())
}

#[tokio::test]
async fn what_waits_and_what_came_of_it_is_in_the_metrics() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let offer = shop.publish(&stack, 1, Money(10_000)).await?[0];
    let client = market::client(&stack, Money(10_000)).await?;
    market::book_patiently(&stack.gateway, &client, offer, &market::new_key()).await?.expect(200);
    // Some are shown only every fifteen seconds.
    let everywhere =
        ["outbox_messages", "outbox_oldest_seconds", "dead_letters", "axum_http_requests_duration_seconds"];
    let consuming = ["consumer_lag", "messages_consumed_total"];
    let booking = [
        "bookings_total",
        "booking_decided_seconds",
        "bookings_undecided",
        "bookings_undecided_oldest_seconds",
        "bookings_stuck",
    ];
    let notification = ["mails", "mails_overdue", "mails_sent_total"];
    for service in stack.services() {
        let mut names = everywhere.to_vec();
        names.extend(match service.name {
            "booking" => [&consuming[..], &booking].concat(),
            "notification" => [&consuming[..], &notification].concat(),
            "payment" => consuming.to_vec(),
            _ => Vec::new(),
        });
        wait::until(&format!("{} shows {names:?}", service.name), Duration::from_secs(40), async || {
            let text = service.plain(Method::GET, "/metrics").await?.expect(200).text();
            let has = |name: &str| {
                text.lines().any(|line| {
                    line.strip_prefix(name)
                        .is_some_and(|rest| rest.starts_with([' ', '{']) || rest.starts_with("_count"))
                })
            };
            Ok(names.iter().all(|name| has(name)).then_some(()))
        })
        .await?;
    }
    Ok(())
}

/// How many requests of this route the process has counted.
async fn requests(process: &Server, route: &str) -> anyhow::Result<f64> {
    let answer = process.plain(Method::GET, "/metrics").await?.expect(200);
    assert!(answer.header("Content-Type").starts_with("text/plain"), "{}", answer.header("Content-Type"));
    let (text, label) = (answer.text(), format!("endpoint=\"{route}\""));
    let mut sum = 0.0;
    for line in text.lines() {
        let Some((series, value)) = line.rsplit_once(' ').filter(|_| !line.starts_with('#')) else {
            continue;
        };
        let value: f64 = value.parse().with_context(|| format!("{}: {line}", process.name))?;
        if series.starts_with("axum_http_requests_total{") && series.contains(&label) {
            sum += value;
        }
    }
    Ok(sum)
}

#[tokio::test]
async fn a_trace_that_comes_in_goes_out_and_stands_in_every_refusal() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    for door in stack.doors("customer") {
        let answer =
            door.get("/customer/profile").token(account.token()).header("traceparent", TRACEPARENT).await?;
        let answer = answer.expect(200);
        assert!(answer.header("traceparent").contains(TRACE_ID), "{}: {:?}", answer.title, answer.headers);
        let login = json!({ "email": account.person.email, "password": "something else" });
        let answer = door.post("/customer/login").header("traceparent", TRACEPARENT).json(&login).await?;
        assert_eq!(answer.refused(401).trace_id, TRACE_ID);
    }
    Ok(())
}

#[tokio::test]
async fn every_request_without_a_trace_begins_one_of_its_own() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let mut ids = Vec::new();
    for name in ["company", "customer", "booking", "payment", "notification"] {
        for header in ["", "garbage", "00-00000000000000000000000000000000-0000000000000000-00"] {
            let call = stack.service(name).get("/nothing").header("traceparent", header);
            ids.push(call.await?.refused(404).trace_id);
        }
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
    Ok(())
}

/// A request whose body is still on its way when the process is told to stop.
#[tokio::test]
async fn a_request_under_way_is_answered_before_the_process_ends() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let account = Account::register(&stack.gateway).await?;
    let (mut program, server) = service::start(&stack, "customer", &[]).await?;
    let address = server.url.trim_start_matches("http://").to_owned();
    let body = json!({ "first_name": "Аня" }).to_string();

    let mut stream = BufReader::new(TcpStream::connect(&address).await?);
    let head = format!(
        "PUT /api/v1/customer/profile HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        account.token(),
        body.len(),
    );
    stream.write_all(head.as_bytes()).await?;
    // The handler has asked for the body: the request is surely under way.
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    assert_eq!(line.trim_end(), "HTTP/1.1 100 Continue");

    let began = Instant::now();
    program.terminate().await?;
    wait::until("no new connection is taken", Duration::from_secs(5), async || {
        Ok(TcpStream::connect(&address).await.err())
    })
    .await?;
    program.still_runs()?;
    stream.write_all(body.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let answered = began.elapsed();
    assert!(answer.contains("HTTP/1.1 200 OK"), "{answer}");
    assert!(answer.contains("Аня"), "{answer}");

    let status = program.ended(Duration::from_secs(15)).await?;
    println!("SIGTERM -> request answered: {answered:?}, process ended: {:?}", began.elapsed());
    assert_eq!(status.code(), Some(0));
    assert!(began.elapsed() < Duration::from_secs(15));
    let kept: Answer = stack.gateway.get("/customer/profile").token(account.token()).await?;
    assert_eq!(kept.parsed::<Profile>(200).first_name, "Аня");
    Ok(())
}

#[tokio::test]
async fn a_request_that_never_ends_does_not_keep_the_process() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let (mut program, server) = service::start(&stack, "customer", &[]).await?;
    let address = server.url.trim_start_matches("http://").to_owned();
    let mut stream = BufReader::new(TcpStream::connect(&address).await?);
    let head = format!(
        "POST /api/v1/customer/login HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: 1000\r\nExpect: 100-continue\r\n\r\n",
    );
    stream.write_all(head.as_bytes()).await?;
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    assert_eq!(line.trim_end(), "HTTP/1.1 100 Continue");

    let began = Instant::now();
    program.terminate().await?;
    let status = program.ended(Duration::from_secs(15)).await?;
    println!("SIGTERM -> process ended, with a body that never came: {:?}", began.elapsed());
    assert_eq!(status.code(), Some(0));
    Ok(())
}
