//! Inviting and accepting. The company's row is locked first here too, so that nobody accepts what is being taken back.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::http::company::{Invitation, Role};
use contracts::ids::{CompanyId, InvitationId, UserId};
use contracts::locale::Locale;
use contracts::messages::company::{InvitationEvent, InvitationMade};
use kit::caller::Caller;
use kit::database;
use kit::outbox::{self, Outbox};
use kit::seal::Seal;
use sqlx::PgPool;
use uuid::Uuid;

use crate::changes::{lock, save, tell, touched};
use crate::domain::company::Seen;
use crate::domain::invitation::{
    Acceptance, MOST_A_DAY, MOST_A_DAY_TO_ONE, MOST_PENDING, NewInvitation, Token,
};
use crate::domain::members::{Members, Refusal};
use crate::error::Error;
use crate::store::{companies, invitations, members};

/// The one revision that an invitation has for others.
const FIRST: i64 = 1;

/// Invites somebody; the letter goes out by `notification`, which alone can read the token.
///
/// # Errors
/// When `by` is no member, gives more than he has, the address is invited already, too many letters are out or were sent
/// within a day, or the database is away.
pub async fn invite(
    pool: &PgPool,
    outbox: &Outbox,
    seal: &Seal,
    by: &Caller,
    locale: Locale,
    company_id: CompanyId,
    new: &NewInvitation,
) -> Result<Invitation, Error> {
    let (id, token) = (InvitationId(Uuid::now_v7()), Token::random());
    let sealed = seal.seal(id.0.as_bytes(), token.text().as_bytes())?;
    let mut transaction = pool.begin().await?;
    let (company, role) = lock(&mut transaction, by.user_id, company_id).await?;
    if role < new.role {
        return Err(Refusal::AboveOwnRole.into());
    }
    invitations::revoke_expired(&mut transaction, company_id, new.email.as_str()).await?;
    if invitations::count_pending(&mut transaction, company_id).await? >= MOST_PENDING {
        return Err(Refusal::TooManyInvitations.into());
    }
    let lately =
        invitations::count_lately(&mut transaction, company_id, by.user_id, new.email.as_str()).await?;
    if lately.by_company.max(lately.by_inviter) >= MOST_A_DAY || lately.to_address >= MOST_A_DAY_TO_ONE {
        return Err(Refusal::InvitedTooOften.into());
    }
    let made = invitations::insert(&mut transaction, id, company_id, by.user_id, new, &token).await;
    let expires_at = made.map_err(|error| match database::constraint(&error) {
        Some("invitations_pending") => Refusal::AlreadyInvited.into(),
        _ => Error::from(error),
    })?;
    let letter = InvitationEvent::InvitationMade(InvitationMade {
        invitation_id: id,
        company_id,
        company_name: company.name,
        role: new.role,
        email: new.email.as_str().to_owned(),
        inviter: format!("{} {}", by.first_name, by.last_name).trim().to_owned(),
        locale: locale.as_str().to_owned(),
        sealed_token: STANDARD.encode(sealed),
        expires_at,
    });
    let listed = invitations::list(&mut transaction, company_id, by.user_id).await?;
    let invitation = listed.into_iter().find(|it| it.id == id).ok_or(sqlx::Error::RowNotFound)?;
    outbox::push(&mut transaction, &letter, FIRST).await?;
    outbox.commit(transaction).await?;
    Ok(invitation)
}

/// Takes an invitation back that is still out.
///
/// # Errors
/// When `by` is no member, it gives more than he could, there is no such invitation, or the database is away.
pub async fn revoke(pool: &PgPool, by: UserId, company_id: CompanyId, id: InvitationId) -> Result<(), Error> {
    let mut transaction = pool.begin().await?;
    let (_, role) = lock(&mut transaction, by, company_id).await?;
    let given = invitations::pending_role(&mut transaction, company_id, id).await?;
    if role < given.ok_or(Refusal::NoSuchInvitation)? {
        return Err(Refusal::AboveOwnRole.into());
    }
    invitations::revoke(&mut transaction, company_id, id).await?;
    transaction.commit().await?;
    Ok(())
}

/// Lets `by`, who has read the letter, act for the company.
///
/// # Errors
/// When the token names nothing, or what it names does not count any more, or the database is away.
pub async fn accept(pool: &PgPool, outbox: &Outbox, by: UserId, token: &Token) -> Result<Seen, Error> {
    let mut transaction = pool.begin().await?;
    let named = invitations::find(&mut transaction, token).await?.ok_or(Refusal::NoSuchInvitation)?;
    let company_id = named.company_id;
    companies::lock_for_invited(&mut transaction, company_id).await?;
    // As it is now that nobody else can change it.
    let invitation = invitations::find(&mut transaction, token).await?.ok_or(Refusal::NoSuchInvitation)?;
    let all = Members::new(members::all(&mut transaction, company_id).await?);
    let acceptance = invitation.accept(by, &all)?;
    if acceptance != Acceptance::Repeated {
        invitations::mark_accepted(&mut transaction, invitation.id, by).await?;
    }
    match acceptance {
        Acceptance::Join => members::insert(&mut transaction, company_id, by, invitation.role).await?,
        Acceptance::Raise => {
            // In the name of the inviter, who may do it.
            let raised =
                members::set_role(&mut transaction, company_id, invitation.invited_by, by, Role::Owner);
            touched(raised.await?)?;
        }
        Acceptance::NothingNew | Acceptance::Repeated => {
            let seen = companies::find(&mut transaction, company_id, Some(by)).await?;
            transaction.commit().await?;
            return seen.ok_or(Error::NotFound);
        }
    }
    let seen = companies::find(&mut transaction, company_id, Some(by)).await?.ok_or(Error::NotFound)?;
    save(&mut transaction, by, &seen.company).await?;
    tell(transaction, outbox, by, company_id).await
}
