//! The one reader of Kafka behind all streams of this process.
//!
//! It learns the end of every partition, then reads on from exactly there: what is told after [`Hub::open`] is
//! complete, also over an outage of the broker, for the reader keeps its place. When the place itself is gone, or
//! there are other partitions than before, or only the reader does not find the broker any more, it closes the hub,
//! and every stream begins anew with the present state.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use contracts::messages::Message as _;
use contracts::messages::booking::BookingEvent;
use contracts::messages::company::CompanyEvent;
use jiff::Timestamp;
use kit::health::Status;
use kit::telemetry;
use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use rdkafka::{Offset, TopicPartitionList};
use tokio_util::sync::CancellationToken;

use super::changes::{self, News, Unreadable};
use super::hub::Hub;

/// How long Kafka may take to say which partitions there are.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// How often we look whether Kafka is there, with the same partitions.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// Between two tries to find a place.
const TRY_AGAIN_AFTER: Duration = Duration::from_secs(1);

/// How long the feed waits when some reader is far behind: the quick ones catch up meanwhile, the slow one is let go.
const BREATHE: Duration = Duration::from_millis(5);

/// Reads what happens and tells the hub.
#[derive(Debug)]
pub struct Feed {
    pub brokers: String,
    /// What the brokers call us.
    pub client_id: String,
    pub topics: Topics,
    pub hub: Hub,
    pub status: Arc<Status>,
}

/// Where the two kinds of news come from.
#[derive(Debug, Clone, Copy)]
pub struct Topics {
    pub bookings: &'static str,
    pub companies: &'static str,
}

impl Default for Topics {
    fn default() -> Self {
        Self { bookings: BookingEvent::TOPIC, companies: CompanyEvent::TOPIC }
    }
}

