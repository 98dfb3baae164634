use std::time::{Duration, Instant};

use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::support::{
    brokers, count, create_effects, effects, envelope, group, send, spawn_consumer, topic, until,
};
use crate::{child, support};

fn record(envelope: &contracts::envelope::Envelope) -> (&str, Vec<u8>) {
    (&envelope.key, serde_json::to_vec(envelope).unwrap())
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_redelivered_message_takes_effect_once(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    create_effects(&pool).await;
    let (message, last) = (envelope("a", "Numbered"), envelope("a", "Numbered"));
    // Twice in a row, so most likely in one transaction; and once more behind another.
    send(&brokers, topic, &[record(&message), record(&message), record(&last), record(&message)]).await;
    let (stop, task) = spawn_consumer(&pool, &brokers, group, topic);
    until("the last is in", async || effects(&pool).await.contains_key(&last.id)).await;
    send(&brokers, topic, &[record(&message)]).await;
    let end = envelope("a", "Numbered");
    send(&brokers, topic, &[record(&end)]).await;
    until("the end is in", async || effects(&pool).await.contains_key(&end.id)).await;
    stop.cancel();
    task.await.unwrap();
    assert!(effects(&pool).await.values().all(|times| *times == 1));
    assert_eq!(count(&pool, "effects").await, 3);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn what_does_not_concern_the_handler_is_passed_over(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    create_effects(&pool).await;
    let foreign: Vec<_> = (0..3).map(|_| envelope("a", "Foreign")).collect();
    let (first, last) = (envelope("a", "Numbered"), envelope("a", "Numbered"));
    // By itself, and in one transaction with others.
    send(&brokers, topic, &[record(&foreign[0])]).await;
    let (stop, task) = spawn_consumer(&pool, &brokers, group, topic);
    let rest = [record(&first), record(&foreign[1]), record(&foreign[2]), record(&last)];
    send(&brokers, topic, &rest).await;
    until("the last is in", async || effects(&pool).await.contains_key(&last.id)).await;
    stop.cancel();
    task.await.unwrap();
    assert_eq!(count(&pool, "effects").await, 2);
    assert_eq!(count(&pool, "inbox").await, 2);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn messages_that_nobody_waits_for_share_a_transaction(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    create_effects(&pool).await;
    let first = envelope("a", "Leisurely");
    send(&brokers, topic, &[record(&first)]).await;
    let mut consumer = support::consumer(&pool, &brokers, group, topic);
    consumer.fetch_wait = Duration::from_millis(50);
    let stop = CancellationToken::new();
    let task = tokio::spawn(consumer.run(stop.clone()));
    until("the consumer reads", async || effects(&pool).await.contains_key(&first.id)).await;
    // One after the other, each acknowledged.
    let rest: Vec<_> = (0..30).map(|_| envelope("a", "Leisurely")).collect();
    send(&brokers, topic, &rest.iter().map(record).collect::<Vec<_>>()).await;
    until("all are in", async || count(&pool, "effects").await == 31).await;
    stop.cancel();
    task.await.unwrap().unwrap();
    let transactions = "select count(distinct xmin::text) from effects";
    let transactions: i64 = sqlx::query_scalar(transactions).fetch_one(&pool).await.unwrap();
    assert!(transactions <= 16, "31 messages took {transactions} transactions");
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_poison_message_holds_up_nothing(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    create_effects(&pool).await;
    let good: Vec<_> = ["a", "b", "a", "c", "a"].iter().map(|key| envelope(key, "Numbered")).collect();
    let impossible = envelope("a", "Impossible");
    let mut all =
        vec![record(&good[0]), ("a", b"not an envelope".to_vec()), record(&good[1]), record(&impossible)];
    all.extend(good[2..].iter().map(record));
    send(&brokers, topic, &all).await;

    let (stop, task) = spawn_consumer(&pool, &brokers, group, topic);
    until("all good ones are in", async || count(&pool, "effects").await == 5).await;
    until("the bad ones are parked", async || count(&pool, "dead_letters").await == 2).await;
    stop.cancel();
    task.await.unwrap();
    let effects = effects(&pool).await;
    assert!(good.iter().all(|envelope| effects.get(&envelope.id) == Some(&1)));
    assert!(!effects.contains_key(&impossible.id), "a parked message leaves no effect");
    let reasons: Vec<String> =
        sqlx::query_scalar("select reason from dead_letters order by id").fetch_all(&pool).await.unwrap();
    assert!(reasons[0].starts_with("envelope:") && reasons[1] == "impossible", "{reasons:?}");

    // Behind them nothing is stuck, and a restart does not park them again.
    let (stop, task) = spawn_consumer(&pool, &brokers, group, topic);
    let later = envelope("a", "Numbered");
    send(&brokers, topic, &[record(&later)]).await;
    until("a later one is in", async || count(&pool, "effects").await == 6).await;
    stop.cancel();
    task.await.unwrap();
    assert_eq!(count(&pool, "dead_letters").await, 2);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_transient_failure_is_retried_until_it_succeeds(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    create_effects(&pool).await;
    let (deadlock, behind) = (envelope("a", "Deadlock"), envelope("a", "Numbered"));
    send(&brokers, topic, &[record(&deadlock), record(&behind)]).await;
    let (stop, task) = spawn_consumer(&pool, &brokers, group, topic);
    until("both are in", async || count(&pool, "effects").await == 2).await;
    stop.cancel();
    task.await.unwrap();
    assert_eq!(count(&pool, "dead_letters").await, 0);
    assert!(effects(&pool).await.values().all(|times| *times == 1));
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_message_waits_for_a_database_that_is_not_as_it_must_be(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    let message = envelope("a", "Numbered");
    send(&brokers, topic, &[record(&message)]).await;
    let consumer = support::consumer(&pool, &brokers, group, topic);
    let (status, stop) = (consumer.status.clone(), CancellationToken::new());
    let task = tokio::spawn(consumer.run(stop.clone()));
    until("it has tried", async || status.is_degraded()).await;
    assert_eq!(count(&pool, "dead_letters").await, 0, "there is no table yet");
    create_effects(&pool).await;
    until("the message is in", async || count(&pool, "effects").await == 1).await;
    stop.cancel();
    task.await.unwrap().unwrap();
    assert_eq!(count(&pool, "dead_letters").await, 0);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn twenty_keys_parked_within_a_minute_stop_the_consumer(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    create_effects(&pool).await;
    let bad: Vec<_> = (0..30).map(|key| envelope(&format!("key-{key}"), "Impossible")).collect();
    send(&brokers, topic, &bad.iter().map(record).collect::<Vec<_>>()).await;
    let status: std::sync::Arc<kit::health::Status> = std::sync::Arc::default();
    let mut consumer = support::consumer(&pool, &brokers, group, topic);
    consumer.status = status.clone();
    let stop = tokio_util::sync::CancellationToken::new();
    let token = stop.clone();
    let task = tokio::spawn(async move { consumer.run(token).await });
    until("it has stopped", async || status.is_degraded() && count(&pool, "dead_letters").await == 20).await;
    stop.cancel();
    task.await.unwrap().unwrap();
    assert_eq!(count(&pool, "dead_letters").await, 20, "the rest stays in the topic");
}

/// kill -9 at `failpoint`, then a new member of the same name.
async fn kill_at(failpoint: &str, pool: &PgPool) -> i64 {
    let (brokers, group) = (brokers(), group());
    let topic = topic(&brokers).await;
    create_effects(pool).await;
    let messages: Vec<_> = (0..50).map(|key| envelope(&format!("key-{key}"), "Numbered")).collect();
    send(&brokers, topic, &messages.iter().map(record).collect::<Vec<_>>()).await;
    let names = [("CHILD_GROUP", group), ("CHILD_TOPIC", topic)];
    drop(child::spawn_until("consumer", failpoint, pool, &names));
    let before = count(pool, "effects").await;

    let began = Instant::now();
    let first = envelope("first", "Numbered");
    send(&brokers, topic, &[record(&first)]).await;
    let (stop, task) = spawn_consumer(pool, &brokers, group, topic);
    until("a new message is in", async || effects(pool).await.contains_key(&first.id)).await;
    println!("{failpoint}: killed, restart to first message {} ms", began.elapsed().as_millis());
    until("all are in", async || count(pool, "effects").await >= 51).await;
    stop.cancel();
    task.await.unwrap();
    let effects = effects(pool).await;
    assert_eq!(effects.len(), 51);
    assert!(effects.values().all(|times| *times == 1), "each took effect once");
    before
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_consumer_killed_before_its_commit_starts_over(pool: PgPool) {
    assert_eq!(kill_at("consumer.before_commit", &pool).await, 0);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_consumer_killed_between_commit_and_offset_repeats_without_effect(pool: PgPool) {
    assert!(kill_at("consumer.after_commit", &pool).await > 0);
}
