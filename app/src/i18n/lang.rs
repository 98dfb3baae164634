use serde::{Deserialize, Serialize};

/// The languages of the portal. Every sentence is a method of it, in `strings.rs`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Lang {
    #[default]
    En,
    Ru,
}

impl Lang {
    pub const ALL: [Lang; 2] = [Lang::En, Lang::Ru];

    /// The language tag: in `<html lang>`, in the cookie and in the form.
    pub fn code(self) -> &'static str {
        match self {
            Lang::En => "en",
            Lang::Ru => "ru",
        }
    }

    /// What the language calls itself.
    pub fn own_name(self) -> &'static str {
        match self {
            Lang::En => "English",
            Lang::Ru => "Русский",
        }
    }

    pub fn other(self) -> Lang {
        match self {
            Lang::En => Lang::Ru,
            Lang::Ru => Lang::En,
        }
    }

    /// Takes a tag with or without a region: `ru`, `ru-RU`, `en_GB`.
    pub fn parse(tag: &str) -> Option<Lang> {
        let language = tag.trim().split(['-', '_']).next()?;
        Lang::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(language))
    }

    /// The best of an `Accept-Language` header, the first one among equals; English when it names neither.
    pub fn accepted(header: &str) -> Lang {
        let mut best = (0.0, Lang::default());
        for entry in header.split(',') {
            let mut parts = entry.split(';');
            let Some(lang) = parts.next().and_then(Lang::parse) else { continue };
            let quality = parts
                .find_map(|parameter| parameter.trim().strip_prefix("q="))
                .map_or(1.0, |quality| quality.trim().parse::<f32>().unwrap_or(0.0));
            if quality > best.0 {
                best = (quality, lang);
            }
        }
        best.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_wanted_most_wins() {
        for (header, lang) in [
            ("", Lang::En),
            ("ru", Lang::Ru),
            ("ru-RU,ru;q=0.9,en-US;q=0.8,en;q=0.7", Lang::Ru),
            ("en-GB,en;q=0.9,ru;q=0.8", Lang::En),
            ("en;q=0.5, RU;q=0.8", Lang::Ru),
            ("de-DE,de;q=0.9,ru;q=0.3", Lang::Ru),
            ("de-DE,fr;q=0.9", Lang::En),
            ("ru;q=0", Lang::En),
            ("ru;q=much,*", Lang::En),
            (";;,=,q=1", Lang::En),
        ] {
            assert_eq!(Lang::accepted(header), lang, "{header:?}");
        }
    }
}
