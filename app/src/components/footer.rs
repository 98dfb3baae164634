use leptos::prelude::*;

use super::{LangSwitch, Logo, ThemeSwitch};
use crate::preferences::use_lang;

#[component]
pub fn Footer() -> impl IntoView {
    let text = use_lang();
    view! {
        <footer class="page-width flex flex-col gap-3 py-10 lg:py-14 sm:flex-row sm:items-center sm:justify-between">
            <div>
                <Logo/>
                <p class="mt-2 text-sm text-muted">{text.footer_line()}</p>
            </div>
            <div class="flex items-center gap-2">
                <ThemeSwitch/>
                <LangSwitch/>
            </div>
        </footer>
    }
}
