use leptos::prelude::*;

use super::Logo;
use crate::preferences::use_lang;

#[component]
pub fn Footer() -> impl IntoView {
    let text = use_lang();
    view! {
        <footer class="page-width flex flex-col gap-3 py-10 lg:py-14 sm:flex-row sm:items-center sm:justify-between">
            <Logo/>
            <p class="text-sm text-muted">{text.footer_line()}</p>
        </footer>
    }
}
