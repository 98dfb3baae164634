//! What the tests share: rows, topics, deadlines.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::envelope::Envelope;
use kit::consumer::{Consumer, Failure, Handler, Incoming, Source};
use kit::database::{self, Limits};
use kit::health::Health;
use kit::kafka::{self, Keeps, Topic};
use kit::outbox::{self, Outbox};
use kit::relay::{ANSWERS_WITHIN, LEADER_LOCK, Relay};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::Message as _;
use rdkafka::{Offset, TopicPartitionList};
use serde_json::value::to_raw_value;
use sqlx::migrate::Migrator;
use sqlx::{PgConnection, PgPool};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;
use uuid::Uuid;

/// Ten times what it should take at worst.
pub const DEADLINE: Duration = Duration::from_secs(60);

pub static MIGRATOR: std::sync::LazyLock<Migrator> =
    std::sync::LazyLock::new(|| database::migrator(&Migrator::DEFAULT));

/// The broker of the stack that the tests run beside.
pub fn brokers() -> String {
    std::env::var("KAFKA_BROKERS").expect("no stack: run `make test` (KAFKA_BROKERS is not set)")
}

/// A topic that nobody else uses.
pub async fn topic(brokers: &str) -> &'static str {
    let name: &'static str = format!("kit.test.{}", Uuid::now_v7()).leak();
    kafka::create_topics(brokers, &[Topic { name, keeps: Keeps::Days(1) }], 1).await.unwrap();
    name
}

/// A group that nobody else uses.
pub fn group() -> &'static str {
    format!("kit-test-{}", Uuid::now_v7()).leak()
}

/// Polls `condition` until it holds.
pub async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    until_within(DEADLINE, what, condition).await;
}

/// The same for what takes long.
pub async fn until_within<F: Future<Output = bool>>(
    deadline: Duration,
    what: &str,
    condition: impl Fn() -> F,
) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn count(pool: &PgPool, table: &'static str) -> i64 {
    let sql = sqlx::AssertSqlSafe(format!("select count(*) from {table}"));
    sqlx::query_scalar(sql).fetch_one(pool).await.unwrap()
}

/// Writes one outbox row: number `revision` of `key`.
pub async fn push(connection: &mut PgConnection, topic: &str, key: &str, revision: i64) {
    sqlx::query(
        "insert into outbox (id, topic, key, kind, schema, revision, payload)
         values ($1, $2, $3, 'Numbered', 1, $4, '{}')",
    )
    .bind(Uuid::now_v7())
    .bind(topic)
    .bind(key)
    .bind(revision)
    .execute(connection)
    .await
    .unwrap();
}

/// What the code under test says, when RUST_LOG asks for it and the test runs alone.
pub fn log() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_test_writer().try_init().ok();
}

/// A relay that hears of nothing, and runs until the returned token is cancelled.
pub fn spawn_relay(pool: &PgPool, brokers: &str, lock: i64) -> (CancellationToken, JoinHandle<()>, Health) {
    spawn_relay_of(pool, brokers, lock, Outbox::default(), Duration::ZERO)
}

/// The same, but it is woken by commits through `outbox`, and rows wait for others.
pub fn spawn_relay_of(
    pool: &PgPool,
    brokers: &str,
    lock: i64,
    outbox: Outbox,
    patience: Duration,
) -> (CancellationToken, JoinHandle<()>, Health) {
    let stop = CancellationToken::new();
    let health = Health::default();
    let run = Relay { lock, outbox, patience, ..relay(pool, brokers, &health) }.run(stop.clone());
    let task = tokio::spawn(async { run.await.unwrap() });
    (stop, task, health)
}

/// A relay as a service has it.
pub fn relay(pool: &PgPool, brokers: &str, health: &Health) -> Relay {
    log();
    Relay {
        database: (*pool.connect_options()).clone().application_name("relay"),
        brokers: brokers.to_owned(),
        client_id: "relay-test".to_owned(),
        lock: LEADER_LOCK,
        outbox: Outbox::default(),
        patience: Duration::ZERO,
        answers_within: ANSWERS_WITHIN,
        status: health.part("relay"),
    }
}

pub fn spawn_leader(pool: &PgPool, brokers: &str) -> (CancellationToken, JoinHandle<()>, Health) {
    spawn_relay(pool, brokers, LEADER_LOCK)
}

/// Everything that the topic holds, in the order of its partitions.
pub async fn records(brokers: &str, topic: &'static str) -> Vec<Envelope> {
    let brokers = brokers.to_owned();
    tokio::task::spawn_blocking(move || read_topic(&brokers, topic)).await.unwrap()
}

fn read_topic(brokers: &str, topic: &str) -> Vec<Envelope> {
    let consumer: BaseConsumer =
        kafka::consumer(brokers, &format!("read-{}", Uuid::now_v7()), "0", &[]).create().unwrap();
    let mut list = TopicPartitionList::new();
    let mut missing = 0;
    for partition in 0..kafka::PARTITIONS {
        list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
        let (low, high) = consumer.fetch_watermarks(topic, partition, DEADLINE).unwrap();
        missing += high - low;
    }
    consumer.assign(&list).unwrap();
    let mut envelopes = Vec::new();
    let began = Instant::now();
    while missing > 0 {
        assert!(began.elapsed() < DEADLINE, "{missing} records of {topic} never came");
        let Some(Ok(message)) = consumer.poll(Duration::from_millis(100)) else { continue };
        envelopes.push(serde_json::from_slice(message.payload().unwrap()).unwrap());
        missing -= 1;
    }
    envelopes
}

