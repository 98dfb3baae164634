use leptos::prelude::*;

use super::page_path::use_page_path;
use crate::preferences::{LANG_COOKIE, PREFERENCES_PATH, use_lang};

/// One button, in the language that it switches to. The page comes back anew from the server.
#[component]
pub fn LangSwitch() -> impl IntoView {
    let other = use_lang().other();
    view! {
        <form method="post" action=PREFERENCES_PATH>
            <input type="hidden" name="return_to" value=use_page_path()/>
            <button
                name=LANG_COOKIE
                value=other.code()
                lang=other.code()
                class="btn btn-ghost h-10 px-3 text-sm font-medium"
            >
                {other.own_name()}
            </button>
        </form>
    }
}
