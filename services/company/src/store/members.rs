//! `members`: who acts for a company. Changed only while the company's row is locked.

use contracts::http::company::{Member, Role};
use contracts::ids::{CompanyId, UserId};
use sqlx::PgConnection;
use uuid::Uuid;

struct Row {
    user_id: Uuid,
    role: String,
    since: jiff_sqlx::Timestamp,
}

impl TryFrom<Row> for Member {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self { user_id: UserId(row.user_id), role: role(&row.role)?, since: row.since.to_jiff() })
    }
}

/// What `members.role` says.
pub(super) fn role(text: &str) -> sqlx::Result<Role> {
    Role::parse(text).ok_or_else(|| sqlx::Error::ColumnDecode {
        index: "members.role".to_owned(),
        source: "is no role".into(),
    })
}

/// The members of a company for one of them, first come first; none for everybody else.
pub async fn list(
    connection: &mut PgConnection,
    company_id: CompanyId,
    by: UserId,
) -> sqlx::Result<Vec<Member>> {
    sqlx::query_as!(
        Row,
        "select user_id, role, since
         from members
         where company_id = $1
           and company_id in (select company_id from members where user_id = $2)
         order by since, user_id",
        company_id.0,
        by.0,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Member::try_from)
    .collect()
}

/// The members of a company for what is told of it: also of one that its member has just left.
pub async fn all(connection: &mut PgConnection, company_id: CompanyId) -> sqlx::Result<Vec<Member>> {
    sqlx::query_as!(
        Row,
        "select user_id, role, since
         from members
         where company_id = $1
         order by since, user_id",
        company_id.0,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Member::try_from)
    .collect()
}

pub async fn insert(
    connection: &mut PgConnection,
    company_id: CompanyId,
    user: UserId,
    role: Role,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into members (company_id, user_id, role)
         values ($1, $2, $3)",
        company_id.0,
        user.0,
        role.as_str(),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// `false` when `by` is no owner, or `user` no member.
pub async fn set_role(
    connection: &mut PgConnection,
    company_id: CompanyId,
    by: UserId,
    user: UserId,
    role: Role,
) -> sqlx::Result<bool> {
    let set = sqlx::query!(
        "update members
         set role = $4
         where company_id = $1
           and user_id = $3
           and company_id in (select company_id from members where user_id = $2 and role = 'owner')",
        company_id.0,
        by.0,
        user.0,
        role.as_str(),
    );
    Ok(set.execute(connection).await?.rows_affected() == 1)
}

/// `false` when `by` is neither an owner nor `user`, or `user` no member.
pub async fn delete(
    connection: &mut PgConnection,
    company_id: CompanyId,
    by: UserId,
    user: UserId,
) -> sqlx::Result<bool> {
    let deleted = sqlx::query!(
        "delete from members
         where company_id = $1
           and user_id = $3
           and (user_id = $2
                or company_id in (select company_id from members where user_id = $2 and role = 'owner'))",
        company_id.0,
        by.0,
        user.0,
    );
    Ok(deleted.execute(connection).await?.rows_affected() == 1)
}
