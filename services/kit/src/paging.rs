//! Lists by keyset: `limit`, an opaque `cursor`, and `Link: <…>; rel="next"`.

use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::input::Invalid;

const DEFAULT_LIMIT: i64 = 50;
const LARGEST_LIMIT: i64 = 100;

/// How many items a page has: what the query's `limit` says, 50 when it says nothing.
///
/// # Errors
/// When it is not a number from 1 to 100.
pub fn limit(text: Option<&str>) -> Result<i64, Invalid> {
    let Some(text) = text else { return Ok(DEFAULT_LIMIT) };
    match text.parse() {
        Ok(limit) if (1..=LARGEST_LIMIT).contains(&limit) => Ok(limit),
        _ => Err(Invalid::new("invalid_limit", "must be a whole number from 1 to 100")),
    }
}

/// Behind which item the page begins, as an earlier page's `Link` says.
///
/// # Errors
/// When it is not a cursor that [`page`] wrote for this list.
pub fn cursor<C: DeserializeOwned>(text: &str) -> Result<C, Invalid> {
    URL_SAFE_NO_PAD
        .decode(text)
        .ok()
        .and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or(Invalid::new("invalid_cursor", "must come from the Link header of an earlier page"))
}

/// Answers with a page. `items` holds up to one item more than `limit`, which tells that there is a next
/// page; `key` is what the next page's query needs to know of an item to begin behind it.
pub fn page<T, C, B>(
    uri: &Uri,
    limit: i64,
    mut items: Vec<T>,
    key: impl FnOnce(&T) -> C,
    body: impl FnMut(T) -> B,
) -> Response
where
    C: Serialize,
    B: Serialize,
{
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(|last| link(uri, &key(last)));
    let bodies: Vec<B> = items.into_iter().map(body).collect();
    let mut response = axum::Json(bodies).into_response();
    if let Some(link) = next {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

fn link(uri: &Uri, key: &impl Serialize) -> HeaderValue {
    let json = serde_json::to_vec(key).expect("a cursor holds only strings and numbers");
    let cursor = URL_SAFE_NO_PAD.encode(json);
    let others = uri.query().unwrap_or_default().split('&');
    let others = others.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
    let query = others.chain([format!("cursor={cursor}").as_str()]).collect::<Vec<_>>().join("&");
    HeaderValue::try_from(format!("<{}?{query}>; rel=\"next\"", uri.path()))
        .expect("path and query came in a request line, and the cursor is ASCII")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_1_to_100() {
        assert_eq!(limit(None), Ok(50));
        for (text, expected) in [("1", 1), ("100", 100)] {
            assert_eq!(limit(Some(text)), Ok(expected));
        }
        for text in ["", "0", "-1", "101", "1000000000", "99999999999999999999", "ten", "1.5"] {
            assert!(limit(Some(text)).is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_full_page_links_to_the_next_and_keeps_the_filters() {
        let uri: Uri = "/api/v1/things?cursor=old&limit=2&q=%D1%8B".parse().unwrap();
        let response = page(&uri, 2, vec![1, 2, 3], |last| (*last, "x"), |item| item);
        let link = response.headers()[header::LINK].to_str().unwrap();
        let cursor_text = link.rsplit_once("cursor=").unwrap().1.strip_suffix(">; rel=\"next\"").unwrap();
        assert!(link.starts_with("</api/v1/things?limit=2&q=%D1%8B&cursor="), "{link}");
        assert_eq!(cursor::<(i32, String)>(cursor_text), Ok((2, "x".to_owned())));
        let response = page(&uri, 2, vec![1, 2], |last| *last, |item| item);
        assert!(!response.headers().contains_key(header::LINK));
    }

    #[test]
    fn what_is_no_cursor_is_refused() {
        for text in ["", "x", "%", "bnVsbA", "W10"] {
            assert!(cursor::<(i64, String)>(text).is_err(), "{text:?}");
        }
    }
}
