//! `invitations`: who is asked to act for a company. Changed only while the company's row is locked.

use contracts::http;
use contracts::http::company::Role;
use contracts::ids::{CompanyId, InvitationId, UserId};
use jiff::Timestamp;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::invitation::{Invitation, NewInvitation, Token};
use crate::store::members::role;

/// How long an invitation of which nothing can come any more is kept.
const KEPT_DAYS: i32 = 90;

/// Writes an invitation down; from when on it does not count any more. Refused by `invitations_pending` when the
/// address has one.
pub async fn insert(
    connection: &mut PgConnection,
    id: InvitationId,
    company_id: CompanyId,
    by: UserId,
    new: &NewInvitation,
    token: &Token,
) -> sqlx::Result<Timestamp> {
    let hash = token.hash();
    let expires_at = sqlx::query_scalar!(
        "insert into invitations (id, company_id, email, role, token_hash, invited_by)
         values ($1, $2, $3, $4, $5, $6)
         returning expires_at",
        id.0,
        company_id.0,
        new.email.as_str(),
        new.role.as_str(),
        hash.as_slice(),
        by.0,
    )
    .fetch_one(connection)
    .await?;
    Ok(expires_at.to_jiff())
}

/// How many letters of the company are out.
pub async fn count_pending(connection: &mut PgConnection, company_id: CompanyId) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!"
           from invitations
           where company_id = $1
             and accepted_at is null
             and revoked_at is null
             and expires_at > now()"#,
        company_id.0,
    )
    .fetch_one(connection)
    .await
}

/// Letters of the last day, whatever became of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lately {
    /// Of this company.
    pub by_company: i64,
    /// Of this inviter, for whichever company.
    pub by_inviter: i64,
    /// To this address, of whomever.
    pub to_address: i64,
}

pub async fn count_lately(
    connection: &mut PgConnection,
    company_id: CompanyId,
    by: UserId,
    email: &str,
) -> sqlx::Result<Lately> {
    sqlx::query_as!(
        Lately,
        r#"select count(*) filter (where company_id = $1) as "by_company!",
                  count(*) filter (where invited_by = $2) as "by_inviter!",
                  count(*) filter (where email = $3) as "to_address!"
           from invitations
           where created_at > now() - interval '1 day'
             and (company_id = $1 or invited_by = $2 or email = $3)"#,
        company_id.0,
        by.0,
        email,
    )
    .fetch_one(connection)
    .await
}

/// The letters of a company that are out, for one of its members, first come first; none for everybody else.
pub async fn list(
    connection: &mut PgConnection,
    company_id: CompanyId,
    by: UserId,
) -> sqlx::Result<Vec<http::company::Invitation>> {
    let rows = sqlx::query!(
        "select id, email, role, invited_by, created_at, expires_at
         from invitations
         where company_id = $1
           and company_id in (select company_id from members where user_id = $2)
           and accepted_at is null
           and revoked_at is null
           and expires_at > now()
         order by created_at, id",
        company_id.0,
        by.0,
    )
    .fetch_all(connection)
    .await?;
    rows.into_iter()
        .map(|row| {
            Ok(http::company::Invitation {
                id: InvitationId(row.id),
                email: row.email,
                role: role(&row.role)?,
                invited_by: UserId(row.invited_by),
                created_at: row.created_at.to_jiff(),
                expires_at: row.expires_at.to_jiff(),
            })
        })
        .collect()
}

struct Row {
    id: Uuid,
    company_id: Uuid,
    role: String,
    invited_by: Uuid,
    accepted_by: Option<Uuid>,
    revoked: bool,
    expired: bool,
}

impl TryFrom<Row> for Invitation {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        Ok(Self {
            id: InvitationId(row.id),
            company_id: CompanyId(row.company_id),
            role: role(&row.role)?,
            invited_by: UserId(row.invited_by),
            accepted_by: row.accepted_by.map(UserId),
            revoked: row.revoked,
            expired: row.expired,
        })
    }
}

/// The invitation that a token names.
pub async fn find(connection: &mut PgConnection, token: &Token) -> sqlx::Result<Option<Invitation>> {
    let hash = token.hash();
    sqlx::query_as!(
        Row,
        r#"select id, company_id, role, invited_by, accepted_by, revoked_at is not null as "revoked!",
                  expires_at <= now() as "expired!"
           from invitations
           where token_hash = $1"#,
        hash.as_slice(),
    )
    .fetch_optional(connection)
    .await?
    .map(Invitation::try_from)
    .transpose()
}

/// What an invitation of this company that is still out gives.
pub async fn pending_role(
    connection: &mut PgConnection,
    company_id: CompanyId,
    id: InvitationId,
) -> sqlx::Result<Option<Role>> {
    let text = sqlx::query_scalar!(
        "select role
         from invitations
         where id = $1
           and company_id = $2
           and accepted_at is null
           and revoked_at is null
           and expires_at > now()",
        id.0,
        company_id.0,
    )
    .fetch_optional(connection)
    .await?;
    text.as_deref().map(role).transpose()
}

/// Takes an invitation back.
pub async fn revoke(
    connection: &mut PgConnection,
    company_id: CompanyId,
    id: InvitationId,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update invitations
         set revoked_at = now()
         where id = $1
           and company_id = $2
           and accepted_at is null
           and revoked_at is null",
        id.0,
        company_id.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Ends what is too old, so that the address can be invited again.
pub async fn revoke_expired(
    connection: &mut PgConnection,
    company_id: CompanyId,
    email: &str,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update invitations
         set revoked_at = now()
         where company_id = $1
           and email = $2
           and accepted_at is null
           and revoked_at is null
           and expires_at <= now()",
        company_id.0,
        email,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes back what somebody has given who may give only so much from now on, `None` for nothing at all.
pub async fn revoke_above(
    connection: &mut PgConnection,
    company_id: CompanyId,
    by: UserId,
    role: Option<Role>,
) -> sqlx::Result<()> {
    let still_his = match role {
        None => &[][..],
        Some(Role::Manager) => &["manager"],
        Some(Role::Owner) => &["manager", "owner"],
    };
    let still_his: Vec<String> = still_his.iter().map(|role| (*role).to_owned()).collect();
    sqlx::query!(
        "update invitations
         set revoked_at = now()
         where company_id = $1
           and invited_by = $2
           and role <> all($3)
           and accepted_at is null
           and revoked_at is null",
        company_id.0,
        by.0,
        &still_his,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Notes who accepted it.
pub async fn mark_accepted(connection: &mut PgConnection, id: InvitationId, by: UserId) -> sqlx::Result<()> {
    sqlx::query!(
        "update invitations
         set accepted_by = $2,
             accepted_at = now()
         where id = $1
           and accepted_at is null",
        id.0,
        by.0,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Forgets those of which nothing can come any more.
pub async fn prune(connection: &mut PgConnection) -> sqlx::Result<u64> {
    let done = sqlx::query!(
        "delete from invitations where expires_at < now() - make_interval(days => $1)",
        KEPT_DAYS,
    );
    Ok(done.execute(connection).await?.rows_affected())
}
