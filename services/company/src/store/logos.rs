//! `logos`: how companies look.

use contracts::ids::{CompanyId, UserId};
use sqlx::PgConnection;

use crate::domain::logo::Logo;

/// `false` when `by` is no member.
pub async fn put(
    connection: &mut PgConnection,
    company_id: CompanyId,
    by: UserId,
    logo: &Logo,
) -> sqlx::Result<bool> {
    let put = sqlx::query!(
        "insert into logos (company_id, hash, png)
         select company_id, $3, $4
         from members
         where company_id = $1
           and user_id = $2
         on conflict (company_id) do update
         set hash = excluded.hash,
             png = excluded.png,
             changed_at = now()",
        company_id.0,
        by.0,
        logo.hash,
        logo.png,
    );
    Ok(put.execute(connection).await?.rows_affected() == 1)
}

/// Anybody may see it.
pub async fn find(connection: &mut PgConnection, company_id: CompanyId) -> sqlx::Result<Option<Logo>> {
    sqlx::query_as!(Logo, "select hash, png from logos where company_id = $1", company_id.0)
        .fetch_optional(connection)
        .await
}
