//! From Kafka into one transaction, once.
//!
//! What has been fetched, up to [`BATCH`] messages, goes into one transaction, sorted by key before
//! anything is locked; the offsets are stored after the commit. [`Pace`] says how long messages wait for others.
//! When that transaction fails, its messages are taken one by one to find the bad one. A failure is
//! [`Failure::Retry`] (the message waits, and all behind it) or [`Failure::Park`] (it is set aside, and nothing waits).

/// What the group lets a member read, and when a member hears nothing of it.
mod membership;

/// From messages to one commit, and to `dead_letters` where that cannot be.
mod effect;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use contracts::envelope::Envelope;
use rdkafka::consumer::{Consumer as _, StreamConsumer};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{BorrowedMessage, Message as _};
use sqlx::{PgConnection, PgPool};
use tokio::sync::watch;
use tokio::time::timeout_at;
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::context::{self, Context};
use crate::health::Status;
use crate::outbox::{self, Outbox};
use crate::pace::Pace;
use crate::{database, kafka, telemetry};
use effect::Parked;
use membership::{Assignment, Membership, is_stale};

/// Messages in one transaction.
const BATCH: usize = 64;

/// Between the beginnings of two transactions when messages come close together.
const STEP: Duration = Duration::from_millis(20);

/// A topic that a consumer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Each message takes effect once: the inbox remembers it.
    Stream(&'static str),
    /// Full state per key. The handler keeps the newest revision, so that nothing needs to be remembered.
    Projection(&'static str),
}

impl Source {
    fn topic(self) -> &'static str {
        match self {
            Self::Stream(topic) | Self::Projection(topic) => topic,
        }
    }
}

/// A message as the handler sees it.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub source: Source,
    /// The aggregate that it is about.
    pub key: String,
    /// `None` is a tombstone: the aggregate is gone.
    pub envelope: Option<Envelope>,
}

impl Incoming {
    /// Runs `work` as part of what the message is part of: log lines and outgoing messages name it.
    pub async fn scope<F: Future>(&self, work: F) -> F::Output {
        let Some(envelope) = &self.envelope else { return work.await };
        let context = Context::of_message(envelope.traceparent.as_deref(), envelope.id);
        let span =
            tracing::info_span!("message.consume", trace_id = context.trace.id(), kind = envelope.kind);
        context::scope(context, work.instrument(span)).await
    }
}

/// Why a message did not take effect. There is no third kind.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// Something is away; the same message may succeed later.
    #[error("retry")]
    Retry(#[source] sqlx::Error),
    /// It can never succeed.
    #[error("park: {0}")]
    Park(String),
}

impl From<sqlx::Error> for Failure {
    fn from(error: sqlx::Error) -> Self {
        if database::is_transient(&error) {
            return Self::Retry(error);
        }
        Self::Park(telemetry::chain(&error))
    }
}

impl From<outbox::Error> for Failure {
    fn from(error: outbox::Error) -> Self {
        match error {
            outbox::Error::Database(error) => error.into(),
            outbox::Error::Serialize(error) => Self::Park(telemetry::chain(&error)),
        }
    }
}

/// What a service does with its messages.
pub trait Handler: Send + Sync + 'static {
    /// What [`Handler::committed`] is told.
    type Done: Send;

    /// Makes `messages` take effect within the transaction that `connection` is in, and adds to `outgoing` what that makes
    /// this service say: all of a transaction is written to the outbox at its end. They are sorted by key, and those of
    /// one key are in their order. Called again for the same messages only when that transaction was rolled back: after
    /// a failure, for each of them alone. What belongs to one of them is done in its [`Incoming::scope`].
    fn handle(
        &self,
        connection: &mut PgConnection,
        messages: &[&Incoming],
        outgoing: &mut outbox::Batch,
    ) -> impl Future<Output = Result<Self::Done, Failure>> + Send;

    /// Whether `message` can have an effect here. One that cannot needs no transaction, and nothing remembers it.
    fn concerns(&self, _message: &Incoming) -> bool {
        true
    }

    /// Whether somebody waits for what `message` brings. One that nobody waits for may wait for others a little.
    fn is_awaited(&self, _message: &Incoming) -> bool {
        true
    }

    /// The transaction is committed. A crash may come between.
    fn committed(&self, _done: Self::Done) {}
}

/// The payload of `message`, if it belongs to `M` and this build knows its kind.
///
/// # Errors
/// [`Failure::Park`] when the payload does not fit its kind.
pub fn decode<M: contracts::messages::Message>(envelope: &Envelope) -> Result<Option<M>, Failure> {
    M::parse(&envelope.kind, &envelope.payload)
        .map_err(|error| Failure::Park(format!("payload of {}: {error}", envelope.kind)))
}

