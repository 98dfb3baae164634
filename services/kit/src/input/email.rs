//! Under which address an account is.

use lettre::Address;

use super::Invalid;

/// The longest address that mail can carry, <https://www.rfc-editor.org/errata/eid1690>.
const LONGEST: usize = 254;

/// An e-mail address, in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// # Errors
    /// When no mail of ours could arrive there.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim().to_lowercase();
        if text.len() > LONGEST {
            return Err(Invalid::new("too_long", "must have at most 254 characters"));
        }
        let invalid = Invalid::new("invalid_email", "must be an e-mail address such as name@example.com");
        let Ok(address) = text.parse::<Address>() else { return Err(invalid) };
        // Quoted names and numeric hosts are allowed by the standard and used by nobody who registers; the
        // account server's mails reach no name outside ASCII.
        let common = text.is_ascii() && address.domain().contains('.') && !text.contains(['"', '[', '\\']);
        if common { Ok(Self(text)) } else { Err(invalid) }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_lower_case() {
        for (given, kept) in [
            ("ivan@example.com", "ivan@example.com"),
            ("  Ivan.Petrov+Tag@EXAMPLE.Com ", "ivan.petrov+tag@example.com"),
            ("o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"),
        ] {
            assert_eq!(Email::parse(given).unwrap().as_str(), kept);
        }
    }

    #[test]
    fn what_mail_does_not_reach_is_refused() {
        for given in [
            "",
            "   ",
            "ivan",
            "ivan@",
            "@example.com",
            "ivan@localhost",
            "ivan@@example.com",
            "ivan@exam ple.com",
            "ivan@example.com, petr@example.com",
            "ivan@example..com",
            "ivan@[127.0.0.1]",
            "\"ivan\"@example.com",
            "<ivan@example.com>",
            "ivan@example.com\r\nBcc: all@example.com",
            "ivan\0@example.com",
            "почта@пример.рф",
        ] {
            assert_eq!(Email::parse(given).unwrap_err().code, "invalid_email", "{given:?}");
        }
        let long = format!("{}@example.com", "a".repeat(250));
        assert_eq!(Email::parse(&long).unwrap_err().code, "too_long");
    }
}
