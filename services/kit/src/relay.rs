//! From the outbox to Kafka.
//!
//! One leader per database, by an advisory lock; the lock, the reads and the deletes use the **same**
//! connection, so that whoever deletes is the leader. Rows are read in the order of the outbox, handed
//! to Kafka in that order, and deleted once acknowledged. A relay that dies in between has published some
//! rows that are still there: the next one publishes them again, and the inbox of each consumer drops
//! what it has seen.
//!
//! Order per key holds even when two relays run at once: each sends a row only after it has sent all
//! earlier ones itself, or found them deleted, which means acknowledged.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use contracts::envelope::Envelope;
use jiff::Timestamp;
use rdkafka::error::KafkaError;
use rdkafka::producer::{DeliveryFuture, FutureProducer, FutureRecord, Producer as _};
use serde_json::value::RawValue;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions as _, PgConnection};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::health::Status;
use crate::kafka;
use crate::outbox::Outbox;
use crate::pace::Pace;
use crate::telemetry;

/// Rows that are in flight at once.
const BATCH: usize = 500;

/// How soon a row is found whose pusher could not wake us (another replica, or a crash).
const POLL: Duration = Duration::from_millis(200);

/// The same behind rows that were found: where there are some, other replicas push some too.
const POLL_AGAIN: Duration = Duration::from_millis(20);

/// Between the beginnings of two reads when callers' transactions come close together.
const STEP: Duration = Duration::from_millis(8);

/// How often a follower asks whether the leader is gone.
const FOLLOW: Duration = Duration::from_millis(500);

/// What takes longer to arrive shows on `/readyz`.
const SLOW: Duration = Duration::from_secs(1);

/// How long a stopping relay goes on to empty the outbox.
const DRAIN: Duration = Duration::from_secs(3);

/// The server itself ends a statement before that. What takes longer has lost its server without a word, as when its machine
/// is gone: then the kernel would wait for an answer for a quarter of an hour, or for ever.
pub const ANSWERS_WITHIN: Duration = Duration::from_secs(45);

/// The advisory lock of the leader.
pub const LEADER_LOCK: i64 = 0x6f75_7462_6f78; // "outbox"

/// Publishes the outbox of one database until it is told to stop.
pub struct Relay {
    pub database: PgConnectOptions,
    pub brokers: String,
    pub client_id: String,
    /// [`LEADER_LOCK`], but for tests that force two leaders.
    pub lock: i64,
    pub outbox: Outbox,
    /// How long a row waits for others.
    pub patience: Duration,
    /// [`ANSWERS_WITHIN`], but for tests.
    pub answers_within: Duration,
    pub status: Arc<Status>,
}

/// The database has gone without a word, and with it every connection of this process that waits for an answer: only a new
/// process is rid of them.
#[derive(Debug, thiserror::Error)]
#[error("the database has not answered the relay for {} s", .0.as_secs())]
pub struct Silent(Duration);

