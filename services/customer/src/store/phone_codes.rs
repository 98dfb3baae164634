//! `phone_codes`: codes on their way to a phone, at most one a person.

use contracts::ids::UserId;
use kit::input::Phone;
use sqlx::PgConnection;

use crate::domain::phone::{CodeDigest, SentCode};

/// Keeps a new code in place of the last one.
///
/// # Errors
/// In seconds, how long the person has to wait, when the last one is not a minute old.
pub async fn replace(
    connection: &mut PgConnection,
    user_id: UserId,
    phone: &Phone,
    digest: &CodeDigest,
) -> sqlx::Result<Result<(), u64>> {
    let kept = sqlx::query!(
        "insert into phone_codes as code (user_id, phone, digest, sent_at, expires_at)
         values ($1, $2, $3, now(), now() + interval '10 minutes')
         on conflict (user_id) do update
         set phone = excluded.phone,
             digest = excluded.digest,
             tries = 0,
             sent_at = excluded.sent_at,
             expires_at = excluded.expires_at
         where code.sent_at <= now() - interval '1 minute'",
        user_id.0,
        phone.as_str(),
        digest.as_bytes(),
    )
    .execute(&mut *connection)
    .await?;
    if kept.rows_affected() == 1 {
        return Ok(Ok(()));
    }
    let wait_seconds = sqlx::query_scalar!(
        r#"select greatest(1, ceil(extract(epoch from sent_at + interval '1 minute' - now())))::bigint as "seconds!"
           from phone_codes
           where user_id = $1"#,
        user_id.0,
    )
    .fetch_one(connection)
    .await?;
    Ok(Err(wait_seconds.unsigned_abs()))
}

/// The code that the person was sent last, locked: guesses that come together are counted one by one.
pub async fn lock(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<Option<SentCode>> {
    sqlx::query_as!(
        SentCode,
        r#"select phone, digest, tries, expires_at <= now() as "expired!"
           from phone_codes
           where user_id = $1
           for update"#,
        user_id.0,
    )
    .fetch_optional(connection)
    .await
}

pub async fn count_try(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<()> {
    sqlx::query!("update phone_codes set tries = tries + 1 where user_id = $1", user_id.0)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn delete(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<()> {
    sqlx::query!("delete from phone_codes where user_id = $1", user_id.0).execute(connection).await?;
    Ok(())
}
