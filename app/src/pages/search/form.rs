use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::{FormData, HtmlFormElement};
use leptos_router::hooks::use_navigate;

use crate::api::filter::{Filter, SEARCH_PATH};

/// A form whose fields are those of a search. In the browser it leads to an address that holds only what is set.
#[component]
pub fn SearchForm(children: Children) -> impl IntoView {
    let navigate = use_navigate();
    let go = move |event: SubmitEvent| {
        let form = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok());
        let Some(data) = form.and_then(|form| FormData::new_with_form(&form).ok()) else { return };
        event.prevent_default();
        navigate(&Filter::read(|name| data.get(name).as_string()).address(), Default::default());
    };
    view! { <form method="get" action=SEARCH_PATH on:submit=go>{children()}</form> }
}
