//! How a person shows that a phone is his: a code goes out, and comes back.

use kit::input::Phone;
use kit::mail::Mailer;
use kit::outbox::Outbox;
use sqlx::PgPool;

use crate::domain::account::Account;
use crate::domain::phone::{Check, Code};
use crate::error::Error;
use crate::store::{phone_codes, profiles};
use crate::{mail, sessions};

/// Sends `code`, at most one a minute.
///
/// # Errors
/// [`Error::CodeSentLately`]; or the database or the mail server is away, and then no code was used up.
pub async fn send_code(
    pool: &PgPool,
    outbox: &Outbox,
    mailer: &Mailer,
    account: &Account,
    phone: &Phone,
    code: &Code,
) -> Result<(), Error> {
    let profile = sessions::profile_of(pool, outbox, account).await?;
    let mut transaction = pool.begin().await?;
    phone_codes::replace(&mut transaction, account.user_id, phone, &code.digest(account.user_id, phone))
        .await?
        .map_err(|retry_after_seconds| Error::CodeSentLately { retry_after_seconds })?;
    // Inside the transaction: a mail that does not go out leaves the last code and its minute as they were.
    mail::send_code(mailer, &profile, phone, code).await?;
    transaction.commit().await?;
    Ok(())
}

/// Takes a guess. Only [`Check::Right`] changes the profile, and uses the code up.
///
/// # Errors
/// When the database is away.
pub async fn check_code(
    pool: &PgPool,
    outbox: &Outbox,
    account: &Account,
    phone: &Phone,
    code: &Code,
) -> Result<Check, Error> {
    let mut transaction = pool.begin().await?;
    let Some(sent) = phone_codes::lock(&mut transaction, account.user_id).await? else {
        return Ok(Check::NotSent);
    };
    let check = sent.check(account.user_id, phone, code);
    match check {
        Check::Right => {
            phone_codes::delete(&mut transaction, account.user_id).await?;
            if let Some(profile) = profiles::verify_phone(&mut transaction, account.user_id, phone).await? {
                sessions::publish(&mut transaction, &profile).await?;
            }
        }
        Check::Wrong => phone_codes::count_try(&mut transaction, account.user_id).await?,
        Check::NotSent | Check::Expired | Check::TooManyTries => {}
    }
    outbox.commit(transaction).await?;
    Ok(check)
}
