use app::i18n::Lang;
use app::preferences::{LANG_COOKIE, Preferences, THEME_COOKIE, cookie};
use app::theme::Theme;
use axum::Form;
use axum::http::header::{ACCEPT_LANGUAGE, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderName};
use axum::response::{AppendHeaders, IntoResponse, Redirect};
use serde::Deserialize;

use crate::own_path::OwnPath;

/// What one of the two switches sends.
#[derive(Debug, Deserialize)]
pub struct Choice {
    lang: Option<Lang>,
    theme: Option<Theme>,
    #[serde(default)]
    return_to: OwnPath,
}

/// Keeps the choice in a cookie and goes back to the page.
pub async fn choose(Form(choice): Form<Choice>) -> impl IntoResponse {
    let lang = choice.lang.map(|lang| (SET_COOKIE, cookie(LANG_COOKIE, lang.code())));
    let theme = choice.theme.map(|theme| (SET_COOKIE, cookie(THEME_COOKIE, theme.name())));
    let cookies: Vec<_> = lang.into_iter().chain(theme).collect();
    (AppendHeaders(cookies), Redirect::to(choice.return_to.as_str()))
}

/// The preferences behind a request.
pub fn of_request(headers: &HeaderMap) -> Preferences {
    Preferences::from_headers(&cookies(headers), &joined(headers, ACCEPT_LANGUAGE, ","))
}

/// All cookies of the request, as one header would hold them.
pub fn cookies(headers: &HeaderMap) -> String {
    joined(headers, COOKIE, "; ")
}

/// HTTP/2 may split a header into several.
fn joined(headers: &HeaderMap, name: HeaderName, separator: &str) -> String {
    let values: Vec<&str> = headers.get_all(name).iter().filter_map(|value| value.to_str().ok()).collect();
    values.join(separator)
}
