use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;
use leptos_meta::{Meta, Title};

/// Whether a page has been shown yet: the first one is the browser's to announce, later ones are ours.
#[derive(Clone, Copy)]
pub struct Arrival(StoredValue<bool>);

impl Default for Arrival {
    fn default() -> Self {
        Arrival(StoredValue::new(false))
    }
}

/// What every page is: a title, a description and the main landmark.
///
/// After a change of route the `<h1>` gets the focus, so that a screen reader says where one is
/// and Tab goes on from there. Give it `tabindex="-1"`.
#[component]
pub fn Page(
    #[prop(into)] title: String,
    #[prop(into)] description: String,
    children: Children,
) -> impl IntoView {
    let main = NodeRef::<html::Main>::new();
    let arrival = expect_context::<Arrival>();
    Effect::new(move || {
        let Some(main) = main.get() else { return };
        let is_first = !arrival.0.get_value();
        arrival.0.set_value(true);
        if is_first {
            return;
        }
        if let Ok(Some(heading)) = main.query_selector("h1") {
            // A heading that cannot take the focus leaves the page as usable as before.
            let _ = heading.unchecked_into::<HtmlElement>().focus();
        }
    });

    view! {
        <Title text=title/>
        <Meta name="description" content=description/>
        <main id="main" tabindex="-1" node_ref=main>
            {children()}
        </main>
    }
}
