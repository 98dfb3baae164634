//! Clients, as `customer` told.

use contracts::ids::UserId;
use contracts::messages::customer::CustomerChanged;
use sqlx::PgConnection;

/// Keeps `client` unless a newer revision is there already.
///
/// # Errors
/// Those of the statement.
pub async fn keep_newest(
    connection: &mut PgConnection,
    client: &CustomerChanged,
    revision: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into clients as kept (user_id, email, first_name, last_name, phone, revision)
         values ($1, $2, $3, $4, $5, $6)
         on conflict (user_id) do update
         set email = excluded.email,
             first_name = excluded.first_name,
             last_name = excluded.last_name,
             phone = excluded.phone,
             revision = excluded.revision
         where excluded.revision > kept.revision",
        client.user_id.0,
        client.email,
        client.first_name,
        client.last_name,
        client.phone,
        revision,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets a person who asked for it.
///
/// # Errors
/// Those of the statement.
pub async fn forget(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<()> {
    sqlx::query!("delete from clients where user_id = $1", user_id.0).execute(connection).await?;
    Ok(())
}
