//! Mails that this service sends itself: the code for a phone.
//!
//! A message to the phone would go through a provider that the local stack does not have, so the code goes
//! to the person's mail inbox.

use std::time::Duration;

use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp;
use lettre::transport::smtp::response::Code;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};
use uuid::Uuid;

use crate::config;
use crate::domain::locale::Locale;
use crate::domain::phone::{Code as PhoneCode, Phone};
use crate::domain::profile::Profile;

/// Of one mail; the person waits for it.
const TIMEOUT: Duration = Duration::from_secs(2);

#[derive(Clone)]
pub struct Mailer {
    smtp: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("address a mail")]
    Address(#[from] lettre::address::AddressError),
    #[error("write a mail")]
    Message(#[from] lettre::error::Error),
    #[error("reach the mail server")]
    Smtp(#[source] smtp::Error),
    /// The mail server's own words may quote the address, so they are dropped.
    #[error("hand a mail over: status {0}")]
    Refused(Code),
    #[error("hand a mail over in time")]
    Timeout(#[from] tokio::time::error::Elapsed),
}

impl From<smtp::Error> for Error {
    fn from(error: smtp::Error) -> Self {
        error.status().map_or(Self::Smtp(error), Self::Refused)
    }
}

impl Mailer {
    /// Connects nothing yet.
    ///
    /// # Errors
    /// When the address of the mail server is unusable.
    pub fn new(config: &config::Mail) -> Result<Self, Error> {
        let smtp =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.smtp_url)?.timeout(Some(TIMEOUT)).build();
        Ok(Self { smtp, from: config.mail_from.clone() })
    }

    /// # Errors
    /// When the mail server did not take it.
    pub async fn send_code(&self, profile: &Profile, phone: &Phone, code: &PhoneCode) -> Result<(), Error> {
        let (subject, text) = code_mail(profile.locale, phone, code);
        let mail = Message::builder()
            .message_id(Some(format!("<{}@{}>", Uuid::now_v7(), self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, profile.email.parse::<Address>()?))
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text)?;
        tokio::time::timeout(TIMEOUT, self.smtp.send(mail)).await??;
        Ok(())
    }
}

fn code_mail(locale: Locale, phone: &Phone, code: &PhoneCode) -> (&'static str, String) {
    let (phone, code) = (phone.as_str(), code.expose());
    match locale {
        Locale::Ru => (
            "Код подтверждения телефона",
            format!(
                "Код для номера {phone}: {code}\n\n\
                 Он действует 10 минут. Если вы его не запрашивали, ничего делать не нужно.\n"
            ),
        ),
        Locale::En => (
            "Your phone verification code",
            format!(
                "The code for {phone}: {code}\n\n\
                 It is good for 10 minutes. If you did not ask for it, there is nothing to do.\n"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mail_speaks_the_persons_language_and_holds_phone_and_code() {
        let (phone, code) = (Phone::parse("+7 912 345-67-89").unwrap(), PhoneCode::parse("012345").unwrap());
        for (locale, word) in [(Locale::Ru, "Код"), (Locale::En, "code")] {
            let (subject, text) = code_mail(locale, &phone, &code);
            assert!(subject.contains(word) && text.contains(word), "{text}");
            assert!(text.contains("+7 912 345-67-89: 012345"), "{text}");
        }
    }
}
