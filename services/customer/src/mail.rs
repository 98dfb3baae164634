//! Mails that this service sends itself: the code for a phone.
//!
//! A message to the phone would go through a provider that the local stack does not have, so the code goes
//! to the person's mail inbox.

use std::time::Duration;

use contracts::locale::Locale;
use kit::input::Phone;
use kit::mail::{Error, Mailer};
use lettre::message::header::ContentType;
use uuid::Uuid;

use crate::domain::phone::Code;
use crate::domain::profile::Profile;

/// A person waits for the answer, and a transaction is open: whoever gets no code asks for another.
const SENT_WITHIN: Duration = Duration::from_secs(2);

/// # Errors
/// When the mail server did not take it, or not in time.
pub async fn send_code(mailer: &Mailer, profile: &Profile, phone: &Phone, code: &Code) -> Result<(), Error> {
    let (subject, text) = code_mail(profile.locale, phone, code);
    let mail = mailer
        .mail(Uuid::now_v7(), &profile.email)?
        .subject(subject)
        .header(ContentType::TEXT_PLAIN)
        .body(text)?;
    mailer.send_within(SENT_WITHIN, mail).await
}

fn code_mail(locale: Locale, phone: &Phone, code: &Code) -> (&'static str, String) {
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
        let (phone, code) = (Phone::parse("+7 912 345-67-89").unwrap(), Code::parse("012345").unwrap());
        for (locale, word) in [(Locale::Ru, "Код"), (Locale::En, "code")] {
            let (subject, text) = code_mail(locale, &phone, &code);
            assert!(subject.contains(word) && text.contains(word), "{text}");
            assert!(text.contains("+7 912 345-67-89: 012345"), "{text}");
        }
    }
}
