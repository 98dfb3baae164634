use std::time::{Duration, Instant};

use sqlx::PgPool;

use crate::broker::Broker;
use crate::support;
use crate::support::{
    count, create_effects, group, push, spawn_consumer, spawn_leader, topic, until, until_within,
};

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn the_broker_goes_away_and_comes_back_and_nothing_is_lost(pool: PgPool) {
    let mut broker = Broker::start().await;
    let brokers = broker.address();
    let (topic, group) = (topic(&brokers).await, group());
    create_effects(&pool).await;
    let (stop_relay, relay, _) = spawn_leader(&pool, &brokers);
    let (stop_consumer, consumer) = spawn_consumer(&pool, &brokers, group, topic);
    push(&mut pool.acquire().await.unwrap(), topic, "before", 1).await;
    until("the first is in", async || count(&pool, "effects").await == 1).await;

    broker.kill();
    for revision in 1..=100 {
        push(&mut pool.acquire().await.unwrap(), topic, "meanwhile", revision).await;
    }
    assert_eq!(count(&pool, "outbox").await, 100, "what cannot be published waits");
    broker.come_back().await;
    let back = Instant::now();
    until("the next is in", async || count(&pool, "effects").await >= 2).await;
    println!("broker back: first message after {} ms", back.elapsed().as_millis());
    until("all are in", async || count(&pool, "effects").await >= 101).await;
    println!("broker back: all 100 after {} ms", back.elapsed().as_millis());
    until("the outbox is empty", async || count(&pool, "outbox").await == 0).await;
    for stop in [stop_relay, stop_consumer] {
        stop.cancel();
    }
    relay.await.unwrap();
    consumer.await.unwrap();
    assert_eq!(count(&pool, "effects").await, 101, "each once");
    let newest: Vec<i64> = sqlx::query_scalar("select distinct count(*) from effects group by message_id")
        .fetch_all(&pool)
        .await
        .unwrap();
    assert_eq!(newest, [1]);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_process_started_without_its_broker_begins_when_it_is_there(pool: PgPool) {
    let mut broker = Broker::start().await;
    let brokers = broker.address();
    let (topic, group) = (topic(&brokers).await, group());
    create_effects(&pool).await;
    broker.kill();
    let (stop_relay, relay, _) = spawn_leader(&pool, &brokers);
    let (stop_consumer, consumer) = spawn_consumer(&pool, &brokers, group, topic);
    push(&mut pool.acquire().await.unwrap(), topic, "a", 1).await;
    broker.come_back().await;
    let back = Instant::now();
    until("the message is in", async || count(&pool, "effects").await == 1).await;
    println!("started without a broker: first message {} ms after its return", back.elapsed().as_millis());
    for stop in [stop_relay, stop_consumer] {
        stop.cancel();
    }
    relay.await.unwrap();
    consumer.await.unwrap();
}

/// Two looks at Kafka, ten seconds apart, each of which may take ten; a session that must end; and a half more.
const RECOVERY: Duration = Duration::from_secs(75);

/// librdkafka lets go of the only broker that it knows when that says that there is none, and may never find it again.
#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_client_that_does_not_come_back_behind_an_outage_is_made_anew(pool: PgPool) {
    let mut broker = Broker::start().await;
    let brokers = broker.address();
    let (topic, group) = (topic(&brokers).await, group());
    create_effects(&pool).await;
    let (stop_relay, relay, _) = spawn_leader(&pool, &brokers);
    let (stop_consumer, consumer) = spawn_consumer(&pool, &brokers, group, topic);
    let mut pushed = 0;
    for round in 0..2 {
        broker.kill();
        broker.come_back_fenced().await;
        let began = Instant::now();
        // Not to wait for something: it is what the outage is.
        while began.elapsed() < Duration::from_secs(15) {
            pushed += 1;
            push(&mut pool.acquire().await.unwrap(), topic, "meanwhile", pushed).await;
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        broker.kill();
        broker.come_back().await;
        let back = Instant::now();
        until_within(RECOVERY, "the outbox is empty", async || count(&pool, "outbox").await == 0).await;
        println!("fenced, round {round}: the outbox is empty after {} ms", back.elapsed().as_millis());
        until_within(RECOVERY, "all are in", async || count(&pool, "effects").await == pushed).await;
        println!("fenced, round {round}: all are in after {} ms", back.elapsed().as_millis());
    }
    for stop in [stop_relay, stop_consumer] {
        stop.cancel();
    }
    relay.await.unwrap();
    consumer.await.unwrap();
}
