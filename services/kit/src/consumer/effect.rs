use std::collections::{HashSet, VecDeque};
use std::time::{Duration, Instant};

use rdkafka::consumer::StreamConsumer;
use sqlx::PgConnection;
use uuid::Uuid;

use super::membership::Membership;
use super::{Consumer, Failure, Fetched, Handler, Incoming, Source};
use crate::dead_letters::{self, DeadLetter};
use crate::{outbox, telemetry};

/// So many keys parked within [`BAD_RELEASE_WINDOW`] are a bad release, not bad messages.
const BAD_RELEASE_KEYS: usize = 20;
const BAD_RELEASE_WINDOW: Duration = Duration::from_secs(60);

impl<H: Handler> Consumer<H> {
    /// False when so much was parked that going on would throw a release's worth of messages away.
    pub(super) async fn process(
        &self,
        kafka: &StreamConsumer<Membership>,
        fetched: Vec<Fetched>,
        parked: &mut Parked,
    ) -> bool {
        if self.together(&fetched).await.is_ok() {
            for message in &fetched {
                self.store_offset(kafka, message);
            }
            return true;
        }
        for message in &fetched {
            if let Err(reason) = self.alone(message).await {
                self.park(message, &reason).await;
                if parked.is_bad_release(message) {
                    return false;
                }
            }
            self.store_offset(kafka, message);
        }
        true
    }

    /// All in one transaction, or none.
    async fn together(&self, fetched: &[Fetched]) -> Result<(), Failure> {
        let mut messages = Vec::with_capacity(fetched.len());
        for message in fetched {
            messages.push(message.incoming.as_ref().map_err(|reason| Failure::Park(reason.clone()))?);
        }
        messages.retain(|message| self.handler.concerns(message));
        if messages.is_empty() {
            return Ok(());
        }
        // A stable sort: every transaction takes its locks in the same order, and the messages of one key
        // stay in theirs.
        messages.sort_by(|a, b| a.key.cmp(&b.key));
        let mut transaction = self.pool.begin().await?;
        let unheard = self.unheard(&mut transaction, &messages).await?;
        if unheard.is_empty() {
            return Ok(transaction.rollback().await?);
        }
        let mut outgoing = outbox::Batch::default();
        let done = self.handler.handle(&mut transaction, &unheard, &mut outgoing).await?;
        outgoing.push(&mut transaction).await?;
        fail::fail_point!("consumer.before_commit");
        self.outbox.commit_in_background(transaction).await?;
        fail::fail_point!("consumer.after_commit");
        metrics::counter!("messages_consumed_total", "group" => self.group).increment(unheard.len() as u64);
        self.handler.committed(done);
        Ok(())
    }

    /// One message, again and again while something is away.
    ///
    /// # Errors
    /// The reason to park it.
    async fn alone(&self, message: &Fetched) -> Result<(), String> {
        let mut pause = Duration::from_millis(50);
        loop {
            match self.together(std::slice::from_ref(message)).await {
                Ok(()) => return Ok(()),
                Err(Failure::Park(reason)) => return Err(reason),
                Err(Failure::Retry(error)) => {
                    tracing::warn!(group = self.group, error = telemetry::chain(&error), "message waits");
                    self.status.degraded(true);
                }
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(Duration::from_secs(2));
        }
    }

    /// Those that have not taken effect before.
    async fn unheard<'a>(
        &self,
        connection: &mut PgConnection,
        messages: &[&'a Incoming],
    ) -> sqlx::Result<Vec<&'a Incoming>> {
        let mut new = remember(connection, messages).await?;
        let is_unheard = |message: &&Incoming| match (message.source, &message.envelope) {
            // One that came twice in one transaction is new once.
            (Source::Stream(_), Some(envelope)) => new.remove(&envelope.id),
            (Source::Stream(_), None) | (Source::Projection(_), _) => true,
        };
        let unheard: Vec<_> = messages.iter().copied().filter(is_unheard).collect();
        let repeated = messages.len() - unheard.len();
        if repeated > 0 {
            metrics::counter!("messages_repeated_total", "group" => self.group).increment(repeated as u64);
        }
        Ok(unheard)
    }

    /// Returns when the message lies in `dead_letters`, which may take as long as the database is away.
    async fn park(&self, message: &Fetched, reason: &str) {
        let letter = DeadLetter {
            topic: &message.topic,
            partition: message.partition,
            offset: message.offset,
            key: message.raw_key.as_deref(),
            value: message.raw_value.as_deref(),
            reason,
        };
        while let Err(error) = dead_letters::insert(&self.pool, &letter).await {
            tracing::error!(error = telemetry::chain(&error), "a message waits to be parked");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        tracing::error!(
            group = self.group,
            topic = message.topic,
            partition = message.partition,
            offset = message.offset,
            "message parked; the reason, which may quote it, is in dead_letters"
        );
        metrics::counter!("messages_parked_total", "group" => self.group).increment(1);
    }
}

/// Writes the messages of streams down, and says which of them have not been here before.
async fn remember(connection: &mut PgConnection, messages: &[&Incoming]) -> sqlx::Result<HashSet<Uuid>> {
    let of_streams = messages.iter().filter(|message| matches!(message.source, Source::Stream(_)));
    let mut ids: Vec<Uuid> = of_streams.filter_map(|message| Some(message.envelope.as_ref()?.id)).collect();
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    // Always in the same order, as every lock.
    ids.sort_unstable();
    let unheard: Vec<Uuid> = sqlx::query_scalar(
        "insert into inbox (message_id)
         select unnest($1::uuid[])
         on conflict do nothing
         returning message_id",
    )
    .bind(ids)
    .fetch_all(connection)
    .await?;
    Ok(unheard.into_iter().collect())
}

/// Which keys were parked lately.
#[derive(Default)]
pub(super) struct Parked(VecDeque<(Instant, Option<Vec<u8>>)>);

impl Parked {
    pub(super) fn is_bad_release(&mut self, message: &Fetched) -> bool {
        let now = Instant::now();
        self.0.retain(|(at, key)| now.duration_since(*at) < BAD_RELEASE_WINDOW && *key != message.raw_key);
        self.0.push_back((now, message.raw_key.clone()));
        self.0.len() >= BAD_RELEASE_KEYS
    }
}
