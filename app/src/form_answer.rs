//! What a form is told that was sent without JavaScript.

use leptos::prelude::*;
use leptos::server::ServerActionError;
use serde::{Deserialize, Serialize};

/// A server function's refusal. `server_fn` would put it into the address to which the browser goes back, with all that was
/// typed; the portal keeps it, and the address only says which one it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormAnswer {
    /// The path of the server function.
    pub path: String,
    /// In the form that `server_fn` gives it in an address.
    pub error: String,
}

/// What says in an address which answer its page is shown with.
pub const FORM_ANSWER: &str = "form_answer";

/// Hands the answer to its form, on the server as in a browser whose WASM arrives after all.
pub fn provide_form_answer() {
    let answer = SharedValue::new(use_context::<FormAnswer>);
    if let Some(FormAnswer { path, error }) = answer.into_inner() {
        provide_context(ServerActionError::new(&path, &error));
    }
}

/// The answer is the first page's alone: the form of another page, to which the visitor goes from there, is another form. To
/// be called with the owner in which it was provided, when all of that page has been taken over.
pub fn forget_form_answer() {
    let _ = take_context::<ServerActionError>();
}
