//! The languages that we speak.

use super::invalid::Invalid;

/// A language of pages and mails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    Ru,
    En,
}

impl Locale {
    /// # Errors
    /// When it is a language that we do not speak.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        match text {
            "ru" => Ok(Self::Ru),
            "en" => Ok(Self::En),
            _ => Err(Invalid::new("unknown_locale", "must be ru or en")),
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_locale_is_one_that_we_speak() {
        for locale in [Locale::Ru, Locale::En] {
            assert_eq!(Locale::parse(locale.as_str()), Ok(locale));
        }
        for given in ["", "RU", "ru-RU", "de"] {
            assert!(Locale::parse(given).is_err(), "{given}");
        }
    }
}
