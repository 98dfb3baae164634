//! Companies and who acts for them, as `company` told.

use contracts::http::company::Role;
use contracts::ids::{CompanyId, UserId};
use contracts::messages::company::CompanyChanged;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use sqlx::PgConnection;
use uuid::Uuid;

use super::impossible;

/// Keeps `company` with its members unless a newer revision is there already.
///
/// # Errors
/// Those of the statements.
pub async fn keep_newest(
    connection: &mut PgConnection,
    company: &CompanyChanged,
    revision: i64,
) -> sqlx::Result<()> {
    let policy = company.cancellation_policy;
    let kept = sqlx::query!(
        "insert into companies as kept
             (company_id, name, description, address, phone, lat, lon, time_zone, free_until_hours,
              late_refund_percent, active, logo, revision)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         on conflict (company_id) do update
         set name = excluded.name,
             description = excluded.description,
             address = excluded.address,
             phone = excluded.phone,
             lat = excluded.lat,
             lon = excluded.lon,
             time_zone = excluded.time_zone,
             free_until_hours = excluded.free_until_hours,
             late_refund_percent = excluded.late_refund_percent,
             active = excluded.active,
             logo = excluded.logo,
             revision = excluded.revision
         where excluded.revision > kept.revision",
        company.company_id.0,
        company.name,
        company.description,
        company.address,
        company.phone,
        company.location.map(|location| location.lat),
        company.location.map(|location| location.lon),
        company.time_zone,
        i16::try_from(policy.free_until_hours).unwrap_or(i16::MAX),
        i16::from(policy.late_refund_percent),
        company.active,
        company.logo,
        revision,
    )
    .execute(&mut *connection)
    .await?;
    if kept.rows_affected() == 0 {
        return Ok(());
    }
    let (users, roles): (Vec<Uuid>, Vec<String>) =
        company.members.iter().map(|member| (member.user_id.0, member.role.as_str().to_owned())).unzip();
    sqlx::query!(
        "delete from members
         where company_id = $1
           and user_id <> all($2)",
        company.company_id.0,
        &users,
    )
    .execute(&mut *connection)
    .await?;
    sqlx::query!(
        "insert into members (company_id, user_id, role)
         select $1, user_id, role
         from unnest($2::uuid[], $3::text[]) as member (user_id, role)
         on conflict (company_id, user_id) do update
         set role = excluded.role",
        company.company_id.0,
        &users,
        &roles,
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Whether the company is known here, and what `user_id` may do for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    pub active: bool,
    pub role: Option<Role>,
}

/// `None` for a company that nobody has told of yet.
///
/// # Errors
/// Those of the statement.
pub async fn standing(
    connection: &mut PgConnection,
    company_id: CompanyId,
    user_id: UserId,
) -> sqlx::Result<Option<Standing>> {
    let row = sqlx::query!(
        r#"select companies.active, members.role as "role?"
           from companies
           left join members on members.company_id = companies.company_id and members.user_id = $2
           where companies.company_id = $1"#,
        company_id.0,
        user_id.0,
    )
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|row| Standing { active: row.active, role: row.role.as_deref().and_then(Role::parse) }))
}

/// Which clock a company that is known here goes by.
///
/// # Errors
/// Those of the statement.
pub async fn time_zone(connection: &mut PgConnection, company_id: CompanyId) -> sqlx::Result<TimeZone> {
    let name = sqlx::query_scalar!("select time_zone from companies where company_id = $1", company_id.0)
        .fetch_one(connection)
        .await?;
    TimeZoneDatabase::bundled().get(&name).map_err(|_| impossible("companies.time_zone"))
}
