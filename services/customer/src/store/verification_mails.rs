//! `profiles.verification_mail_at`: when a person was last sent the mail that shows whose an e-mail is.
//!
//! Nobody is told of it, so the profile's revision stays as it is.

use contracts::ids::UserId;
use sqlx::PgConnection;

/// Why a mail is to go out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// Everybody gets one unasked.
    First,
    /// He asks himself.
    Another,
}

/// Claims the right to have a mail sent: a first one once, another one once a minute.
///
/// # Errors
/// In seconds, how long the person has to wait until he can have another one.
pub async fn claim(
    connection: &mut PgConnection,
    user_id: UserId,
    wish: Wish,
) -> sqlx::Result<Result<(), u64>> {
    let claimed = sqlx::query!(
        "update profiles
         set verification_mail_at = now()
         where user_id = $1
           and (verification_mail_at is null
                or $2 and verification_mail_at <= now() - interval '1 minute')",
        user_id.0,
        wish == Wish::Another,
    )
    .execute(&mut *connection)
    .await?;
    if claimed.rows_affected() == 1 {
        return Ok(Ok(()));
    }
    // One where the claim has been released meanwhile: `greatest` passes over null.
    let wait_seconds = sqlx::query_scalar!(
        r#"select greatest(1, ceil(extract(epoch from verification_mail_at + interval '1 minute' - now())))::bigint
                  as "seconds!"
           from profiles
           where user_id = $1"#,
        user_id.0,
    )
    .fetch_one(connection)
    .await?;
    Ok(Err(wait_seconds.unsigned_abs()))
}

/// The mail did not go out: the person may ask again at once, and gets one unasked when he next comes.
pub async fn release(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<()> {
    sqlx::query!("update profiles set verification_mail_at = null where user_id = $1", user_id.0)
        .execute(connection)
        .await?;
    Ok(())
}
