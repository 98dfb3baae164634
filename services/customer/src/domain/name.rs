//! What people are called.

use kit::input::Invalid;

/// What Keycloak's user profile takes for no part of a name. Told here too, so that a person learns of it
/// together with everything else, and without asking Keycloak.
const NOT_IN_NAMES: &[char] = &[
    '<', '>', '&', '"', '$', '%', '!', '#', '?', '§', ';', '*', '~', '/', '\\', '|', '^', '=', '[', ']', '{',
    '}', '(', ')',
];

/// A first or a last name: 1 to 100 characters of any script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// # Errors
    /// When it is empty, too long, or holds what no name holds.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let text = text.trim();
        match text.chars().count() {
            0 => return Err(Invalid::new("empty", "must not be empty")),
            1..=100 => {}
            _ => return Err(Invalid::new("too_long", "must have at most 100 characters")),
        }
        if text.chars().any(|character| character.is_control() || NOT_IN_NAMES.contains(&character)) {
            return Err(Invalid::new(
                "invalid_character",
                "must not have control characters, markup or signs",
            ));
        }
        Ok(Self(text.to_owned()))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_any_script_are_taken_without_the_space_around_them() {
        for (given, kept) in [
            ("Иван", "Иван"),
            (" Anne-Marie ", "Anne-Marie"),
            ("O'Brien", "O'Brien"),
            ("山田 太郎", "山田 太郎"),
            ("محمد", "محمد"),
            ("Jr.", "Jr."),
            ("X", "X"),
        ] {
            assert_eq!(Name::parse(given).unwrap().as_str(), kept);
        }
        assert!(Name::parse(&"я".repeat(100)).is_ok());
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let long = "я".repeat(5_000);
        for (given, code) in [
            ("", "empty"),
            (" \t\n ", "empty"),
            (long.as_str(), "too_long"),
            ("<b>Ivan</b>", "invalid_character"),
            ("Ivan & Petr", "invalid_character"),
            ("Ivan\nPetrov", "invalid_character"),
            ("Ivan\0", "invalid_character"),
            ("${name}", "invalid_character"),
        ] {
            assert_eq!(Name::parse(given).unwrap_err().code, code, "{given:?}");
        }
    }
}
