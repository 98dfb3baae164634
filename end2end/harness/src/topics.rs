use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use contracts::envelope::Envelope;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::message::Message as _;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

/// What one answer of the broker may take.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// What reading a topic from its beginning may take.
const READ_WITHIN: Duration = Duration::from_secs(120);

/// The topics, as somebody sees them who takes no part.
#[derive(Debug, Clone)]
pub struct Topics {
    brokers: String,
}

/// One record of a topic.
#[derive(Debug)]
pub struct Record {
    pub key: String,
    /// `None` for a tombstone.
    pub envelope: Option<Envelope>,
}

impl Topics {
    pub fn new(brokers: String) -> Self {
        Self { brokers }
    }

    /// All that the topic holds; the records of one key are in their order.
    ///
    /// # Errors
    /// When the broker does not give it all, or a record is no message.
    pub async fn read(&self, topic: &'static str) -> anyhow::Result<Vec<Record>> {
        let topics = self.clone();
        let read = tokio::task::spawn_blocking(move || topics.read_now(topic)).await?;
        read.with_context(|| format!("read the topic {topic}"))
    }

    /// How many messages of `topic` the group has still to take.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn lag(&self, group: &'static str, topic: &'static str) -> anyhow::Result<i64> {
        let topics = self.clone();
        let lag = tokio::task::spawn_blocking(move || topics.lag_now(group, topic)).await?;
        lag.with_context(|| format!("ask how far {group} is behind in {topic}"))
    }

    /// How many messages `topic` has been told, those that it has let go since among them.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn told(&self, topic: &'static str) -> anyhow::Result<i64> {
        let topics = self.clone();
        let told = tokio::task::spawn_blocking(move || topics.told_now(topic)).await?;
        told.with_context(|| format!("ask how much {topic} has been told"))
    }

    /// How many members the group has, those that are gone and not yet missed among them.
    ///
    /// # Errors
    /// When the broker does not answer.
    pub async fn members(&self, group: &'static str) -> anyhow::Result<usize> {
        let topics = self.clone();
        tokio::task::spawn_blocking(move || {
            let groups = topics.consumer("harness")?.fetch_group_list(Some(group), ANSWERS_WITHIN)?;
            Ok(groups.groups().iter().map(|group| group.members().len()).sum())
        })
        .await?
    }

    /// Whether the broker answers at all.
    pub async fn answers(&self) -> bool {
        let topics = self.clone();
        let asked = tokio::task::spawn_blocking(move || {
            let metadata = topics.consumer("harness")?.fetch_metadata(None, Duration::from_millis(500))?;
            anyhow::Ok(!metadata.brokers().is_empty())
        });
        matches!(asked.await, Ok(Ok(true)))
    }

    fn consumer(&self, group: &str) -> anyhow::Result<BaseConsumer> {
        let mut config = ClientConfig::new();
        config
            .set("bootstrap.servers", &self.brokers)
            .set("group.id", group)
            .set("enable.auto.commit", "false")
            .set("auto.offset.reset", "earliest")
            .set("reconnect.backoff.max.ms", "1000");
        config.create().context("make a consumer")
    }

    fn read_now(&self, topic: &str) -> anyhow::Result<Vec<Record>> {
        let consumer = self.consumer("harness")?;
        let mut list = TopicPartitionList::new();
        let mut unread = Vec::new();
        for partition in partitions(&consumer, topic)? {
            let (low, high) = consumer.fetch_watermarks(topic, partition, ANSWERS_WITHIN)?;
            list.add_partition_offset(topic, partition, Offset::Beginning)?;
            // A compacted partition has gaps, so its end is a place, not a number of records.
            if high > low {
                unread.push((partition, high));
            }
        }
        consumer.assign(&list)?;
        let mut records = Vec::new();
        let began = Instant::now();
        while !unread.is_empty() {
            if began.elapsed() > READ_WITHIN {
                bail!("{} partitions were not read to their end", unread.len());
            }
            let Some(message) = consumer.poll(Duration::from_millis(100)) else {
                // The end may be a gap that compaction left.
                let positions = consumer.position()?;
                unread.retain(|(partition, high)| {
                    let at = positions.find_partition(topic, *partition).map(|element| element.offset());
                    !matches!(at, Some(Offset::Offset(at)) if at >= *high)
                });
                continue;
            };
            let message = message?;
            unread.retain(|(partition, high)| {
                *partition != message.partition() || message.offset() + 1 < *high
            });
            let key = String::from_utf8_lossy(message.key().unwrap_or_default()).into_owned();
            let envelope = match message.payload() {
                None => None,
                Some(payload) => Some(serde_json::from_slice(payload).with_context(|| {
                    format!("record {} of partition {}", message.offset(), message.partition())
                })?),
            };
            records.push(Record { key, envelope });
        }
        Ok(records)
    }

    fn told_now(&self, topic: &str) -> anyhow::Result<i64> {
        let consumer = self.consumer("harness")?;
        let mut told = 0;
        for partition in partitions(&consumer, topic)? {
            let (_, high) = consumer.fetch_watermarks(topic, partition, ANSWERS_WITHIN)?;
            told += high;
        }
        Ok(told)
    }

    fn lag_now(&self, group: &str, topic: &str) -> anyhow::Result<i64> {
        let consumer = self.consumer(group)?;
        let mut list = TopicPartitionList::new();
        for partition in partitions(&consumer, topic)? {
            list.add_partition(topic, partition);
        }
        let committed = consumer.committed_offsets(list, ANSWERS_WITHIN)?;
        let mut lag = 0;
        for element in committed.elements() {
            let (low, high) = consumer.fetch_watermarks(topic, element.partition(), ANSWERS_WITHIN)?;
            let next = match element.offset() {
                Offset::Offset(next) => next,
                _ => low,
            };
            lag += (high - next).max(0);
        }
        Ok(lag)
    }
}

fn partitions(consumer: &BaseConsumer, topic: &str) -> anyhow::Result<Vec<i32>> {
    let metadata = consumer.fetch_metadata(Some(topic), ANSWERS_WITHIN)?;
    let found = metadata.topics().iter().find(|found| found.name() == topic);
    let partitions: Vec<i32> = found
        .map(|found| found.partitions().iter().map(|partition| partition.id()).collect())
        .unwrap_or_default();
    if partitions.is_empty() {
        bail!("there is no such topic");
    }
    Ok(partitions)
}