/// The first time that each message of a key is seen, its revisions are 1, 2, 3, …
pub fn assert_in_order(envelopes: &[Envelope], keys: usize, each: i64) {
    let mut newest: HashMap<&str, i64> = HashMap::new();
    for envelope in envelopes {
        let newest = newest.entry(&envelope.key).or_default();
        if envelope.revision > *newest {
            assert_eq!(envelope.revision, *newest + 1, "key {} skipped a message", envelope.key);
            *newest = envelope.revision;
        }
    }
    assert_eq!(newest.len(), keys);
    assert!(newest.values().all(|revision| *revision == each), "messages are missing: {newest:?}");
}

/// An envelope as another service would have sent it.
pub fn envelope(key: &str, kind: &str) -> Envelope {
    Envelope {
        id: Uuid::now_v7(),
        kind: kind.to_owned(),
        schema: 1,
        key: key.to_owned(),
        revision: 1,
        causation_id: None,
        occurred_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        traceparent: None,
        payload: to_raw_value(&()).unwrap(),
    }
}

/// Sends records as they are, in order.
pub async fn send(brokers: &str, topic: &str, records: &[(&str, Vec<u8>)]) {
    let producer = kafka::producer(brokers, "test").unwrap();
    for (key, value) in records {
        let record = rdkafka::producer::FutureRecord::to(topic).key(*key).payload(value);
        producer.send(record, DEADLINE).await.unwrap();
    }
}

/// Writes one row of `effects` per message, and does what its kind says; `Foreign` does not concern it, and nobody waits for
/// `Leisurely`.
pub struct Effects;

impl Handler for Effects {
    type Done = ();

    fn concerns(&self, message: &Incoming) -> bool {
        message.envelope.as_ref().is_none_or(|envelope| envelope.kind != "Foreign")
    }

    fn is_awaited(&self, message: &Incoming) -> bool {
        message.envelope.as_ref().is_none_or(|envelope| envelope.kind != "Leisurely")
    }

    async fn handle(
        &self,
        connection: &mut PgConnection,
        messages: &[&Incoming],
        _: &mut outbox::Batch,
    ) -> Result<(), Failure> {
        for message in messages {
            effect(connection, message).await?;
        }
        Ok(())
    }
}

async fn effect(connection: &mut PgConnection, message: &Incoming) -> Result<(), Failure> {
    let envelope = message.envelope.as_ref().expect("tests send no tombstones");
    sqlx::query("insert into effects (key, message_id) values ($1, $2)")
        .bind(&message.key)
        .bind(envelope.id)
        .execute(&mut *connection)
        .await?;
    match envelope.kind.as_str() {
        "Impossible" => Err(Failure::Park("impossible".to_owned())),
        // `lives` is left by the rolled back transactions only as a sequence, which is not rolled back.
        "Deadlock" => {
            sqlx::query(
                "do $$ begin
                     if nextval('lives') < 3 then raise exception using errcode = '40P01'; end if;
                 end $$",
            )
            .execute(connection)
            .await?;
            Ok(())
        }
        _ => Ok(()),
    }
}

pub async fn create_effects(pool: &PgPool) {
    sqlx::raw_sql(
        "create table effects (seq bigint generated always as identity, key text, message_id uuid);
         create sequence lives;",
    )
    .execute(pool)
    .await
    .unwrap();
}

/// The number of effects of each message.
pub async fn effects(pool: &PgPool) -> HashMap<Uuid, i64> {
    sqlx::query_as("select message_id, count(*) from effects group by message_id")
        .fetch_all(pool)
        .await
        .unwrap()
        .into_iter()
        .collect()
}

pub fn consumer(pool: &PgPool, brokers: &str, group: &'static str, topic: &'static str) -> Consumer<Effects> {
    log();
    Consumer {
        group,
        instance: "0".to_owned(),
        brokers: brokers.to_owned(),
        sources: vec![Source::Stream(topic)],
        pool: pool.clone(),
        outbox: Outbox::default(),
        fetch_wait: Duration::ZERO,
        status: Arc::default(),
        handler: Effects,
    }
}

/// A consumer that runs until the returned token is cancelled.
pub fn spawn_consumer(
    pool: &PgPool,
    brokers: &str,
    group: &'static str,
    topic: &'static str,
) -> (CancellationToken, JoinHandle<()>) {
    let stop = CancellationToken::new();
    let consumer = consumer(pool, brokers, group, topic);
    let token = stop.clone();
    let task = tokio::spawn(async move { consumer.run(token).await.unwrap() });
    (stop, task)
}

/// A pool to the same database for a process of its own.
pub fn pool(url: &str) -> PgPool {
    database::pool(url, "kit-test", 4, Limits::BACKGROUND).unwrap()
}
