use leptos::ev::MouseEvent;
use leptos::prelude::*;

use super::Icon;
use super::page_path::use_page_path;
use crate::preferences::{PREFERENCES_PATH, THEME_COOKIE, use_lang, use_theme};
use crate::theme::Theme;

/// Light, system, dark. With JavaScript it acts at once, without it the form goes to the server.
#[component]
pub fn ThemeSwitch() -> impl IntoView {
    let text = use_lang();
    let current = use_theme();
    let choices = Theme::ALL.map(|theme| {
        let (icon, label) = match theme {
            Theme::Light => (Icon::Sun, text.theme_light()),
            Theme::System => (Icon::Monitor, text.theme_system()),
            Theme::Dark => (Icon::Moon, text.theme_dark()),
        };
        let choose = move |event: MouseEvent| {
            event.prevent_default();
            current.set(theme);
            remember(theme);
        };
        view! {
            <button
                name=THEME_COOKIE
                value=theme.name()
                title=label
                aria-label=label
                aria-pressed=move || (current.get() == theme).to_string()
                on:click=choose
                class="switch-choice"
            >
                {icon.view("size-4")}
            </button>
        }
    });

    view! {
        <form method="post" action=PREFERENCES_PATH>
            <input type="hidden" name="return_to" value=use_page_path()/>
            <div role="group" aria-label=text.theme() class="switch">
                {choices.collect_view()}
            </div>
        </form>
    }
}

/// Shows the theme and keeps it in the cookie that the server reads for the next page.
#[cfg(feature = "hydrate")]
fn remember(theme: Theme) {
    use leptos::wasm_bindgen::JsCast;

    use crate::preferences::cookie;

    let document = document();
    let Some(html) = document.document_element() else { return };
    // Neither call can fail: the attribute's name is well-formed, and a page may set its own cookies.
    // A browser that forbids cookies altogether still shows the theme on this page.
    let _ = match theme.forced() {
        Some(name) => html.set_attribute("data-theme", name),
        None => html.remove_attribute("data-theme"),
    };
    let _ =
        document.unchecked_into::<web_sys::HtmlDocument>().set_cookie(&cookie(THEME_COOKIE, theme.name()));
}

#[cfg(not(feature = "hydrate"))]
fn remember(_theme: Theme) {}
