//! Names, addresses, descriptions: text of any script, which is never markup to us.

use super::Invalid;

/// 1 to `longest` characters on one line, without the space around them.
///
/// # Errors
/// When it is empty, too long, or has control characters, line breaks among them.
pub fn one_line(text: &str, longest: usize) -> Result<String, Invalid> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Invalid::new("empty", "must not be empty")),
        length if length > longest => Err(too_long()),
        _ if text.chars().any(breaks_lines) => {
            Err(Invalid::new("invalid_character", "must not have line breaks or control characters"))
        }
        _ => Ok(text.to_owned()),
    }
}

/// Up to `longest` characters on any number of lines; nothing but space is no text at all.
///
/// # Errors
/// When it is too long, or has control characters other than line breaks and tabs.
pub fn paragraphs(text: &str, longest: usize) -> Result<Option<String>, Invalid> {
    let text = text.trim().replace("\r\n", "\n");
    if text.chars().count() > longest {
        return Err(too_long());
    }
    if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
        return Err(Invalid::new("invalid_character", "must not have control characters"));
    }
    Ok((!text.is_empty()).then_some(text))
}

/// Unicode's line and paragraph separators are no control characters, but break lines all the same.
fn breaks_lines(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}')
}

fn too_long() -> Invalid {
    Invalid::new("too_long", "is too long")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_text_of_any_script_without_breaks() {
        for (given, kept) in [
            (" Барбершоп «У Ивана» ", "Барбершоп «У Ивана»"),
            ("<b>O'Brien & Sons</b>", "<b>O'Brien & Sons</b>"),
            ("مرحبا 🙂", "مرحبا 🙂"),
        ] {
            assert_eq!(one_line(given, 100).unwrap(), kept);
        }
        let long = "ы".repeat(101);
        for (given, code) in [
            ("", "empty"),
            (" \n\t ", "empty"),
            (long.as_str(), "too_long"),
            ("a\nb", "invalid_character"),
            ("a\r\nBcc: all@example.com", "invalid_character"),
            ("a\u{2028}b", "invalid_character"),
            ("a\0b", "invalid_character"),
        ] {
            assert_eq!(one_line(given, 100).unwrap_err().code, code, "{given:?}");
        }
        assert!(one_line(&"🙂".repeat(100), 100).is_ok());
    }

    #[test]
    fn paragraphs_keep_their_lines() {
        assert_eq!(paragraphs(" a\r\nb\tc ", 100).unwrap().as_deref(), Some("a\nb\tc"));
        assert_eq!(paragraphs("  \n ", 100).unwrap(), None);
        assert_eq!(paragraphs("a\0", 100).unwrap_err().code, "invalid_character");
        assert_eq!(paragraphs("abc", 2).unwrap_err().code, "too_long");
    }
}