/// Why the reader has no place any more.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error("Kafka")]
    Kafka(#[from] KafkaError),
    #[error("a topic is not there: {0}")]
    NoTopic(&'static str),
    #[error("there are other partitions than before")]
    OtherPartitions,
    #[error("Kafka is there, but not for the client that reads")]
    Stuck,
    #[error("the look-up did not run")]
    NotRun(#[from] tokio::task::JoinError),
}

type Kafka = Arc<StreamConsumer>;
type Partitions = BTreeSet<(&'static str, i32)>;

impl Feed {
    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        loop {
            let Err(lost) = tokio::select! {
                () = stop.cancelled() => break,
                ended = self.follow() => ended,
            };
            tracing::warn!(
                error = telemetry::chain(&lost),
                "live updates have no place in Kafka: begin anew"
            );
            self.status.degraded(true);
            self.hub.close();
            tokio::select! {
                () = stop.cancelled() => break,
                () = tokio::time::sleep(TRY_AGAIN_AFTER) => {}
            }
        }
        self.hub.close();
    }

    async fn follow(&self) -> Result<Infallible, Lost> {
        let kafka = self.reader()?;
        let ended = self.follow_with(&kafka).await;
        kit::kafka::let_go(kafka);
        ended
    }

    /// From finding a place to losing it.
    async fn follow_with(&self, kafka: &Kafka) -> Result<Infallible, Lost> {
        let partitions = self.partitions(kafka).await?;
        let ends = ends(kafka, partitions.clone()).await?;
        kafka.assign(&ends)?;
        tracing::info!(partitions = partitions.len(), "live updates follow");
        self.hub.open();
        self.status.started();
        self.status.degraded(false);
        tokio::select! {
            ended = self.read(kafka) => ended,
            ended = self.watch(kafka, &partitions) => ended,
            () = self.until_stuck(kafka) => Err(Lost::Stuck),
        }
    }

    fn reader(&self) -> Result<Kafka, KafkaError> {
        Ok(Arc::new(kit::kafka::reader(&self.brokers, &self.client_id).create()?))
    }

    async fn partitions(&self, kafka: &Kafka) -> Result<Partitions, Lost> {
        let (kafka, topics) = (kafka.clone(), self.topics);
        tokio::task::spawn_blocking(move || {
            let mut partitions = Partitions::new();
            for name in [topics.bookings, topics.companies] {
                let metadata = kafka.fetch_metadata(Some(name), ANSWER_WITHIN)?;
                let topic = metadata.topics().iter().find(|topic| topic.name() == name);
                let topic = topic.filter(|topic| topic.error().is_none() && !topic.partitions().is_empty());
                let topic = topic.ok_or(Lost::NoTopic(name))?;
                partitions.extend(topic.partitions().iter().map(|partition| (name, partition.id())));
            }
            Ok(partitions)
        })
        .await?
    }

    async fn read(&self, kafka: &Kafka) -> Result<Infallible, Lost> {
        loop {
            match kafka.recv().await {
                Ok(message) => self.tell(&message).await,
                Err(error) if is_final(&error) => return Err(error.into()),
                // The client reconnects by itself and goes on where it was.
                Err(error) => {
                    if !self.status.is_degraded() {
                        tracing::warn!(error = telemetry::chain(&error), "Kafka is away from live updates");
                    }
                    self.status.degraded(true);
                }
            }
        }
    }

    async fn until_stuck(&self, kafka: &Kafka) {
        let own = kafka.clone();
        let look = move |topics: &[String]| kit::kafka::finds(own.client(), topics);
        let topics = [self.topics.bookings, self.topics.companies];
        kit::kafka::until_stuck(look, &self.brokers, &topics, &self.status).await;
    }

    /// Notices that Kafka is back when nothing happens there, and that a topic has grown.
    async fn watch(&self, kafka: &Kafka, partitions: &Partitions) -> Result<Infallible, Lost> {
        loop {
            tokio::time::sleep(LOOK_EVERY).await;
            match self.partitions(kafka).await {
                Ok(now) if now == *partitions => self.status.degraded(false),
                Ok(_) => return Err(Lost::OtherPartitions),
                Err(error) => {
                    tracing::warn!(error = telemetry::chain(&error), "Kafka is away from live updates");
                    self.status.degraded(true);
                }
            }
        }
    }

    async fn tell(&self, message: &BorrowedMessage<'_>) {
        self.status.degraded(false);
        let is_pressed = if message.topic() == self.topics.bookings {
            changes::of_booking(message.payload()).map(|news| news.is_some_and(|news| self.tell_news(news)))
        } else {
            changes::of_company(message.key(), message.payload()).map(|members| {
                if let Some(members) = members {
                    self.hub.tell_members(members.company, &members.users);
                }
                false
            })
        };
        match is_pressed {
            Ok(true) => tokio::time::sleep(BREATHE).await,
            Ok(false) => {}
            Err(error) => unreadable(message, &error),
        }
    }

    /// Whether some reader is far behind.
    fn tell_news(&self, news: News) -> bool {
        let mut is_pressed = false;
        for change in news.changes {
            let told = self.hub.tell(change);
            is_pressed |= told.is_pressed;
            if told.streams > 0 {
                metrics::histogram!("live_delay_seconds").record(delay_seconds(news.occurred_at));
            }
        }
        is_pressed
    }
}

/// How long ago it happened. The clocks of two machines may differ by more than that.
#[expect(clippy::disallowed_methods, reason = "it is measured, and decides nothing")]
fn delay_seconds(occurred_at: Timestamp) -> f64 {
    Timestamp::now().duration_since(occurred_at).as_secs_f64().max(0.0)
}

/// Where every partition ends. An exact place, not "the end": that would be looked up anew after every reconnect.
async fn ends(kafka: &Kafka, partitions: Partitions) -> Result<TopicPartitionList, Lost> {
    let kafka = kafka.clone();
    tokio::task::spawn_blocking(move || {
        let mut list = TopicPartitionList::new();
        for (topic, partition) in partitions {
            let (_, end) = kafka.fetch_watermarks(topic, partition, ANSWER_WITHIN)?;
            list.add_partition_offset(topic, partition, Offset::Offset(end))?;
        }
        Ok(list)
    })
    .await?
}

/// Whether the reader will not find its place again by itself.
fn is_final(error: &KafkaError) -> bool {
    match error {
        KafkaError::MessageConsumptionFatal(_) => true,
        KafkaError::MessageConsumption(code) => matches!(
            code,
            RDKafkaErrorCode::AutoOffsetReset
                | RDKafkaErrorCode::OffsetOutOfRange
                | RDKafkaErrorCode::LogTruncation
                | RDKafkaErrorCode::UnknownPartition
                | RDKafkaErrorCode::UnknownTopic
                | RDKafkaErrorCode::UnknownTopicOrPartition
        ),
        _ => false,
    }
}

/// The reason may quote the record, which is nothing for a log.
fn unreadable(message: &BorrowedMessage<'_>, error: &Unreadable) {
    tracing::error!(
        topic = message.topic(),
        partition = message.partition(),
        offset = message.offset(),
        kind = match error {
            Unreadable::Key => "key",
            Unreadable::Json(_) => "json",
        },
        "a record cannot be read: no page hears of it"
    );
    metrics::counter!("live_unreadable_total").increment(1);
}
