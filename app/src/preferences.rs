use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::i18n::Lang;
use crate::theme::Theme;

/// The cookie that keeps the language.
pub const LANG_COOKIE: &str = "lang";
/// The cookie that keeps the theme.
pub const THEME_COOKIE: &str = "theme";
/// The cookie in which the browser tells its time zone.
pub const TIME_ZONE_COOKIE: &str = "time_zone";

/// Where both switches post to when there is no JavaScript.
pub const PREFERENCES_PATH: &str = "/preferences";

/// How a visitor wants to see the portal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preferences {
    pub lang: Lang,
    pub theme: Theme,
}

impl Preferences {
    /// A choice in a cookie counts most; without one the browser's `Accept-Language` names the language.
    pub fn from_headers(cookies: &str, accept_language: &str) -> Preferences {
        Preferences {
            lang: value(cookies, LANG_COOKIE)
                .and_then(Lang::parse)
                .unwrap_or_else(|| Lang::accepted(accept_language)),
            theme: value(cookies, THEME_COOKIE).and_then(Theme::parse).unwrap_or_default(),
        }
    }
}

/// A cookie that remembers a choice for a year; readable by the page, so that the switch works at once.
pub fn cookie(name: &str, value: &str) -> String {
    format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax")
}

/// The viewer's time zone (IANA), where his browser has told one that looks like a name.
pub fn time_zone_of(cookies: &str) -> Option<&str> {
    let is_name = |zone: &&str| {
        !zone.is_empty()
            && zone.len() <= 64
            && zone.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/_+-".contains(&byte))
    };
    value(cookies, TIME_ZONE_COOKIE).filter(is_name)
}

/// Tells the server, with the next request, on whose clock the viewer lives.
#[cfg(feature = "hydrate")]
pub fn remember_time_zone() {
    use js_sys::{Array, Intl, Object, Reflect};
    use leptos::wasm_bindgen::{JsCast, JsValue};

    Effect::new(|| {
        let options = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
        let zone =
            Reflect::get(&options, &JsValue::from_str("timeZone")).ok().and_then(|zone| zone.as_string());
        if let Some(zone) = zone {
            // A browser that forbids cookies shows the venue's clock only.
            let _ = document()
                .unchecked_into::<web_sys::HtmlDocument>()
                .set_cookie(&cookie(TIME_ZONE_COOKIE, &zone));
        }
    });
}

#[cfg(not(feature = "hydrate"))]
pub fn remember_time_zone() {}

/// What the cookie `name` says, in a list as browsers send it.
pub fn value<'a>(cookies: &'a str, name: &str) -> Option<&'a str> {
    cookies.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

#[derive(Clone, Copy)]
struct CurrentLang(Lang);

#[derive(Clone, Copy)]
struct CurrentTheme(RwSignal<Theme>);

/// Makes the preferences known to every component below.
pub fn provide_preferences(preferences: Preferences) {
    provide_context(CurrentLang(preferences.lang));
    provide_context(CurrentTheme(RwSignal::new(preferences.theme)));
}

/// The language of the page; it changes with a new page only.
pub fn use_lang() -> Lang {
    use_context::<CurrentLang>().map(|current| current.0).unwrap_or_default()
}

/// The theme, which changes under the page.
pub fn use_theme() -> RwSignal<Theme> {
    expect_context::<CurrentTheme>().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_beats_the_header_and_nonsense_beats_nothing() {
        for (cookies, accept_language, lang, theme) in [
            ("", "", Lang::En, Theme::System),
            ("", "ru", Lang::Ru, Theme::System),
            ("lang=en", "ru", Lang::En, Theme::System),
            ("theme=dark; lang=ru", "en", Lang::Ru, Theme::Dark),
            ("a=b;theme=light;lang=", "ru", Lang::Ru, Theme::Light),
            ("theme=purple; lang=tlh", "", Lang::En, Theme::System),
            ("themes=dark; my-lang=ru", "", Lang::En, Theme::System),
            ("lang; theme", "ru", Lang::Ru, Theme::System),
        ] {
            let found = Preferences::from_headers(cookies, accept_language);
            assert_eq!(found, Preferences { lang, theme }, "{cookies:?} {accept_language:?}");
        }
    }
}
