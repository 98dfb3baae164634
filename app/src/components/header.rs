use leptos::prelude::*;

use super::{LangSwitch, Logo, ThemeSwitch};
use crate::preferences::use_lang;

/// The first thing that Tab reaches: past the header, to the page.
///
/// `rel="external"` leaves the jump to the browser: it moves the focus, the router only scrolls.
#[component]
pub fn SkipLink() -> impl IntoView {
    let text = use_lang();
    view! {
        <a href="#main" rel="external" class="skip-link">
            {text.skip_to_content()}
        </a>
    }
}

#[component]
pub fn Header() -> impl IntoView {
    let text = use_lang();
    view! {
        <header class="page-width flex items-center justify-between gap-3 py-4 sm:py-5">
            <a href="/" class="-m-2 rounded-box p-2" aria-label=text.to_home()>
                <Logo/>
            </a>
            <div class="flex items-center gap-1 sm:gap-3">
                <LangSwitch/>
                <ThemeSwitch/>
            </div>
        </header>
    }
}
