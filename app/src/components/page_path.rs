use leptos::prelude::*;
use leptos_router::hooks::use_location;

/// The path and query of this page: where a form that changes how the page looks returns to.
pub fn use_page_path() -> Signal<String> {
    let location = use_location();
    Signal::derive(move || {
        let path = location.pathname.get();
        let query = location.search.get();
        if query.is_empty() { path } else { format!("{path}?{query}") }
    })
}
