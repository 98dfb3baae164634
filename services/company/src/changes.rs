//! Every change of a company: locked, decided, told.
//!
//! The company's row is locked before anything is read that decides, also when only its members change.
//! That makes two owners who demote each other take turns, and the outbox order of a company its history.

use contracts::http::company::{Member, Role};
use contracts::ids::{CompanyId, UserId};
use kit::outbox::{self, Outbox};
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::domain::change::{Change, NewCompany};
use crate::domain::company::{Company, Seen};
use crate::domain::members::{Members, RoleChange};
use crate::error::Error;
use crate::store::{companies, invitations, members};

/// Opens a company, which `by` then owns.
///
/// # Errors
/// When the database does not know the time zone, or is away.
pub async fn create(
    pool: &PgPool,
    outbox: &Outbox,
    by: UserId,
    id: CompanyId,
    new: &NewCompany,
) -> Result<Seen, Error> {
    let mut transaction = pool.begin().await?;
    require_known_time_zone(&mut transaction, new.time_zone.as_str()).await?;
    companies::insert(&mut transaction, id, new).await?;
    members::insert(&mut transaction, id, by, Role::Owner).await?;
    tell(transaction, outbox, by, id).await
}

/// Changes the company itself; the others learn of it unless it is like that already.
///
/// # Errors
/// When it is not `by`'s to change, the database does not know its new time zone, or is away.
pub async fn change(
    pool: &PgPool,
    outbox: &Outbox,
    by: UserId,
    id: CompanyId,
    change: Change,
) -> Result<Seen, Error> {
    let mut transaction = pool.begin().await?;
    let (company, role) = lock(&mut transaction, by, id).await?;
    let changed = change.apply(role, company.clone())?;
    if changed == company {
        let seen = companies::find(&mut transaction, id, Some(by)).await?.ok_or(Error::NotFound)?;
        transaction.commit().await?;
        return Ok(seen);
    }
    if changed.time_zone != company.time_zone {
        require_known_time_zone(&mut transaction, &changed.time_zone).await?;
    }
    save(&mut transaction, by, &changed).await?;
    tell(transaction, outbox, by, id).await
}

/// Some installations of PostgreSQL lack names that we know, and one company with such a zone would break every search.
async fn require_known_time_zone(connection: &mut PgConnection, time_zone: &str) -> Result<(), Error> {
    if companies::knows_time_zone(connection, time_zone).await? {
        Ok(())
    } else {
        Err(Error::UnknownTimeZone)
    }
}

/// Gives a member another role.
///
/// # Errors
/// When it is not for `by` to decide, it would leave the company without an owner, there is no such member,
/// or the database is away.
pub async fn change_role(
    pool: &PgPool,
    outbox: &Outbox,
    by: UserId,
    id: CompanyId,
    user: UserId,
    role: Role,
) -> Result<Member, Error> {
    let mut transaction = pool.begin().await?;
    let (company, _) = lock(&mut transaction, by, id).await?;
    let all = Members::new(members::list(&mut transaction, id, by).await?);
    let member = match all.change_role(by, user, role)? {
        RoleChange::Change(member) => member,
        RoleChange::AlreadySo(member) => {
            transaction.commit().await?;
            return Ok(member);
        }
    };
    save(&mut transaction, by, &company).await?;
    touched(members::set_role(&mut transaction, id, by, user, role).await?)?;
    invitations::revoke_above(&mut transaction, id, user, Some(role)).await?;
    tell(transaction, outbox, by, id).await?;
    Ok(member)
}

/// Lets a member go.
///
/// # Errors
/// When it is not for `by` to decide, it would leave the company without an owner, there is no such member,
/// or the database is away.
pub async fn remove_member(
    pool: &PgPool,
    outbox: &Outbox,
    by: UserId,
    id: CompanyId,
    user: UserId,
) -> Result<(), Error> {
    let mut transaction = pool.begin().await?;
    let (company, _) = lock(&mut transaction, by, id).await?;
    Members::new(members::list(&mut transaction, id, by).await?).remove(by, user)?;
    // First, because afterwards the company may not be `by`'s any more.
    save(&mut transaction, by, &company).await?;
    touched(members::delete(&mut transaction, id, by, user).await?)?;
    invitations::revoke_above(&mut transaction, id, user, None).await?;
    tell(transaction, outbox, by, id).await?;
    Ok(())
}

/// The company as it is while nobody else can change it, and the role of `by` in it.
pub(crate) async fn lock(
    connection: &mut PgConnection,
    by: UserId,
    id: CompanyId,
) -> Result<(Company, Role), Error> {
    let locked = companies::lock(connection, id, by).await?;
    let Seen { company, role, .. } =
        companies::find(connection, id, Some(by)).await?.ok_or(Error::NotFound)?;
    match role {
        Some(role) if locked => Ok((company, role)),
        _ => Err(Error::NotAMember),
    }
}

pub(crate) async fn save(connection: &mut PgConnection, by: UserId, company: &Company) -> Result<(), Error> {
    touched(companies::save(connection, by, company).await?)
}

/// What was decided on locked rows does not miss them.
pub(crate) fn touched(touched: bool) -> Result<(), Error> {
    if touched { Ok(()) } else { Err(Error::Database(sqlx::Error::RowNotFound)) }
}

/// Tells the others how the company now is, and ends the transaction that changed it.
pub(crate) async fn tell(
    mut transaction: Transaction<'_, Postgres>,
    outbox: &Outbox,
    by: UserId,
    id: CompanyId,
) -> Result<Seen, Error> {
    let seen = companies::find(&mut transaction, id, Some(by)).await?.ok_or(sqlx::Error::RowNotFound)?;
    let event = seen.company.told_with(seen.logo.as_deref(), &members::all(&mut transaction, id).await?);
    outbox::push(&mut transaction, &event, seen.company.revision).await?;
    outbox.commit(transaction).await?;
    Ok(seen)
}
