//! `form_answers`: what forms are told that were sent without JavaScript.

use sqlx::PgExecutor;
use uuid::Uuid;

/// A server function's refusal.
pub struct Kept {
    /// Of the server function.
    pub path: String,
    pub sealed: Vec<u8>,
}

/// Keeps the newest ones of a person, `most` and this one.
pub async fn insert(
    connection: impl PgExecutor<'_>,
    id: Uuid,
    person_id: &str,
    kept: &Kept,
    most: i64,
) -> sqlx::Result<()> {
    sqlx::query!(
        "with older as (
             select id
             from form_answers
             where person_id = $2
             order by created_at desc
             offset $5
         ), forgotten as (
             delete from form_answers
             using older
             where form_answers.id = older.id
         )
         insert into form_answers (id, person_id, path, sealed)
         values ($1, $2, $3, $4)",
        id,
        person_id,
        kept.path,
        kept.sealed,
        most,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Stays there: a page may be loaded once more.
pub async fn find(connection: impl PgExecutor<'_>, id: Uuid, person_id: &str) -> sqlx::Result<Option<Kept>> {
    sqlx::query_as!(
        Kept,
        "select path, sealed
         from form_answers
         where id = $1
           and person_id = $2",
        id,
        person_id,
    )
    .fetch_optional(connection)
    .await
}

/// Forgets what nobody can still be busy with.
pub async fn prune(connection: impl PgExecutor<'_>) -> sqlx::Result<()> {
    sqlx::query!("delete from form_answers where created_at < now() - interval '1 day'")
        .execute(connection)
        .await?;
    Ok(())
}
