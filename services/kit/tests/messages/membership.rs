use std::time::{Duration, Instant};

use kit::consumer::Source;
use rdkafka::ClientConfig;
use rdkafka::admin::{AdminClient, AdminOptions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use sqlx::PgPool;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::broker::Broker;
use crate::support;
use crate::support::{DEADLINE, brokers, create_effects, effects, envelope, group, send, until};

/// More than a member waits that hears nothing of its group.
const LONG: Duration = Duration::from_secs(20);

/// After so much silence of the broker a session ends, and the member has no partitions.
const SESSION: Duration = Duration::from_secs(10);

const BACK_WITHIN: Duration = Duration::from_secs(15);

/// The session of who left must end first.
const TAKEN_OVER_WITHIN: Duration = Duration::from_secs(30);

async fn topic_of_one_partition(brokers: &str) -> &'static str {
    let name: &'static str = format!("kit.test.{}", Uuid::now_v7()).leak();
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", brokers).create().unwrap();
    let topic = NewTopic::new(name, 1, TopicReplication::Fixed(1));
    admin.create_topics(&[topic], &AdminOptions::new()).await.unwrap().remove(0).unwrap();
    name
}

/// Kafka's ids of the members, when they are agreed: each client that joins gets a new one.
async fn members(brokers: &str, group: &'static str) -> Vec<String> {
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", brokers);
    let list = move || {
        let client: BaseConsumer = config.create().unwrap();
        let groups = client.fetch_group_list(Some(group), DEADLINE).unwrap();
        let stable = groups.groups().iter().find(|group| group.state() == "Stable");
        let members = stable.map(|group| group.members()).unwrap_or_default();
        let mut ids: Vec<String> = members.iter().map(|member| member.id().to_owned()).collect();
        ids.sort_unstable();
        ids
    };
    tokio::task::spawn_blocking(list).await.unwrap()
}

fn spawn_member(
    pool: &PgPool,
    brokers: &str,
    group: &'static str,
    topic: &'static str,
    instance: &str,
) -> (CancellationToken, JoinHandle<()>) {
    let mut consumer = support::consumer(pool, brokers, group, topic);
    consumer.instance = instance.to_owned();
    let stop = CancellationToken::new();
    let token = stop.clone();
    (stop, tokio::spawn(async move { consumer.run(token).await.unwrap() }))
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_member_too_many_stays_and_takes_over(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let topic = topic_of_one_partition(&brokers).await;
    create_effects(&pool).await;
    let (stop_first, first) = spawn_member(&pool, &brokers, group, topic, "0");
    until("the first is a member", async || members(&brokers, group).await.len() == 1).await;
    let (stop_second, second) = spawn_member(&pool, &brokers, group, topic, "1");
    until("both are members", async || members(&brokers, group).await.len() == 2).await;

    let both = members(&brokers, group).await;
    let together = Instant::now();
    while together.elapsed() < LONG {
        assert_eq!(members(&brokers, group).await, both, "nobody joins afresh");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }

    stop_first.cancel();
    first.await.unwrap();
    let left = Instant::now();
    let message = envelope("a", "Numbered");
    send(&brokers, topic, &[("a", serde_json::to_vec(&message).unwrap())]).await;
    until("the second has taken over", async || effects(&pool).await.contains_key(&message.id)).await;
    println!("one of two members left: first message after {} ms", left.elapsed().as_millis());
    assert!(left.elapsed() < TAKEN_OVER_WITHIN);
    stop_second.cancel();
    second.await.unwrap();
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_member_made_anew_during_an_outage_goes_on_behind_it(pool: PgPool) {
    let mut broker = Broker::start().await;
    let brokers = broker.address();
    let (topic, group) = (support::topic(&brokers).await, group());
    create_effects(&pool).await;
    let (stop, member) = spawn_member(&pool, &brokers, group, topic, "0");
    let [before, after] = ["before", "after"].map(|key| envelope(key, "Numbered"));
    send(&brokers, topic, &[("before", serde_json::to_vec(&before).unwrap())]).await;
    until("the first is in", async || effects(&pool).await.contains_key(&before.id)).await;

    broker.kill();
    tokio::time::sleep(SESSION + LONG).await;
    broker.come_back().await;
    let back = Instant::now();
    send(&brokers, topic, &[("after", serde_json::to_vec(&after).unwrap())]).await;
    until("the next is in", async || effects(&pool).await.contains_key(&after.id)).await;
    println!("broker back: first message after {} ms", back.elapsed().as_millis());
    assert!(back.elapsed() < BACK_WITHIN);
    stop.cancel();
    member.await.unwrap();
    assert!(effects(&pool).await.values().all(|times| *times == 1));
}

#[sqlx::test(migrator = "support::MIGRATOR")]
async fn a_member_that_comes_back_hears_of_a_topic_that_it_did_not_listen_to_before(pool: PgPool) {
    let (brokers, group) = (brokers(), group());
    let (old, new) = (topic_of_one_partition(&brokers).await, topic_of_one_partition(&brokers).await);
    create_effects(&pool).await;
    let (stop, member) = spawn_member(&pool, &brokers, group, old, "0");
    let first = envelope("a", "Numbered");
    send(&brokers, old, &[("a", serde_json::to_vec(&first).unwrap())]).await;
    until("the first is in", async || effects(&pool).await.contains_key(&first.id)).await;
    stop.cancel();
    member.await.unwrap();

    let mut consumer = support::consumer(&pool, &brokers, group, old);
    consumer.sources.push(Source::Stream(new));
    let stop = CancellationToken::new();
    let token = stop.clone();
    let member = tokio::spawn(async move { consumer.run(token).await.unwrap() });
    let back = Instant::now();
    let of_each = [old, new].map(|topic| (topic, envelope("b", "Numbered")));
    for (topic, message) in &of_each {
        send(&brokers, topic, &[("b", serde_json::to_vec(message).unwrap())]).await;
    }
    until("both are in", async || {
        let effects = effects(&pool).await;
        of_each.iter().all(|(_, message)| effects.contains_key(&message.id))
    })
    .await;
    println!("one topic more: first message of it after {} ms", back.elapsed().as_millis());
    assert!(back.elapsed() < TAKEN_OVER_WITHIN);
    stop.cancel();
    member.await.unwrap();
    assert!(effects(&pool).await.values().all(|times| *times == 1));
}
