//! The portal's entry in the browser.

use std::cell::OnceCell;
use std::rc::Rc;

use app::form_answer::forget_form_answer;
use app::{App, mark_hydrated};
use leptos::mount::hydrate_from_async;
use leptos::prelude::{Owner, document};

/// Takes over the page that the server rendered, once the part of the WASM that it belongs to has come.
#[wasm_bindgen::prelude::wasm_bindgen]
pub async fn hydrate() {
    console_error_panic_hook::set_once();
    let body = document().body().expect("every document of ours has a body");
    let owner = Rc::new(OnceCell::new());
    let of_app = owner.clone();
    let app = move || {
        let _ = of_app.set(Owner::current());
        App()
    };
    hydrate_from_async(body, app).await.forget();
    if let Some(Some(owner)) = owner.get() {
        owner.with(forget_form_answer);
    }
    mark_hydrated();
}
