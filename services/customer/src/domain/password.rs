//! What a new account may be opened with.

use std::fmt;

use kit::input::{Email, Invalid};

/// A password that nobody has used yet: long enough, and not the e-mail.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl Password {
    /// `email` is the account's, if it could be made sense of.
    ///
    /// # Errors
    /// When it is too easy to guess, or too long to be meant.
    pub fn parse(text: String, email: Option<&Email>) -> Result<Self, Invalid> {
        match text.chars().count() {
            0..10 => return Err(Invalid::new("too_short", "must have at least 10 characters")),
            10..=128 => {}
            _ => return Err(Invalid::new("too_long", "must have at most 128 characters")),
        }
        if email.is_some_and(|email| text.to_lowercase() == email.as_str()) {
            return Err(Invalid::new("is_email", "must not be the e-mail"));
        }
        Ok(Self(text))
    }

    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_10_to_128_characters_of_any_kind() {
        let email = Email::parse("ivan@example.com").unwrap();
        let cases = [
            ("123456789".to_owned(), Some("too_short")),
            (String::new(), Some("too_short")),
            ("1234567890".to_owned(), None),
            ("пароль мой".to_owned(), None),
            ("a".repeat(128), None),
            ("a".repeat(129), Some("too_long")),
            ("ivan@example.com".to_owned(), Some("is_email")),
            ("IVAN@Example.com".to_owned(), Some("is_email")),
            ("ivan@example.com!".to_owned(), None),
        ];
        for (given, refused) in cases {
            let code = Password::parse(given.clone(), Some(&email)).err().map(|invalid| invalid.code);
            assert_eq!(code, refused, "{given}");
        }
    }
}
