//! Under which number a person can be called.

use super::Invalid;

/// A phone number as a person writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Phone(String);

impl Phone {
    /// # Errors
    /// When nobody could be called under it.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        let only_usual =
            text.chars().all(|character| character.is_ascii_digit() || " +-().".contains(character));
        if only_usual && digits >= 5 && text.len() <= 32 {
            return Ok(Self(text.to_owned()));
        }
        let detail = "must have 5 to 32 characters: at least 5 digits, and spaces, + - ( ) . between them";
        Err(Invalid::new("invalid_phone", detail))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_taken_as_people_write_it() {
        for given in ["+7 (912) 345-67-89", "89123456789", "112 44", "+44.20.7946.0958", "12345"] {
            assert_eq!(Phone::parse(&format!(" {given} ")).unwrap().as_str(), given);
        }
    }

    #[test]
    fn what_cannot_be_called_is_refused() {
        for given in [
            "",
            "1234",
            "+-() .+-",
            "phone 12345",
            "+7912345678901234567890123456789012",
            "123456\n7",
            "１２３４５",
            "12345;ext=1",
            "12345\0",
        ] {
            assert!(Phone::parse(given).is_err(), "{given:?}");
        }
    }
}