/// One member of a consumer group.
pub struct Consumer<H> {
    pub group: &'static str,
    pub instance: String,
    pub brokers: String,
    pub sources: Vec<Source>,
    pub pool: PgPool,
    pub outbox: Outbox,
    /// How long Kafka may hold messages back until there are many.
    pub fetch_wait: Duration,
    pub status: Arc<Status>,
    pub handler: H,
}

/// Being fenced once is Kafka's way to forget a member during an outage that was longer than its session;
/// twice within this time is another process with our name.
const FENCED_AGAIN_WITHIN: Duration = Duration::from_secs(60);

/// How a membership ends, when it is not by an error.
enum End {
    Stopped,
    Stale,
}

/// Why a member takes no more messages, when it is not for an error.
enum Taken {
    Stopped,
    /// A new client is worth more than this one.
    Stale,
    /// [`Parked::is_bad_release`].
    BadRelease,
}

/// The process cannot go on: an endless loop around these would hang silently.
#[derive(Debug, thiserror::Error)]
pub enum Fatal {
    #[error("consumer lost its place in the group")]
    Kafka(#[from] KafkaError),
}

/// A message and where it came from.
struct Fetched {
    partition: i32,
    offset: i64,
    topic: String,
    raw_key: Option<Vec<u8>>,
    raw_value: Option<Vec<u8>>,
    /// The reason is that of [`Failure::Park`].
    incoming: Result<Incoming, String>,
    /// By [`Handler::is_awaited`]. What cannot be read is set aside at once.
    is_awaited: bool,
}

fn awaited(fetched: &[Fetched]) -> usize {
    fetched.iter().filter(|message| message.is_awaited).count()
}

impl<H: Handler> Consumer<H> {
    /// Runs until `stop`.
    ///
    /// # Errors
    /// When Kafka keeps saying that this member cannot go on, because another has its name.
    pub async fn run(self, stop: CancellationToken) -> Result<(), Fatal> {
        let mut fenced: Option<Instant> = None;
        loop {
            let fatal = match self.run_member(&stop).await {
                Ok(End::Stopped) => return Ok(()),
                Ok(End::Stale) => continue,
                Err(fatal) => fatal,
            };
            self.status.degraded(true);
            if fenced.is_some_and(|at| at.elapsed() < FENCED_AGAIN_WITHIN) {
                return Err(fatal);
            }
            tracing::warn!(group = self.group, error = telemetry::chain(&fatal), "consumer joins afresh");
            fenced = Some(Instant::now());
        }
    }

    /// One membership, from joining the group to the end of it.
    async fn run_member(&self, stop: &CancellationToken) -> Result<End, Fatal> {
        // Each has its own: what the one before it says while it ends is nothing about this one.
        let (sender, mut assignment) = watch::channel(Assignment::Awaited { since: Instant::now() });
        let membership = Membership { status: self.status.clone(), assignment: sender };
        let topics: Vec<_> = self.sources.iter().map(|source| source.topic()).collect();
        let mut config = kafka::consumer(&self.brokers, self.group, &self.instance, &topics);
        if !self.fetch_wait.is_zero() {
            kafka::wait_for_more(&mut config, self.fetch_wait);
        }
        let client: Arc<StreamConsumer<Membership>> = Arc::new(config.create_with_context(membership)?);
        client.subscribe(&topics)?;
        match self.take(&client, &topics, &mut assignment, stop).await? {
            Taken::Stopped => Ok(End::Stopped),
            Taken::Stale => {
                // To nobody, perhaps.
                kafka::let_go(client);
                Ok(End::Stale)
            }
            Taken::BadRelease => {
                tracing::error!(group = self.group, "many keys parked within a minute: consumer stops");
                metrics::gauge!("consumer_stopped", "group" => self.group).set(1.0);
                self.status.degraded(true);
                drop(client);
                stop.cancelled().await;
                Ok(End::Stopped)
            }
        }
    }

