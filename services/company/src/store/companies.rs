//! `companies`.
//!
//! Whatever changes a company or its members locks its row first and adds one to its revision, so that the
//! message pushed behind it has its place in the company's history.

use contracts::http::company::{CancellationPolicy, Location};
use contracts::ids::{CompanyId, UserId};
use kit::database;
use kit::input::Email;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::change::NewCompany;
use crate::domain::company::{Company, Seen};
use crate::store::members::role;

struct Row {
    id: Uuid,
    name: String,
    description: Option<String>,
    address: String,
    phone: String,
    email: Option<String>,
    lat: Option<f64>,
    lon: Option<f64>,
    time_zone: String,
    free_until_hours: i16,
    late_refund_percent: i16,
    active: bool,
    revision: i64,
    role: Option<String>,
    logo: Option<String>,
}

impl TryFrom<Row> for Seen {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let location = match (row.lat, row.lon) {
            (Some(lat), Some(lon)) => Some(Location { lat, lon }),
            (None, None) => None,
            (Some(_), None) => return Err(impossible("lon")),
            (None, Some(_)) => return Err(impossible("lat")),
        };
        let cancellation_policy = CancellationPolicy {
            free_until_hours: row.free_until_hours.try_into().map_err(|_| impossible("free_until_hours"))?,
            late_refund_percent: row
                .late_refund_percent
                .try_into()
                .map_err(|_| impossible("late_refund_percent"))?,
        };
        let company = Company {
            id: CompanyId(row.id),
            name: row.name,
            description: row.description,
            address: row.address,
            phone: row.phone,
            email: row.email,
            location,
            time_zone: row.time_zone,
            cancellation_policy,
            active: row.active,
            revision: row.revision,
        };
        Ok(Self { company, role: row.role.as_deref().map(role).transpose()?, logo: row.logo })
    }
}

fn impossible(column: &str) -> sqlx::Error {
    sqlx::Error::ColumnDecode {
        index: format!("companies.{column}"),
        source: "is not what was written".into(),
    }
}

/// The company as `by` sees it, or as anybody does.
pub async fn find(
    connection: &mut PgConnection,
    id: CompanyId,
    by: Option<UserId>,
) -> sqlx::Result<Option<Seen>> {
    sqlx::query_as!(
        Row,
        r#"select company.id, name, description, address, phone, email, lat, lon, time_zone, free_until_hours,
                  late_refund_percent, active, revision, member.role as "role?", logo.hash as "logo?"
           from companies as company
           left join members as member on member.company_id = company.id and member.user_id = $2
           left join logos as logo on logo.company_id = company.id
           where company.id = $1"#,
        id.0,
        by.map(|user| user.0),
    )
    .fetch_optional(connection)
    .await?
    .map(Seen::try_from)
    .transpose()
}

/// The companies that `by` is a member of, by name.
pub async fn list_of(connection: &mut PgConnection, by: UserId) -> sqlx::Result<Vec<Seen>> {
    sqlx::query_as!(
        Row,
        r#"select company.id, name, description, address, phone, email, lat, lon, time_zone, free_until_hours,
                  late_refund_percent, active, revision, member.role as "role?", logo.hash as "logo?"
           from members as member
           join companies as company on company.id = member.company_id
           left join logos as logo on logo.company_id = company.id
           where member.user_id = $1
           order by name, company.id"#,
        by.0,
    )
    .fetch_all(connection)
    .await?
    .into_iter()
    .map(Seen::try_from)
    .collect()
}

/// Keeps everybody else from changing the company until the transaction ends; `false` when it is not `by`'s
/// to change, or not there. Who waited here sees the members as they are now only in the next statement.
pub async fn lock(connection: &mut PgConnection, id: CompanyId, by: UserId) -> sqlx::Result<bool> {
    let locked = sqlx::query_scalar!(
        "select true
         from companies
         where id = $1
           and id in (select company_id from members where user_id = $2)
         for update",
        id.0,
        by.0,
    );
    Ok(locked.fetch_optional(connection).await?.is_some())
}

/// The same for somebody who is invited; whether the invitation counts is to be read behind it.
pub async fn lock_for_invited(connection: &mut PgConnection, id: CompanyId) -> sqlx::Result<()> {
    sqlx::query!("select from companies where id = $1 for update", id.0).fetch_one(connection).await?;
    Ok(())
}

/// Whether PostgreSQL knows the time zone too, by whose clock searches ask it. A no ends the transaction.
pub async fn knows_time_zone(connection: &mut PgConnection, time_zone: &str) -> sqlx::Result<bool> {
    let known = sqlx::query_scalar!(r#"select (now() at time zone $1) is not null as "known!""#, time_zone);
    match known.fetch_one(connection).await {
        Err(error) if database::sql_state(&error).as_deref() == Some("22023") => Ok(false),
        known => known,
    }
}

pub async fn insert(connection: &mut PgConnection, id: CompanyId, new: &NewCompany) -> sqlx::Result<()> {
    let location = new.place.map(|place| place.location());
    let policy = CancellationPolicy::default();
    sqlx::query!(
        "insert into companies
             (id, name, description, address, phone, email, lat, lon, time_zone, free_until_hours,
              late_refund_percent)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::integer, $11::integer)",
        id.0,
        new.name,
        new.description,
        new.address,
        new.phone.as_str(),
        new.email.as_ref().map(Email::as_str),
        location.map(|location| location.lat),
        location.map(|location| location.lon),
        new.time_zone.as_str(),
        i32::from(policy.free_until_hours),
        i32::from(policy.late_refund_percent),
    )
    .execute(connection)
    .await?;
    Ok(())
}

/// Writes all that `by` can have changed, and adds one to the revision. `false` when `by` is no member.
pub async fn save(connection: &mut PgConnection, by: UserId, company: &Company) -> sqlx::Result<bool> {
    let saved = sqlx::query!(
        "update companies
         set name = $3,
             description = $4,
             address = $5,
             phone = $6,
             email = $7,
             lat = $8,
             lon = $9,
             time_zone = $10,
             free_until_hours = $11::integer,
             late_refund_percent = $12::integer,
             active = $13,
             revision = revision + 1
         where id = $1
           and id in (select company_id from members where user_id = $2)",
        company.id.0,
        by.0,
        company.name,
        company.description,
        company.address,
        company.phone,
        company.email,
        company.location.map(|location| location.lat),
        company.location.map(|location| location.lon),
        company.time_zone,
        i32::from(company.cancellation_policy.free_until_hours),
        i32::from(company.cancellation_policy.late_refund_percent),
        company.active,
    );
    Ok(saved.execute(connection).await?.rows_affected() == 1)
}
