use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

/// How many lines a list shows at first, and how many more each time.
pub const STEP: u16 = 50;

/// A part of the path, such as `company`.
pub fn use_path_part(name: &'static str) -> Memo<String> {
    let params = use_params_map();
    Memo::new(move |_| params.with(|params| params.get(name).unwrap_or_default()))
}

/// A value of the query; empty where there is none.
pub fn use_query_value(name: &'static str) -> Memo<String> {
    let query = use_query_map();
    Memo::new(move |_| query.with(|query| query.get(name).unwrap_or_default()))
}

/// How many lines of a list are asked for.
pub fn use_shown() -> Memo<u16> {
    let shown = use_query_value("shown");
    Memo::new(move |_| shown.with(|shown| shown.parse().unwrap_or(STEP).max(STEP)))
}

/// `path` with a query of those of the pairs that have a value.
pub fn address(path: &str, query: &[(&str, &str)]) -> String {
    let mut address = path.to_owned();
    let mut separator = '?';
    for (name, value) in query.iter().filter(|(_, value)| !value.is_empty()) {
        address.push(separator);
        address.push_str(name);
        address.push('=');
        encode(&mut address, value);
        separator = '&';
    }
    address
}

/// Alike on the server and in the browser, whose own functions differ in what they leave alone.
fn encode(address: &mut String, value: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            address.push(char::from(byte));
        } else {
            address.push('%');
            address.push(char::from(DIGITS[usize::from(byte >> 4)]));
            address.push(char::from(DIGITS[usize::from(byte & 15)]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_has_a_value_stands_in_the_address() {
        for (query, expected) in [
            (&[("status", ""), ("from", "")][..], "/x"),
            (&[("status", ""), ("from", "2026-06-03"), ("shown", "100")][..], "/x?from=2026-06-03&shown=100"),
            (&[("q", "Анна & +7")][..], "/x?q=%D0%90%D0%BD%D0%BD%D0%B0%20%26%20%2B7"),
        ] {
            assert_eq!(address("/x", query), expected);
        }
    }
}
