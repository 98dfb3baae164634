//! The languages that we speak.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language of pages, mails and catalogue names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    #[default]
    Ru,
    En,
}

impl Locale {
    /// `None` for a language that we do not speak.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "ru" => Some(Self::Ru),
            "en" => Some(Self::En),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ru => "ru",
            Self::En => "en",
        }
    }

    /// The language that a reader likes best among ours, by his `Accept-Language`
    /// (<https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4>); Russian when he names none of them.
    pub fn preferred(accept_language: &str) -> Self {
        let mut best: Option<(f32, Self)> = None;
        for range in accept_language.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
            let Some(locale) = Self::parse(tag.split('-').next().unwrap_or_default()) else { continue };
            let weight = parts.find_map(|part| part.trim().strip_prefix("q=")).map_or(Ok(1.0), str::parse);
            let weight: f32 = weight.unwrap_or(0.0);
            if weight > 0.0 && best.is_none_or(|(other, _)| weight > other) {
                best = Some((weight, locale));
            }
        }
        best.map_or(Self::default(), |(_, locale)| locale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_liked_of_our_languages_is_taken() {
        for (header, locale) in [
            ("", Locale::Ru),
            ("en", Locale::En),
            ("en-GB,ru;q=0.9", Locale::En),
            ("de, en;q=0.5, ru;q=0.8", Locale::Ru),
            ("de", Locale::Ru),
            ("EN", Locale::En),
            ("*;q=x, ru;q=-5,,,,en;q=0.1", Locale::En),
            ("en;q=0", Locale::Ru),
        ] {
            assert_eq!(Locale::preferred(header), locale, "{header:?}");
        }
    }
}
