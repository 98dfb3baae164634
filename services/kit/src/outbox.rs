//! Messages that leave with the transaction that made them.
//!
//! A handler changes its rows, pushes to the outbox **last**, and commits through [`Outbox::commit`], or, where no caller
//! asked for it, [`Outbox::commit_in_background`].
//! Nothing else publishes: the producer lives inside [`crate::relay`].

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use contracts::messages::Message;
use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::context::{self, Context};

/// Wakes the relay of this process, and counts the callers that did.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    pub(crate) pushed: Arc<Notify>,
    callers: Arc<AtomicUsize>,
}

/// Why a message was not pushed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("write the outbox")]
    Database(#[from] sqlx::Error),
    #[error("serialize a message")]
    Serialize(#[from] serde_json::Error),
}

impl Outbox {
    /// Commits what a caller asked for, and tells the relay that there may be something to publish.
    ///
    /// # Errors
    /// Those of the commit.
    pub async fn commit(&self, transaction: Transaction<'_, Postgres>) -> sqlx::Result<()> {
        transaction.commit().await?;
        self.callers.fetch_add(1, Ordering::Relaxed);
        self.pushed.notify_one();
        Ok(())
    }

    /// The same for what no caller asked for, as of messages and timers: it is no sign of a crowd.
    ///
    /// # Errors
    /// Those of the commit.
    pub async fn commit_in_background(&self, transaction: Transaction<'_, Postgres>) -> sqlx::Result<()> {
        transaction.commit().await?;
        self.pushed.notify_one();
        Ok(())
    }

    /// How many callers have committed since this was asked last.
    pub(crate) fn take_callers(&self) -> usize {
        self.callers.swap(0, Ordering::Relaxed)
    }
}

/// Writes `message` as part of the transaction that `connection` is in, which must hold the lock of the
/// aggregate that the message is about: that is what makes the outbox order of one key its history.
///
/// `revision` is the aggregate's, after the change.
///
/// # Errors
/// Those of the insert.
pub async fn push<M: Message>(
    connection: &mut PgConnection,
    message: &M,
    revision: i64,
) -> Result<Uuid, Error> {
    let payload = message.payload()?;
    insert(
        connection,
        M::TOPIC,
        &message.key(),
        message.kind(),
        message.schema(),
        revision,
        Some(payload.get()),
    )
    .await
    .map_err(Error::Database)
}

/// Messages that go to the outbox together, in their order and in one statement.
#[derive(Debug, Default)]
pub struct Batch {
    ids: Vec<Uuid>,
    topics: Vec<&'static str>,
    keys: Vec<String>,
    kinds: Vec<&'static str>,
    schemas: Vec<i16>,
    revisions: Vec<i64>,
    causation_ids: Vec<Option<Uuid>>,
    traceparents: Vec<String>,
    payloads: Vec<String>,
}

impl Batch {
    /// Adds what [`push`] would write now.
    ///
    /// # Errors
    /// When the message cannot be written as JSON.
    pub fn add<M: Message>(&mut self, message: &M, revision: i64) -> Result<(), Error> {
        self.add_of(&context::current(), message, revision)
    }

    /// The same for a message that belongs to another piece of work than the present one.
    ///
    /// # Errors
    /// When the message cannot be written as JSON.
    pub fn add_of<M: Message>(&mut self, context: &Context, message: &M, revision: i64) -> Result<(), Error> {
        let payload = message.payload()?;
        self.ids.push(Uuid::now_v7());
        self.topics.push(M::TOPIC);
        self.keys.push(message.key());
        self.kinds.push(message.kind());
        self.schemas.push(message.schema());
        self.revisions.push(revision);
        self.causation_ids.push(context.causation_id);
        self.traceparents.push(context.trace.to_string());
        self.payloads.push(payload.get().to_owned());
        Ok(())
    }

    /// Writes all of it as [`push`] does, under the same conditions.
    ///
    /// # Errors
    /// Those of the insert.
    pub async fn push(self, connection: &mut PgConnection) -> Result<(), Error> {
        if self.ids.is_empty() {
            return Ok(());
        }
        sqlx::query(
            "insert into outbox (id, topic, key, kind, schema, revision, causation_id, traceparent, payload)
             select id, topic, key, kind, schema, revision, causation_id, traceparent, payload
             from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::bigint[], $7::uuid[],
                         $8::text[], $9::text[])
                  with ordinality
                  as message (id, topic, key, kind, schema, revision, causation_id, traceparent, payload, place)
             order by place",
        )
        .bind(self.ids)
        .bind(self.topics)
        .bind(self.keys)
        .bind(self.kinds)
        .bind(self.schemas)
        .bind(self.revisions)
        .bind(self.causation_ids)
        .bind(self.traceparents)
        .bind(self.payloads)
        .execute(connection)
        .await?;
        Ok(())
    }
}

/// Writes a tombstone: the aggregate that `key` names is gone.
///
/// # Errors
/// Those of the insert.
pub async fn push_tombstone<M: Message>(
    connection: &mut PgConnection,
    key: &str,
    revision: i64,
) -> Result<Uuid, Error> {
    insert(connection, M::TOPIC, key, "", 0, revision, None).await.map_err(Error::Database)
}

async fn insert(
    connection: &mut PgConnection,
    topic: &str,
    key: &str,
    kind: &str,
    schema: i16,
    revision: i64,
    payload: Option<&str>,
) -> sqlx::Result<Uuid> {
    let context = context::current();
    let id = Uuid::now_v7();
    sqlx::query(
        "insert into outbox (id, topic, key, kind, schema, revision, causation_id, traceparent, payload)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(id)
    .bind(topic)
    .bind(key)
    .bind(kind)
    .bind(schema)
    .bind(revision)
    .bind(context.causation_id)
    .bind(context.trace.to_string())
    .bind(payload)
    .execute(connection)
    .await?;
    Ok(id)
}

#[cfg(test)]
mod tests {
    use sqlx::PgPool;

    use super::*;

    #[sqlx::test(migrations = false)]
    async fn only_callers_are_counted(pool: PgPool) {
        let outbox = Outbox::default();
        for _ in 0..2 {
            outbox.commit(pool.begin().await.unwrap()).await.unwrap();
        }
        outbox.commit_in_background(pool.begin().await.unwrap()).await.unwrap();
        assert_eq!(outbox.take_callers(), 2);
        assert_eq!(outbox.take_callers(), 0);
    }
}
