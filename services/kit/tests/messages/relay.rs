use std::time::{Duration, Instant};

use contracts::messages::Message;
use kit::context::{self, Context};
use kit::health::Health;
use kit::outbox::{self, Outbox};
use kit::relay::{LEADER_LOCK, Relay};
use serde_json::value::{RawValue, to_raw_value};
use sqlx::PgPool;
use tokio_util::sync::CancellationToken;

use crate::support::{
    assert_in_order, brokers, count, push, records, relay, spawn_leader, spawn_relay, spawn_relay_of, topic,
    until,
};
use crate::{child, support};

const KEYS: usize = 20;
const EACH: i64 = 100;

/// Rows of [`KEYS`] keys, [`EACH`] each, written by as many tasks at once in transactions of three rows.
async fn push_many(pool: &PgPool, topic: &'static str) {
    let mut writers = tokio::task::JoinSet::new();
    for key in 0..KEYS {
        let pool = pool.clone();
        writers.spawn(async move {
            let key = format!("key-{key}");
            for revisions in (1..=EACH).collect::<Vec<_>>().chunks(3) {
                let mut transaction = pool.begin().await.unwrap();
                for revision in revisions {
                    push(&mut transaction, topic, &key, *revision).await;
                }
                transaction.commit().await.unwrap();
            }
        });
    }
    while let Some(written) = writers.join_next().await {
        written.unwrap();
    }
}

struct Greeted;

impl Message for Greeted {
    const TOPIC: &'static str = "kit.test.greetings";

