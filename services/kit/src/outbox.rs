//! Messages that leave with the transaction that made them.
//!
//! A handler changes its rows, pushes to the outbox **last**, and commits through [`Outbox::commit`].
//! Nothing else publishes: the producer lives inside [`crate::relay`].

use std::sync::Arc;

use contracts::messages::Message;
use sqlx::{PgConnection, Postgres, Transaction};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::context;

/// Wakes the relay of this process.
#[derive(Debug, Clone, Default)]
pub struct Outbox {
    pub(crate) pushed: Arc<Notify>,
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
    /// Commits and tells the relay that there may be something to publish.
    ///
    /// # Errors
    /// Those of the commit.
    pub async fn commit(&self, transaction: Transaction<'_, Postgres>) -> sqlx::Result<()> {
        transaction.commit().await?;
        self.pushed.notify_one();
        Ok(())
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

/// [`push`] for many messages of one kind of aggregate, each with its revision, in their order and in one statement.
///
/// # Errors
/// Those of the insert.
pub async fn push_all<M: Message>(connection: &mut PgConnection, messages: &[(M, i64)]) -> Result<(), Error> {
    let context = context::current();
    let ids: Vec<Uuid> = messages.iter().map(|_| Uuid::now_v7()).collect();
    let keys: Vec<String> = messages.iter().map(|(message, _)| message.key()).collect();
    let kinds: Vec<&str> = messages.iter().map(|(message, _)| message.kind()).collect();
    let schemas: Vec<i16> = messages.iter().map(|(message, _)| message.schema()).collect();
    let revisions: Vec<i64> = messages.iter().map(|(_, revision)| *revision).collect();
    let payloads = messages.iter().map(|(message, _)| Ok(String::from(Box::<str>::from(message.payload()?))));
    let payloads: Vec<String> = payloads.collect::<serde_json::Result<_>>()?;
    sqlx::query(
        "insert into outbox (id, topic, key, kind, schema, revision, causation_id, traceparent, payload)
         select id, $1, key, kind, schema, revision, $2, $3, payload
         from unnest($4::uuid[], $5::text[], $6::text[], $7::smallint[], $8::bigint[], $9::text[])
              with ordinality as message (id, key, kind, schema, revision, payload, place)
         order by place",
    )
    .bind(M::TOPIC)
    .bind(context.causation_id)
    .bind(context.trace.to_string())
    .bind(ids)
    .bind(keys)
    .bind(kinds)
    .bind(schemas)
    .bind(revisions)
    .bind(payloads)
    .execute(connection)
    .await?;
    Ok(())
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
