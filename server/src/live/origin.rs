use axum::http::HeaderMap;
use axum::http::header::ORIGIN;

/// Whether a page of ours asks, or nobody's page. Browsers that say nothing of it send `Origin` at least to other
/// origins.
pub fn is_ours(headers: &HeaderMap, origin: &str) -> bool {
    let text = |name| headers.get(name).map(|value: &axum::http::HeaderValue| value.as_bytes());
    match (text("sec-fetch-site"), text(ORIGIN.as_str())) {
        (Some(site), _) => matches!(site, b"same-origin" | b"none"),
        (None, Some(sender)) => sender.eq_ignore_ascii_case(origin.as_bytes()),
        (None, None) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_sites_are_told_nothing() {
        for (site, sender, expected) in [
            (Some("same-origin"), None, true),
            (Some("none"), None, true),
            (Some("same-site"), None, false),
            (Some("cross-site"), None, false),
            (Some("cross-site"), Some("https://booksvc.example"), false),
            (None, Some("https://booksvc.example"), true),
            (None, Some("https://evil.example"), false),
            (None, Some("null"), false),
            (None, None, true),
        ] {
            let mut headers = HeaderMap::new();
            if let Some(site) = site {
                headers.insert("sec-fetch-site", site.parse().unwrap());
            }
            if let Some(sender) = sender {
                headers.insert(ORIGIN, sender.parse().unwrap());
            }
            assert_eq!(is_ours(&headers, "https://booksvc.example"), expected, "{site:?} {sender:?}");
        }
    }
}
