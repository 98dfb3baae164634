//! How a person shows that an e-mail is his: the account server mails a link to it, and sees the click.

use kit::telemetry;
use sqlx::PgPool;
use tracing::Instrument as _;

use crate::domain::account::Account;
use crate::error::Error;
use crate::keycloak::Keycloak;
use crate::store::verification_mails::{self, Wish};

/// Has the first mail sent, whichever door its owner came through. Nobody waits for it: the account is open
/// without, and a person can ask for another.
pub fn send_first_mail(pool: &PgPool, keycloak: &Keycloak, account: &Account) {
    let (pool, keycloak, account) = (pool.clone(), keycloak.clone(), account.clone());
    let sending = async move {
        match send_mail(&pool, &keycloak, &account, Wish::First).await {
            Ok(()) | Err(Error::MailSentLately { .. }) => {}
            Err(error) => {
                let (user_id, error) = (account.user_id, telemetry::chain(&error));
                tracing::warn!(%user_id, error, "verification mail not sent");
            }
        }
    };
    tokio::spawn(sending.in_current_span());
}

/// Whose e-mail is verified needs no mail, and is sent none.
///
/// # Errors
/// [`Error::MailSentLately`]; or the database or the account server is away, and then no minute was used up.
pub async fn send_mail(
    pool: &PgPool,
    keycloak: &Keycloak,
    account: &Account,
    wish: Wish,
) -> Result<(), Error> {
    if account.email_verified {
        return Ok(());
    }
    verification_mails::claim(&mut *pool.acquire().await?, account.user_id, wish)
        .await?
        .map_err(|retry_after_seconds| Error::MailSentLately { retry_after_seconds })?;
    // Not inside a transaction: mail servers take seconds, and a locked profile holds up its owner's log-in.
    let sent = keycloak.send_verification_mail(account.user_id).await;
    if !matches!(sent, Ok(true)) {
        verification_mails::release(&mut *pool.acquire().await?, account.user_id).await?;
    }
    if sent? { Ok(()) } else { Err(Error::AccountGone) }
}
