use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// The longest address that somebody may want to return to.
const LENGTH_LIMIT: usize = 2_000;

/// A path of this site. What comes in as an address, from a form or a link, could name any other site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnPath(String);

impl OwnPath {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for OwnPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

/// The text was not a path of this site.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotOurs;

impl FromStr for OwnPath {
    type Err = NotOurs;

    fn from_str(text: &str) -> Result<Self, NotOurs> {
        // Browsers read `//host` and `/\host` as another host, and drop tabs and line breaks before they look.
        let is_path = text.starts_with('/') && !text.starts_with("//");
        let is_plain = text.chars().all(|character| character.is_ascii_graphic() && character != '\\');
        if is_path && is_plain && text.len() <= LENGTH_LIMIT {
            Ok(Self(text.to_owned()))
        } else {
            Err(NotOurs)
        }
    }
}

/// Anything else leads home: the way back is a courtesy, not a reason to refuse a form.
impl<'de> Deserialize<'de> for OwnPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Ok(text.parse().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_path_of_this_site_is_taken() {
        for ours in ["/", "/offers?from=2026-06-03&q=%D1%81", "/a/b#c", "/%2F%2Fevil.example"] {
            assert_eq!(ours.parse::<OwnPath>().as_ref().map(OwnPath::as_str), Ok(ours));
        }
        let too_long = format!("/{}", "a".repeat(LENGTH_LIMIT));
        for foreign in [
            "",
            "offers",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/a\r\nSet-Cookie: x=y",
            " //evil.example",
            "https://evil.example/",
            "javascript:alert(1)",
            "/стрижка",
            &too_long,
        ] {
            assert_eq!(foreign.parse::<OwnPath>(), Err(NotOurs), "{foreign:?}");
        }
    }
}
