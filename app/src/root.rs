use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::components::Router;

use crate::components::{Arrival, Footer, Header, SkipLink};
use crate::form_answer::provide_form_answer;
use crate::preferences::{Preferences, provide_preferences, remember_time_zone};
use crate::routes::Pages;
use crate::viewer::{Viewer, provide_viewer};

/// The whole portal: what every page shares, around the page that the address names.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    // The server knows them from the request; the browser reads what the server rendered with.
    let preferences = SharedValue::new(|| use_context::<Preferences>().unwrap_or_default());
    provide_preferences(preferences.into_inner());
    let viewer = SharedValue::new(use_context::<Viewer>);
    provide_viewer(viewer.into_inner());
    provide_form_answer();
    provide_context(Arrival::default());
    remember_time_zone();

    view! {
        <Title formatter=|title| format!("{title} · BookSvc")/>
        <Router>
            <SkipLink/>
            <Header/>
            <Pages/>
            <Footer/>
        </Router>
    }
}

/// Says on `<html>` that the page now answers by itself; browser tests wait for it.
pub fn mark_hydrated() {
    if let Some(html) = document().document_element() {
        // Refused only for a malformed attribute name, which this is not.
        let _ = html.set_attribute(HYDRATED, "");
    }
}

/// Whether the page answers by itself.
pub fn hydrated() -> bool {
    document().document_element().is_some_and(|html| html.has_attribute(HYDRATED))
}

const HYDRATED: &str = "data-hydrated";
