use std::sync::Arc;
use std::time::{Duration, Instant};

use kit::health::Status;
use kit::kafka::{self, Keeps, Topic};
use rdkafka::producer::FutureRecord;
use server::live::feed::{Feed, Topics};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::broker::Broker;
use crate::support::{CLIENT, DEADLINE, MANAGER, Portal, booking_event, key, offer_event, sample, until};

/// A feed of topics that nobody else uses.
struct Fed {
    portal: Portal,
    brokers: String,
    status: Arc<Status>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Fed {
    async fn start(brokers: &str, topics: Topics) -> Self {
        let portal = Portal::start_closed().await;
        let (status, stop) = (Arc::<Status>::default(), CancellationToken::new());
        let feed = Feed {
            brokers: brokers.to_owned(),
            client_id: format!("live-test-{}", Uuid::now_v7()),
            topics,
            hub: portal.hub.clone(),
            status: status.clone(),
        };
        let task = tokio::spawn(feed.run(stop.clone()));
        Self { portal, brokers: brokers.to_owned(), status, stop, task }
    }

    async fn send(&self, topic: &str, record: &str) {
        let producer = kafka::producer(&self.brokers, "test").unwrap();
        let key = key(record);
        producer.send(FutureRecord::to(topic).key(&key).payload(record), DEADLINE).await.unwrap();
    }

    /// Whether a stream that is opened now is soon told of a record that is sent now.
    async fn hears(&self, record: &str, topic: &str, event: &Option<String>) -> bool {
        if self.portal.hub.watch_offers(Default::default()).is_none() {
            tokio::time::sleep(Duration::from_millis(100)).await;
            return false;
        }
        let mut offers = self.portal.offers("").await;
        self.send(topic, record).await;
        let next = tokio::time::timeout(Duration::from_secs(1), offers.next()).await;
        next.is_ok_and(|next| next == *event)
    }

    async fn is_open(&self) {
        until("the feed has a place", async || self.portal.hub.watch_offers(Default::default()).is_some())
            .await;
    }

    async fn end(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

fn names() -> Topics {
    let name = |kind: &str| -> &'static str { format!("live.test.{kind}.{}", Uuid::now_v7()).leak() };
    Topics { bookings: name("bookings"), companies: name("companies") }
}

async fn create(brokers: &str, topics: Topics) {
    let wanted = [
        Topic { name: topics.bookings, keeps: Keeps::Days(1) },
        Topic { name: topics.companies, keeps: Keeps::Newest },
    ];
    kafka::create_topics(brokers, &wanted, 1).await.unwrap();
}

fn brokers() -> String {
    std::env::var("KAFKA_BROKERS").expect("no stack: run `make test` (KAFKA_BROKERS is not set)")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_published_reaches_the_streams() {
    let (brokers, topics) = (brokers(), names());
    create(&brokers, topics).await;
    let fed = Fed::start(&brokers, topics).await;
    fed.is_open().await;
    let mut client = fed.portal.bookings(CLIENT).await;
    let mut manager = fed.portal.bookings(MANAGER).await;
    let mut offers = fed.portal.offers("").await;
    for stream in [&mut client, &mut manager] {
        assert_eq!(stream.next().await, booking_event("reserved", 1));
    }
    // What cannot be read holds up nothing.
    let broken = sample("booking_paid").replace("\"paid\"", "\"paused\"");
    fed.send(topics.bookings, &broken).await;
    fed.send(topics.bookings, &sample("booking_paid")).await;
    for stream in [&mut client, &mut manager] {
        assert_eq!(stream.next().await, booking_event("paid", 2));
    }
    assert_eq!(offers.next().await, offer_event("booked", 3));
    fed.send(topics.companies, &sample("company_changed").replace(MANAGER, CLIENT)).await;
    assert_eq!(manager.next().await, None, "he was removed");
    assert_eq!(client.next().await, None, "he was added");
    fed.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_published_before_is_not_told() {
    let (brokers, topics) = (brokers(), names());
    create(&brokers, topics).await;
    let fed = Fed::start(&brokers, topics).await;
    fed.send(topics.bookings, &sample("offer_changed")).await;
    fed.is_open().await;
    fed.end().await;
    let fed = Fed::start(&brokers, topics).await;
    fed.is_open().await;
    let mut offers = fed.portal.offers("").await;
    fed.send(topics.bookings, &sample("booking_paid")).await;
    assert_eq!(offers.next().await, offer_event("booked", 3));
    fed.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_broker_goes_away_and_comes_back_and_no_stream_misses_anything() {
    let (mut broker, topics) = (Broker::start().await, names());
    create(&broker.address(), topics).await;
    let fed = Fed::start(&broker.address(), topics).await;
    fed.is_open().await;
    let mut offers = fed.portal.offers("").await;
    fed.send(topics.bookings, &sample("offer_changed")).await;
    assert_eq!(offers.next().await, offer_event("open", 1));
    broker.kill();
    until("the feed says so", async || fed.status.is_degraded()).await;
    broker.come_back().await;
    fed.send(topics.bookings, &sample("booking_paid")).await;
    assert_eq!(offers.next().await, offer_event("booked", 3));
    until("the feed says so", async || !fed.status.is_degraded()).await;
    fed.end().await;
}

/// Two looks at Kafka, ten seconds apart, each of which may take ten, and a half more.
const RECOVERY: Duration = Duration::from_secs(60);

/// See `kit::kafka::until_stuck`. Of four readers one or two are.
#[tokio::test(flavor = "multi_thread")]
async fn a_feed_that_does_not_come_back_behind_an_outage_is_made_anew() {
    let (mut broker, topics) = (Broker::start().await, names());
    create(&broker.address(), topics).await;
    let mut feeds = Vec::new();
    for _ in 0..4 {
        feeds.push(Fed::start(&broker.address(), topics).await);
    }
    for fed in &feeds {
        fed.is_open().await;
    }
    broker.kill();
    broker.come_back_fenced().await;
    // Not to wait for something: it is what the outage is.
    tokio::time::sleep(Duration::from_secs(15)).await;
    broker.kill();
    broker.come_back().await;
    let began = Instant::now();
    for fed in feeds {
        while !fed.hears(&sample("booking_paid"), topics.bookings, &offer_event("booked", 3)).await {
            assert!(began.elapsed() < RECOVERY, "a feed never came back");
        }
        println!("fenced: a feed hears after {} ms", began.elapsed().as_millis());
        fed.end().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_portal_that_is_there_before_its_topics_waits_for_them() {
    let (brokers, topics) = (brokers(), names());
    let fed = Fed::start(&brokers, topics).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    assert!(fed.portal.hub.watch_offers(Default::default()).is_none());
    create(&brokers, topics).await;
    fed.is_open().await;
    fed.end().await;
}
