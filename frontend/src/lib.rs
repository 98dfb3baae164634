//! The portal's entry in the browser.

use app::{App, mark_hydrated};
use leptos::mount::hydrate_from_async;
use leptos::prelude::document;

/// Takes over the page that the server rendered, once the part of the WASM that it belongs to has come.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let body = document().body().expect("every document of ours has a body");
    hydrate_from_async(body, App).await.forget();
    mark_hydrated();
}
