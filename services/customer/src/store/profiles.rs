//! `profiles`: what we know of people.
//!
//! Whatever changes a row adds one to its revision and keeps it locked until the transaction ends, so that
//! the message pushed behind it has its place in the person's history.

use contracts::ids::UserId;
use contracts::locale::Locale;
use jiff_sqlx::ToSqlx as _;
use kit::input::{Email, Phone};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::domain::account::Account;
use crate::domain::profile::{Profile, ProfileChange};

struct Row {
    user_id: Uuid,
    email: String,
    first_name: String,
    last_name: String,
    phone: Option<String>,
    phone_verified: bool,
    locale: String,
    time_zone: String,
    revision: i64,
}

impl TryFrom<Row> for Profile {
    type Error = sqlx::Error;

    fn try_from(row: Row) -> Result<Self, sqlx::Error> {
        let locale = Locale::parse(&row.locale).ok_or_else(|| sqlx::Error::ColumnDecode {
            index: "profiles.locale".to_owned(),
            source: "is no locale".into(),
        })?;
        Ok(Self {
            user_id: UserId(row.user_id),
            email: row.email,
            first_name: row.first_name,
            last_name: row.last_name,
            phone: row.phone,
            phone_verified: row.phone_verified,
            locale,
            time_zone: row.time_zone,
            revision: row.revision,
        })
    }
}

pub async fn find(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<Option<Profile>> {
    sqlx::query_as!(
        Row,
        "select user_id, email, first_name, last_name, phone, phone_verified, locale, time_zone, revision
         from profiles
         where user_id = $1",
        user_id.0,
    )
    .fetch_optional(connection)
    .await?
    .map(Profile::try_from)
    .transpose()
}

/// Whether somebody has, or had, this e-mail.
pub async fn is_known(connection: &mut PgConnection, email: &Email) -> sqlx::Result<bool> {
    let known = sqlx::query_scalar!("select true from profiles where email = $1 limit 1", email.as_str());
    Ok(known.fetch_optional(connection).await?.is_some())
}

/// Makes the profile, or brings it to what the account server says, unless it knows something newer.
/// `None` when nothing changed.
pub async fn upsert(connection: &mut PgConnection, account: &Account) -> sqlx::Result<Option<Profile>> {
    sqlx::query_as!(
        Row,
        "insert into profiles as profile (user_id, email, first_name, last_name, locale, account_as_of)
         values ($1, $2, $3, $4, coalesce($5, 'ru'), $6)
         on conflict (user_id) do update
         set email = excluded.email,
             first_name = excluded.first_name,
             last_name = excluded.last_name,
             locale = coalesce($5, profile.locale),
             account_as_of = excluded.account_as_of,
             revision = profile.revision + 1
         where excluded.account_as_of >= profile.account_as_of
           and (profile.email, profile.first_name, profile.last_name, profile.locale)
               is distinct from
               (excluded.email, excluded.first_name, excluded.last_name, coalesce($5, profile.locale))
         returning user_id, email, first_name, last_name, phone, phone_verified, locale, time_zone, revision",
        account.user_id.0,
        account.email,
        account.first_name,
        account.last_name,
        account.locale.map(Locale::as_str),
        account.as_of.to_sqlx(),
    )
    .fetch_optional(connection)
    .await?
    .map(Profile::try_from)
    .transpose()
}

/// Makes a person's changes at the account server take turns until the transaction ends: each writes back what it
/// has read there, and would undo another one that came in between.
pub async fn take_turn(connection: &mut PgConnection, user_id: UserId) -> sqlx::Result<()> {
    sqlx::query!("select pg_advisory_xact_lock(hashtextextended($1, 0))", user_id.to_string())
        .execute(connection)
        .await?;
    Ok(())
}

/// `None` when everything was like that already. A new number is not verified yet.
///
/// The clock says of when the account is: the transaction may have begun long before the account server was asked,
/// and a token that was made meanwhile is older than the change.
pub async fn change(
    connection: &mut PgConnection,
    user_id: UserId,
    change: &ProfileChange,
) -> sqlx::Result<Option<Profile>> {
    sqlx::query_as!(
        Row,
        "update profiles
         set first_name = coalesce($2, first_name),
             last_name = coalesce($3, last_name),
             phone = coalesce($4, phone),
             phone_verified = phone_verified and phone = coalesce($4, phone),
             locale = coalesce($5, locale),
             time_zone = coalesce($6, time_zone),
             account_as_of = case when $7 then greatest(account_as_of, clock_timestamp()) else account_as_of end,
             revision = revision + 1
         where user_id = $1
           and (first_name, last_name, phone, locale, time_zone)
               is distinct from
               (coalesce($2, first_name), coalesce($3, last_name), coalesce($4, phone), coalesce($5, locale),
                coalesce($6, time_zone))
         returning user_id, email, first_name, last_name, phone, phone_verified, locale, time_zone, revision",
        user_id.0,
        change.first_name.as_ref().map(|name| name.as_str()),
        change.last_name.as_ref().map(|name| name.as_str()),
        change.phone.as_ref().map(Phone::as_str),
        change.locale.map(Locale::as_str),
        change.time_zone.as_ref().map(|zone| zone.as_str()),
        change.touches_account(),
    )
    .fetch_optional(connection)
    .await?
    .map(Profile::try_from)
    .transpose()
}

/// The person has shown that `phone` is his. `None` when that was known.
pub async fn verify_phone(
    connection: &mut PgConnection,
    user_id: UserId,
    phone: &Phone,
) -> sqlx::Result<Option<Profile>> {
    sqlx::query_as!(
        Row,
        "update profiles
         set phone = $2,
             phone_verified = true,
             revision = revision + 1
         where user_id = $1
           and (phone, phone_verified) is distinct from ($2, true)
         returning user_id, email, first_name, last_name, phone, phone_verified, locale, time_zone, revision",
        user_id.0,
        phone.as_str(),
    )
    .fetch_optional(connection)
    .await?
    .map(Profile::try_from)
    .transpose()
}