#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("use the outbox")]
    Database(#[from] sqlx::Error),
    #[error("make a producer")]
    Producer(#[source] KafkaError),
    #[error("publish to {topic}")]
    Publish { topic: String, source: KafkaError },
    #[error("publish to {topic}: others find Kafka, and the producer does not")]
    Stuck { topic: String },
    #[error("write an envelope")]
    Envelope(#[from] serde_json::Error),
    #[error(transparent)]
    Silent(#[from] Silent),
}

impl Relay {
    /// Returns after `stop`, when the outbox is empty or three seconds have gone by.
    ///
    /// # Errors
    /// When the process must end.
    pub async fn run(self, stop: CancellationToken) -> Result<(), Silent> {
        let mut pause = Duration::from_millis(100);
        while !stop.is_cancelled() {
            match self.lead(&stop).await {
                Ok(()) => return Ok(()),
                Err(Error::Silent(silent)) => return Err(silent),
                Err(error) => {
                    self.status.degraded(true);
                    tracing::warn!(error = telemetry::chain(&error), "relay starts afresh");
                }
            }
            wait(&stop, pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
        Ok(())
    }

    /// A server that takes a connection and then says nothing is asked again.
    async fn connect(&self) -> Result<PgConnection, Error> {
        let connecting = tokio::time::timeout(self.answers_within, self.database.connect());
        Ok(connecting.await.map_err(|_| sqlx::Error::PoolTimedOut)??)
    }

    /// What the database says to `question`, if it says anything.
    async fn answer<T>(&self, question: impl Future<Output = sqlx::Result<T>>) -> Result<T, Error> {
        match tokio::time::timeout(self.answers_within, question).await {
            Ok(answer) => Ok(answer?),
            Err(_) => Err(Silent(self.answers_within).into()),
        }
    }

    async fn lead(&self, stop: &CancellationToken) -> Result<(), Error> {
        let mut connection = self.connect().await?;
        // A delete that is lost in a crash of the server is only a duplicate.
        self.answer(sqlx::query("set synchronous_commit = off").execute(&mut connection)).await?;
        while !self.answer(self.try_lock(&mut connection)).await? {
            self.status.started();
            self.status.degraded(false);
            if stop.is_cancelled() {
                return Ok(());
            }
            wait(stop, FOLLOW).await;
        }
        tracing::info!("relay leads");
        let producer = kafka::producer(&self.brokers, &self.client_id).map_err(Error::Producer)?;
        self.status.started();
        let ended = self.lead_with(&producer, &mut connection, stop).await;
        kafka::let_go(producer);
        ended
    }

    async fn lead_with(
        &self,
        producer: &FutureProducer,
        connection: &mut PgConnection,
        stop: &CancellationToken,
    ) -> Result<(), Error> {
        let mut pace = Pace::new(STEP, Instant::now());
        loop {
            pace.begin(self.outbox.take_callers(), Instant::now());
            let rows = self.answer(read(connection)).await?;
            if rows.is_empty() {
                self.status.degraded(false);
                if stop.is_cancelled() {
                    return Ok(());
                }
            } else {
                let publish = self.publish(producer, connection, &rows);
                tokio::select! {
                    result = publish => result?,
                    () = deadline(stop) => return Ok(()),
                }
                self.status.degraded(false);
            }
            if rows.len() < BATCH {
                self.wait_for_rows(if rows.is_empty() { POLL } else { POLL_AGAIN }, &pace, stop).await;
            }
        }
    }

    /// Returns when there may be rows to read: some were pushed since this was called last, and had the time to wait for
    /// others, as long as `pace` and our patience say, whichever is longer; or `poll` is over, or it is time to stop.
    async fn wait_for_rows(&self, poll: Duration, pace: &Pace, stop: &CancellationToken) {
        tokio::select! {
            () = stop.cancelled() => return,
            () = self.outbox.pushed.notified() => {}
            () = tokio::time::sleep(poll) => return,
        }
        let now = Instant::now();
        // At least one was pushed, and somebody may wait for it.
        let until = pace.until(1).max(now + self.patience);
        if until > now {
            wait(stop, until - now).await;
        }
    }

    async fn try_lock(&self, connection: &mut PgConnection) -> sqlx::Result<bool> {
        sqlx::query_scalar("select pg_try_advisory_lock($1)").bind(self.lock).fetch_one(connection).await
    }

    /// Publishes `rows` and deletes those that arrived. On a failure the rows behind it stay too.
    async fn publish(
        &self,
        producer: &FutureProducer,
        connection: &mut PgConnection,
        rows: &[Row],
    ) -> Result<(), Error> {
        fail::fail_point!("relay.before_publish");
        let mut under_way = Vec::with_capacity(rows.len());
        let mut failure = None;
        for row in rows {
            match enqueue(producer, row) {
                Ok(delivery) => under_way.push(delivery),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        let mut arrived = Vec::with_capacity(under_way.len());
        for (row, delivery) in rows.iter().zip(under_way) {
            match self.arrival(producer, row, delivery).await {
                Ok(()) => arrived.push(row.seq),
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        fail::fail_point!("relay.before_delete");
        self.answer(delete(connection, &arrived)).await?;
        metrics::counter!("outbox_published_total").increment(arrived.len() as u64);
        failure.map_or(Ok(()), Err)
    }

    /// Returns when Kafka has the row, however long that takes while Kafka is away for everybody.
    async fn arrival(
        &self,
        producer: &FutureProducer,
        row: &Row,
        mut delivery: DeliveryFuture,
    ) -> Result<(), Error> {
        let topic = || row.topic.clone();
        let own = producer.clone();
        let look = move |topics: &[String]| kafka::finds(own.client(), topics);
        let topics = [row.topic.as_str()];
        let mut stuck = pin!(kafka::until_stuck(look, &self.brokers, &topics, &self.status));
        let mut slow = pin!(tokio::time::sleep(SLOW));
        let result = loop {
            tokio::select! {
                biased;
                result = &mut delivery => break result,
                () = &mut slow, if !slow.is_elapsed() => self.status.degraded(true),
                () = &mut stuck => return Err(Error::Stuck { topic: topic() }),
            }
        };
        match result {
            Ok(Ok(_)) => Ok(()),
            Ok(Err((source, _))) => Err(Error::Publish { topic: topic(), source }),
            Err(_) => Err(Error::Publish { topic: topic(), source: KafkaError::Canceled }),
        }
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    id: Uuid,
    topic: String,
    key: String,
    kind: String,
    schema: i16,
    revision: i64,
    causation_id: Option<Uuid>,
    occurred_at: jiff_sqlx::Timestamp,
    traceparent: Option<String>,
    payload: Option<String>,
}

async fn read(connection: &mut PgConnection) -> sqlx::Result<Vec<Row>> {
    // All rows from the lowest on, never `seq > last`: the order of the sequence is not that of the commits.
    sqlx::query_as(
        "select seq, id, topic, key, kind, schema, revision, causation_id, occurred_at, traceparent, payload
         from outbox
         order by seq
         limit $1",
    )
    .bind(i64::try_from(BATCH).unwrap_or(i64::MAX))
    .fetch_all(connection)
    .await
}

async fn delete(connection: &mut PgConnection, seqs: &[i64]) -> sqlx::Result<()> {
    sqlx::query("delete from outbox where seq = any($1)").bind(seqs).execute(connection).await?;
    Ok(())
}

fn enqueue(producer: &FutureProducer, row: &Row) -> Result<DeliveryFuture, Error> {
    let value = row.envelope()?;
    let mut record = FutureRecord::to(&row.topic).key(&row.key);
    if let Some(value) = &value {
        record = record.payload(value);
    }
    // Not `send`, which retries on a full queue and may reorder.
    producer.send_result(record).map_err(|(source, _)| Error::Publish { topic: row.topic.clone(), source })
}

impl Row {
    /// The record's value; `None` is a tombstone.
    fn envelope(&self) -> serde_json::Result<Option<Vec<u8>>> {
        let Some(payload) = &self.payload else { return Ok(None) };
        let occurred_at: Timestamp = self.occurred_at.to_jiff();
        serde_json::to_vec(&Envelope {
            id: self.id,
            kind: self.kind.clone(),
            schema: self.schema,
            key: self.key.clone(),
            revision: self.revision,
            causation_id: self.causation_id,
            occurred_at,
            traceparent: self.traceparent.clone(),
            payload: RawValue::from_string(payload.clone())?,
        })
        .map(Some)
    }
}

async fn wait(stop: &CancellationToken, time: Duration) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = tokio::time::sleep(time) => {}
    }
}

async fn deadline(stop: &CancellationToken) {
    stop.cancelled().await;
    tokio::time::sleep(DRAIN).await;
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;
    use crate::health::Health;

    const LONG: Duration = Duration::from_secs(3_600);

    fn relay() -> Relay {
        Relay {
            database: PgConnectOptions::new(),
            brokers: String::new(),
            client_id: "relay-test".to_owned(),
            lock: LEADER_LOCK,
            outbox: Outbox::default(),
            patience: Duration::ZERO,
            answers_within: ANSWERS_WITHIN,
            status: Health::default().part("relay"),
        }
    }

    /// Whether a row that was pushed just now is read at once, when so many callers had committed before the last read.
    fn is_read_at_once(callers: usize, stop: &CancellationToken) -> bool {
        let relay = relay();
        let mut pace = Pace::new(LONG, Instant::now());
        pace.begin(callers, Instant::now());
        relay.outbox.pushed.notify_one();
        relay.wait_for_rows(LONG, &pace, stop).now_or_never().is_some()
    }

    #[tokio::test]
    async fn a_row_waits_for_others_only_where_callers_come_close_together() {
        let stop = CancellationToken::new();
        assert!(is_read_at_once(0, &stop));
        assert!(is_read_at_once(1, &stop));
        assert!(!is_read_at_once(2, &stop));
        stop.cancel();
        assert!(is_read_at_once(2, &stop));
    }
}