    /// Takes messages for as long as that is of use.
    async fn take(
        &self,
        client: &Arc<StreamConsumer<Membership>>,
        topics: &[&str],
        assignment: &mut watch::Receiver<Assignment>,
        stop: &CancellationToken,
    ) -> Result<Taken, Fatal> {
        let own = client.clone();
        let look = move |topics: &[String]| kafka::finds(own.client(), topics);
        let mut stuck = pin!(kafka::until_stuck(look, &self.brokers, topics, &self.status));
        let mut parked = Parked::default();
        let mut pace = Pace::new(STEP, tokio::time::Instant::now());
        loop {
            let fetched = tokio::select! {
                // What the group says is heard while we fetch, and may have come while we did not.
                biased;
                () = stop.cancelled() => return Ok(Taken::Stopped),
                fetched = self.fetch(client, &pace) => fetched?,
                () = is_stale(assignment) => {
                    if matches!(*assignment.borrow(), Assignment::Empty { .. }) {
                        tracing::info!(group = self.group, "consumer is assigned nothing: joins afresh");
                    } else {
                        tracing::warn!(group = self.group, "consumer hears nothing of its group: joins afresh");
                        self.status.degraded(true);
                    }
                    return Ok(Taken::Stale);
                }
                () = &mut stuck => {
                    tracing::warn!(group = self.group, "others find Kafka, and the consumer does not: joins afresh");
                    self.status.degraded(true);
                    return Ok(Taken::Stale);
                }
            };
            if fetched.is_empty() {
                continue;
            }
            pace.begin(awaited(&fetched), tokio::time::Instant::now());
            let finished = tokio::select! {
                () = stop.cancelled() => return Ok(Taken::Stopped),
                finished = self.process(client, fetched, &mut parked) => finished,
            };
            if !finished {
                return Ok(Taken::BadRelease);
            }
            self.status.degraded(false);
        }
    }

    /// Waits for one message, then takes what is there or comes while these may wait. Who breaks it off must end the
    /// membership: what was taken by then is read again by the next one only.
    async fn fetch(&self, kafka: &StreamConsumer<Membership>, pace: &Pace) -> Result<Vec<Fetched>, Fatal> {
        let mut fetched = Vec::new();
        let mut next = Some(kafka.recv().await);
        while let Some(result) = next {
            match result {
                Ok(message) => fetched.push(self.read(&message)),
                Err(KafkaError::MessageConsumptionFatal(code)) => {
                    return Err(KafkaError::MessageConsumptionFatal(code).into());
                }
                Err(KafkaError::MessageConsumption(RDKafkaErrorCode::FencedInstanceId)) => {
                    let code = RDKafkaErrorCode::FencedInstanceId;
                    return Err(KafkaError::MessageConsumptionFatal(code).into());
                }
                // The client reconnects by itself, and says up to twenty times a second that it could not.
                Err(error) => {
                    if !self.status.is_degraded() {
                        tracing::warn!(group = self.group, error = telemetry::chain(&error), "Kafka is away");
                    }
                    self.status.degraded(true);
                    return Ok(fetched);
                }
            }
            next = if fetched.len() < BATCH {
                timeout_at(pace.until(awaited(&fetched)), kafka.recv()).await.ok()
            } else {
                None
            };
        }
        self.status.degraded(false);
        Ok(fetched)
    }

    fn read(&self, message: &BorrowedMessage<'_>) -> Fetched {
        let source = self.sources.iter().copied().find(|source| source.topic() == message.topic());
        let incoming = match source {
            Some(source) => open(source, message.key(), message.payload()),
            None => Err("a topic that was not subscribed to".to_owned()),
        };
        Fetched {
            partition: message.partition(),
            offset: message.offset(),
            topic: message.topic().to_owned(),
            raw_key: message.key().map(<[u8]>::to_vec),
            raw_value: message.payload().map(<[u8]>::to_vec),
            is_awaited: incoming.as_ref().map_or(true, |message| self.handler.is_awaited(message)),
            incoming,
        }
    }

    fn store_offset(&self, kafka: &StreamConsumer<Membership>, message: &Fetched) {
        // `store_offset` adds the one that makes it the next offset to read. It fails when the partition
        // was given to another member meanwhile; that one reads the message again, and the inbox knows it.
        if let Err(error) = kafka.store_offset(&message.topic, message.partition, message.offset) {
            tracing::debug!(group = self.group, error = telemetry::chain(&error), "offset not stored");
        }
    }
}

/// Makes sense of a record, or says why that is impossible.
fn open(source: Source, key: Option<&[u8]>, value: Option<&[u8]>) -> Result<Incoming, String> {
    let key = key.ok_or("no key")?;
    let key = std::str::from_utf8(key).map_err(|error| format!("key: {error}"))?.to_owned();
    let envelope: Option<Envelope> =
        value.map(serde_json::from_slice).transpose().map_err(|error| format!("envelope: {error}"))?;
    Ok(Incoming { source, key, envelope })
}
