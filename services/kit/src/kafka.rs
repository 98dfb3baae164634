//! Kafka's client settings and topics.
//!
//! The settings are librdkafka's: <https://github.com/confluentinc/librdkafka/blob/v2.12.1/CONFIGURATION.md>.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::{Client, ClientContext, DefaultClientContext};
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::metadata::{MetadataPartition, MetadataTopic};
use rdkafka::producer::FutureProducer;
use tokio::sync::oneshot;

use crate::health::Status;

/// Partitions of every topic.
pub const PARTITIONS: i32 = 6;

/// A topic that a service owns; its `migrate` creates it.
#[derive(Debug, Clone, Copy)]
pub struct Topic {
    pub name: &'static str,
    pub keeps: Keeps,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keeps {
    /// Every message, for so many days.
    Days(u16),
    /// The newest message of each key.
    Newest,
}

/// A producer whose messages arrive in the order they were given, once each.
///
/// A message never times out here: the row behind it would be published again in any case, and a message
/// that expired before its successor would reorder a key.
///
/// # Errors
/// When librdkafka refuses a setting.
pub fn producer(brokers: &str, client_id: &str) -> Result<FutureProducer, KafkaError> {
    client(brokers, client_id)
        .set("enable.idempotence", "true")
        .set("acks", "all")
        .set("linger.ms", "0")
        .set("message.timeout.ms", "0")
        .set("partitioner", "murmur2_random")
        .create()
}

/// Settings of a consumer that is a static member of `group` and is going to subscribe to `topics`.
///
/// Who comes back under a name that the group knows gets what that name had, whatever he subscribes to now: a release that
/// listens to one topic more would never hear of it. So the topics are a part of the name.
pub fn consumer(brokers: &str, group: &str, instance: &str, topics: &[&str]) -> ClientConfig {
    let member = format!("{group}-{instance}");
    let mut config = client(brokers, &member);
    config
        .set("group.id", group)
        .set("group.instance.id", format!("{member}_{}", topics.join("_")))
        // librdkafka's default; the protocol `consumer` was seen never to come back with a static member.
        .set("group.protocol", "classic")
        .set("partition.assignment.strategy", "cooperative-sticky")
        .set("auto.offset.reset", "earliest")
        .set("enable.auto.commit", "true")
        .set("auto.commit.interval.ms", "1000")
        .set("enable.auto.offset.store", "false")
        .set("heartbeat.interval.ms", "2000")
        .set("session.timeout.ms", "10000")
        // A database that is away for long must not cost us the membership: heartbeats tell that we live.
        .set("max.poll.interval.ms", "86400000")
        .set("queued.max.messages.kbytes", "4096")
        .set("allow.auto.create.topics", "false")
        .set("topic.metadata.refresh.interval.ms", "10000")
        // For the lag in the metrics.
        .set("statistics.interval.ms", "15000");
    config
}

/// For the settings of a [`consumer`] whose messages nobody waits for: Kafka holds them back for so long at most, unless they
/// are many, and hands them over together. An answer of Kafka's costs as much with one message as with fifty.
pub fn wait_for_more(config: &mut ClientConfig, at_most: Duration) {
    config.set("fetch.min.bytes", "1000000").set("fetch.wait.max.ms", at_most.as_millis().to_string());
}

/// Settings of a reader that is given its partitions by hand and keeps its place to itself: it joins no group and
/// commits nothing. When its place is gone it says so and never goes on elsewhere by itself.
pub fn reader(brokers: &str, client_id: &str) -> ClientConfig {
    let mut config = client(brokers, client_id);
    config
        // Without any, librdkafka hands out no messages; of the group itself nobody ever hears.
        .set("group.id", client_id)
        .set("enable.auto.commit", "false")
        .set("enable.auto.offset.store", "false")
        .set("auto.offset.reset", "error")
        .set("queued.max.messages.kbytes", "4096")
        .set("allow.auto.create.topics", "false")
        .set("topic.metadata.refresh.interval.ms", "10000");
    config
}

/// How often a client that does not get on is compared with others.
const LOOK_EVERY: Duration = Duration::from_secs(10);

/// How long a look at one topic may take.
const LOOK_WITHIN: Duration = Duration::from_secs(5);

/// Returns when a client is stuck: at two looks in a row it did not find Kafka, and a client made for the purpose did. `look`
/// asks it by [`finds`]. `status` is not degraded any more when it does.
///
/// A broker that is fenced for a moment, because it stood still, says that there is no broker at all, and librdkafka lets go of
/// the one that it knows and may never look for another: <https://github.com/confluentinc/librdkafka/issues/5301>.
pub async fn until_stuck(
    look: impl Fn(&[String]) -> bool + Clone + Send + 'static,
    brokers: &str,
    topics: &[&str],
    status: &Status,
) {
    let mut others_found_it = false;
    loop {
        tokio::time::sleep(LOOK_EVERY).await;
        let (look, names) = (look.clone(), owned(topics));
        let finds_it = answer(move || look(&names)).await;
        if finds_it {
            status.degraded(false);
        }
        let others_find_it = !finds_it && is_there_for_others(brokers, topics).await;
        // Between two looks it has had the time to come back.
        if others_find_it && others_found_it {
            return;
        }
        others_found_it = others_find_it;
    }
}

/// Whether a client made for the purpose finds a leader for every partition of these topics. Who does not find it although
/// this is so may be stuck, see [`until_stuck`].
async fn is_there_for_others(brokers: &str, topics: &[&str]) -> bool {
    let (config, topics) = (client(brokers, "look"), owned(topics));
    let look = move || config.create::<BaseConsumer>().is_ok_and(|other| finds(other.client(), &topics));
    answer(look).await
}

/// Whether `client` finds a leader for every partition. Blocks.
pub fn finds<C: ClientContext>(client: &Client<C>, topics: &[String]) -> bool {
    let has_leader = |partition: &MetadataPartition| partition.error().is_none() && partition.leader() >= 0;
    topics.iter().all(|topic| {
        client.fetch_metadata(Some(topic), LOOK_WITHIN).is_ok_and(|metadata| {
            let mut partitions = metadata.topics().iter().flat_map(MetadataTopic::partitions).peekable();
            partitions.peek().is_some() && partitions.all(has_leader)
        })
    })
}

fn owned(topics: &[&str]) -> Vec<String> {
    topics.iter().map(ToString::to_string).collect()
}

/// What a look that blocks has to say. On a thread of its own, for which a process that ends does not wait.
async fn answer(look: impl FnOnce() -> bool + Send + 'static) -> bool {
    let (sender, receiver) = oneshot::channel();
    std::thread::spawn(move || sender.send(look()));
    receiver.await.unwrap_or(false)
}

/// Drops a client where nothing waits for it: it may take its time to say good-bye.
pub fn let_go(client: impl Send + 'static) {
    std::thread::spawn(move || drop(client));
}

fn client(brokers: &str, client_id: &str) -> ClientConfig {
    let mut config = ClientConfig::new();
    config
        .set("bootstrap.servers", brokers)
        .set("client.id", client_id)
        .set("socket.nagle.disable", "true")
        .set("reconnect.backoff.max.ms", "1000");
    config
}

/// Creates what is missing of `topics`; what exists is left as it is.
///
/// # Errors
/// When Kafka does not answer within 30 s or refuses a topic.
pub async fn create_topics(brokers: &str, topics: &[Topic], replication: i32) -> anyhow::Result<()> {
    if topics.is_empty() {
        return Ok(());
    }
    let admin: AdminClient<DefaultClientContext> = client(brokers, "migrate").create()?;
    let milliseconds: Vec<String> = topics.iter().map(|topic| retention_ms(topic.keeps)).collect();
    let wanted: Vec<NewTopic<'_>> = topics
        .iter()
        .zip(&milliseconds)
        .map(|(topic, retention_ms)| {
            let new = NewTopic::new(topic.name, PARTITIONS, TopicReplication::Fixed(replication));
            // Two of three copies must have a message before it counts; with one copy that is the one.
            let new = new.set("min.insync.replicas", if replication >= 3 { "2" } else { "1" });
            match topic.keeps {
                Keeps::Days(_) => new.set("retention.ms", retention_ms),
                Keeps::Newest => new.set("cleanup.policy", "compact"),
            }
        })
        .collect();
    let options = AdminOptions::new()
        .request_timeout(Some(Duration::from_secs(30)))
        .operation_timeout(Some(Duration::from_secs(30)));
    for result in admin.create_topics(&wanted, &options).await? {
        match result {
            Ok(name) => tracing::info!(topic = name, "topic created"),
            Err((_, RDKafkaErrorCode::TopicAlreadyExists)) => {}
            Err((name, code)) => anyhow::bail!("create topic {name}: {code}"),
        }
    }
    Ok(())
}

fn retention_ms(keeps: Keeps) -> String {
    match keeps {
        Keeps::Days(days) => (i64::from(days) * 24 * 60 * 60 * 1_000).to_string(),
        Keeps::Newest => String::new(),
    }
}
