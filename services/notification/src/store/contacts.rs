//! User id to address, name and language.

use contracts::ids::UserId;
use contracts::messages::customer::CustomerChanged;
use sqlx::PgConnection;

/// Keeps `customer` unless a newer revision is there already.
///
/// # Errors
/// Those of the statement.
pub async fn keep_newest(
    connection: &mut PgConnection,
    customer: &CustomerChanged,
    revision: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into contacts (user_id, email, first_name, last_name, locale, revision)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (user_id) do update
         set email = excluded.email,
             first_name = excluded.first_name,
             last_name = excluded.last_name,
             locale = excluded.locale,
             revision = excluded.revision
         where excluded.revision > contacts.revision",
        customer.user_id.0,
        customer.email,
        customer.first_name,
        customer.last_name,
        customer.locale,
        revision,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets a person who asked for it; what has not gone to him never will.
///
/// # Errors
/// Those of the statements.
pub async fn forget(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<()> {
    sqlx::query!("delete from contacts where user_id = $1", user_id.0).execute(&mut *connection).await?;
    sqlx::query!("delete from reminders where user_id = $1", user_id.0).execute(&mut *connection).await?;
    sqlx::query!(
        "update mails
         set state = 'failed',
             last_error = 'the reader is gone'
         where user_id = $1
           and state in ('queued', 'waiting')",
        user_id.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}
