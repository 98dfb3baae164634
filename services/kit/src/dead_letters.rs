//! Messages that were set aside, with the reason.

use sqlx::PgPool;

/// A record as it came from Kafka.
#[derive(Debug, Clone, Copy)]
pub struct DeadLetter<'a> {
    pub topic: &'a str,
    pub partition: i32,
    pub offset: i64,
    pub key: Option<&'a [u8]>,
    pub value: Option<&'a [u8]>,
    pub reason: &'a str,
}

/// Parking the same record twice keeps the first.
///
/// # Errors
/// Those of the insert.
pub async fn insert(pool: &PgPool, letter: &DeadLetter<'_>) -> sqlx::Result<()> {
    sqlx::query(
        r#"insert into dead_letters (topic, "partition", "offset", key, value, reason)
           values ($1, $2, $3, $4, $5, $6)
           on conflict on constraint dead_letters_once do nothing"#,
    )
    .bind(letter.topic)
    .bind(letter.partition)
    .bind(letter.offset)
    .bind(letter.key)
    .bind(letter.value)
    // An error's text can quote the message, which can hold what `text` cannot.
    .bind(letter.reason.replace('\0', "\u{fffd}"))
    .execute(pool)
    .await?;
    Ok(())
}
