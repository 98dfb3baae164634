use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{FormData, HtmlFormElement};
use leptos_router::hooks::{use_location, use_navigate};

use crate::api::filter::{Filter, SEARCH_PATH};

/// A form whose fields are those of a search. In the browser it leads to an address that holds only what is set.
#[component]
pub fn SearchForm(children: Children) -> impl IntoView {
    let (navigate, here) = (use_navigate(), use_location());
    let go = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(form) = form else { return };
        let Ok(data) = FormData::new_with_form(&form) else { return };
        event.prevent_default();
        let wanted = Filter::read(|name| data.get(name).as_string());
        let shown = here.query.with_untracked(|query| Filter::read(|name| query.get(name)));
        if wanted == shown && here.pathname.with_untracked(|path| path == SEARCH_PATH) {
            // What was typed comes to what is shown: the fields say so.
            form.reset();
        } else {
            navigate(&wanted.address(), Default::default());
        }
    };
    view! { <form method="get" action=SEARCH_PATH on:submit=go>{children()}</form> }
}