    fn kind(&self) -> &'static str {
        "Greeted"
    }

    fn schema(&self) -> i16 {
        3
    }

    fn key(&self) -> String {
        "world".to_owned()
    }

    fn payload(&self) -> serde_json::Result<Box<RawValue>> {
        to_raw_value(&["hello"])
    }

    fn parse(_: &str, _: &RawValue) -> serde_json::Result<Option<Self>> {
        Ok(None)
    }
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_batch_is_written_as_its_messages_are_one_by_one(pool: PgPool) {
    let cause = uuid::Uuid::now_v7();
    let context = Context::of_message(Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"), cause);
    let written =
        "select topic, key, kind, schema, revision, causation_id, split_part(traceparent, '-', 2), payload
                   from outbox order by seq";
    type Row = (String, String, String, i16, i64, Option<uuid::Uuid>, String, String);
    let mut transaction = pool.begin().await.unwrap();
    for revision in [3, 1, 2] {
        let push = outbox::push(&mut transaction, &Greeted, revision);
        context::scope(context.clone(), push).await.unwrap();
    }
    let one_by_one: Vec<Row> = sqlx::query_as(written).fetch_all(&mut *transaction).await.unwrap();
    transaction.rollback().await.unwrap();

    let mut transaction = pool.begin().await.unwrap();
    let mut batch = outbox::Batch::default();
    for revision in [3, 1, 2] {
        batch.add_of(&context, &Greeted, revision).unwrap();
    }
    batch.push(&mut transaction).await.unwrap();
    outbox::Batch::default().push(&mut transaction).await.unwrap();
    let together: Vec<Row> = sqlx::query_as(written).fetch_all(&mut *transaction).await.unwrap();
    assert_eq!(together.len(), 3);
    assert_eq!(together, one_by_one);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_pushed_message_arrives_with_its_envelope_and_leaves_the_outbox(pool: PgPool) {
    let brokers = brokers();
    let keeps = kit::kafka::Keeps::Days(1);
    kit::kafka::create_topics(&brokers, &[kit::kafka::Topic { name: Greeted::TOPIC, keeps }], 1)
        .await
        .unwrap();
    let cause = uuid::Uuid::now_v7();
    let context = Context::of_message(Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"), cause);
    let mut transaction = pool.begin().await.unwrap();
    let id = context::scope(context, outbox::push(&mut transaction, &Greeted, 7)).await.unwrap();
    Outbox::default().commit(transaction).await.unwrap();

    let (stop, task, _) = spawn_leader(&pool, &brokers);
    until("the outbox is empty", async || count(&pool, "outbox").await == 0).await;
    stop.cancel();
    task.await.unwrap();

    let records = records(&brokers, Greeted::TOPIC).await;
    let envelope = records.iter().find(|envelope| envelope.id == id).expect("it arrived");
    assert_eq!((envelope.kind.as_str(), envelope.schema, envelope.revision), ("Greeted", 3, 7));
    assert_eq!((envelope.key.as_str(), envelope.payload.get()), ("world", "[\"hello\"]"));
    assert_eq!(envelope.causation_id, Some(cause));
    assert!(envelope.traceparent.as_deref().unwrap().starts_with("00-4bf92f3577b34da6a3ce929d0e0e4736-"));
}

/// How long each of ten commits took to be published, on average, when the relay had nothing to do.
async fn one_by_one(pool: &PgPool, patience: Duration) -> Duration {
    let brokers = brokers();
    let topic = topic(&brokers).await;
    let outbox = Outbox::default();
    let (stop, task, _) = spawn_relay_of(pool, &brokers, LEADER_LOCK, outbox.clone(), patience);
    let mut took = Duration::ZERO;
    for revision in 0..=10 {
        // No condition tells it: behind rows the relay looks again soon, and would find the next one without being woken.
        tokio::time::sleep(Duration::from_millis(60)).await;
        let began = Instant::now();
        let mut transaction = pool.begin().await.unwrap();
        push(&mut transaction, topic, "a", revision).await;
        outbox.commit(transaction).await.unwrap();
        until("the outbox is empty", async || count(pool, "outbox").await == 0).await;
        // With the first one it has come to lead and to know the topic.
        if revision > 0 {
            took += began.elapsed();
        }
    }
    stop.cancel();
    task.await.unwrap();
    assert_eq!(records(&brokers, topic).await.len(), 11);
    took / 10
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_relay_is_woken_by_a_commit(pool: PgPool) {
    let each = one_by_one(&pool, Duration::ZERO).await;
    // By looking alone it finds such a row 160 ms later.
    assert!(each < Duration::from_millis(60), "{each:?}");
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_relay_that_is_patient_gives_others_time_to_come(pool: PgPool) {
    let patience = Duration::from_millis(150);
    let each = one_by_one(&pool, patience).await;
    assert!(each > patience / 2, "{each:?}");
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn what_was_rolled_back_is_never_published(pool: PgPool) {
    let brokers = brokers();
    let topic = topic(&brokers).await;
    let mut transaction = pool.begin().await.unwrap();
    push(&mut transaction, topic, "rolled-back", 1).await;
    transaction.rollback().await.unwrap();
    push(&mut pool.acquire().await.unwrap(), topic, "kept", 1).await;

    let (stop, task, _) = spawn_leader(&pool, &brokers);
    until("the outbox is empty", async || count(&pool, "outbox").await == 0).await;
    stop.cancel();
    task.await.unwrap();
    let keys: Vec<String> = records(&brokers, topic).await.into_iter().map(|envelope| envelope.key).collect();
    assert_eq!(keys, ["kept"]);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn two_relays_forced_at_once_keep_the_order_of_each_key(pool: PgPool) {
    let brokers = brokers();
    let topic = topic(&brokers).await;
    // Different locks: both believe to lead.
    let first = spawn_relay(&pool, &brokers, LEADER_LOCK);
    let second = spawn_relay(&pool, &brokers, LEADER_LOCK + 1);
    push_many(&pool, topic).await;
    until("the outbox is empty", async || count(&pool, "outbox").await == 0).await;
    for (stop, task, _) in [first, second] {
        stop.cancel();
        task.await.unwrap();
    }
    let records = records(&brokers, topic).await;
    println!("two relays: {} rows became {} records", KEYS as i64 * EACH, records.len());
    assert_in_order(&records, KEYS, EACH);
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn one_relay_leads_and_the_other_takes_over(pool: PgPool) {
    let brokers = brokers();
    let topic = topic(&brokers).await;
    let (stop_first, first, _) = spawn_leader(&pool, &brokers);
    push_many(&pool, topic).await;
    until("the first has published", async || count(&pool, "outbox").await == 0).await;
    let (stop_second, second, _) = spawn_leader(&pool, &brokers);
    stop_first.cancel();
    first.await.unwrap();
    let began = Instant::now();
    push(&mut pool.acquire().await.unwrap(), topic, "later", 1).await;
    until("the second has published", async || count(&pool, "outbox").await == 0).await;
    println!("follower leads after {} ms", began.elapsed().as_millis());
    stop_second.cancel();
    second.await.unwrap();
    // One leader at a time: nothing is published twice.
    assert_eq!(records(&brokers, topic).await.len() as i64, KEYS as i64 * EACH + 1);
}

/// kill -9 at `failpoint`, then a new relay; returns the records before and after.
async fn kill_at(failpoint: &str, pool: &PgPool) -> (usize, usize) {
    let brokers = brokers();
    let topic = topic(&brokers).await;
    push_many(pool, topic).await;
    let rows = count(pool, "outbox").await;
    drop(child::spawn_until("relay", failpoint, pool, &[]));
    assert_eq!(count(pool, "outbox").await, rows, "no row is gone");
    let before = records(&brokers, topic).await.len();

    let began = Instant::now();
    let (stop, task, _) = spawn_leader(pool, &brokers);
    until("the first row is published", async || count(pool, "outbox").await < rows).await;
    println!("{failpoint}: killed, restart to first message {} ms", began.elapsed().as_millis());
    until("the outbox is empty", async || count(pool, "outbox").await == 0).await;
    stop.cancel();
    task.await.unwrap();
    let records = records(&brokers, topic).await;
    assert_in_order(&records, KEYS, EACH);
    (before, records.len())
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_relay_killed_before_it_publishes_loses_nothing(pool: PgPool) {
    let (before, after) = kill_at("relay.before_publish", &pool).await;
    assert_eq!((before, after as i64), (0, KEYS as i64 * EACH));
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_relay_killed_before_it_deletes_only_repeats(pool: PgPool) {
    let (before, after) = kill_at("relay.before_delete", &pool).await;
    assert!(before > 0, "the first batch had arrived");
    assert_eq!(after as i64, KEYS as i64 * EACH + before as i64, "and came again");
}

/// The server's process for the relay's connection, as soon as it leads.
async fn backend(pool: &PgPool) -> Option<i32> {
    let select = "select pg_stat_activity.pid
                  from pg_stat_activity
                  join pg_locks on pg_locks.pid = pg_stat_activity.pid
                  where datname = current_database()
                    and application_name = 'relay'
                    and locktype = 'advisory'
                    and granted";
    sqlx::query_scalar(select).fetch_optional(pool).await.unwrap()
}

fn signal(pid: i32, name: &str) {
    let status = std::process::Command::new("kill").args([format!("-{name}"), pid.to_string()]).status();
    assert!(status.unwrap().success());
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_relay_whose_database_goes_without_a_word_ends_its_process(pool: PgPool) {
    let answers_within = Duration::from_secs(3);
    let health = Health::default();
    let relay = Relay { answers_within, ..relay(&pool, &brokers(), &health) };
    let task = tokio::spawn(relay.run(CancellationToken::new()));
    until("the relay leads", async || backend(&pool).await.is_some()).await;
    let pid = backend(&pool).await.unwrap();
    signal(pid, "STOP");
    let ended = tokio::time::timeout(support::DEADLINE, task).await;
    signal(pid, "CONT");
    assert!(ended.unwrap().unwrap().is_err());
}
