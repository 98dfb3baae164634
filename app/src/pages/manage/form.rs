use leptos::prelude::*;
use leptos::server_fn::ServerFn;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use crate::api::ApiError;
use crate::components::{Notice, Tone, use_page_path};
use crate::preferences::use_lang;
use crate::viewer::sign_in_path;

/// What the last answer to a form says against it as a whole; what is wrong with a field stands beside that.
/// In the browser the first wrong field gets the focus.
#[component]
pub fn FormProblem<S>(action: ServerAction<S>) -> impl IntoView
where
    S: ServerFn<Error = ApiError> + Clone + Send + Sync + 'static,
    S::Output: Clone + Send + Sync + 'static,
{
    let text = use_lang();
    let path = use_page_path();
    let answer = action.value();
    let error = Signal::derive(move || {
        answer.with(|answer| answer.as_ref().and_then(|answer| answer.as_ref().err()).cloned())
    });
    Effect::new(move || {
        if error.with(Option::is_some) {
            request_animation_frame(focus_first_wrong_field);
        }
    });
    move || {
        let error = error.get()?;
        let words = match &error {
            ApiError::SignedOut => text.error_signed_out().to_owned(),
            ApiError::Forbidden => {
                format!("{}. {}", text.error_forbidden_title(), text.error_forbidden())
            }
            ApiError::NotFound => text.not_found_lead().to_owned(),
            ApiError::Refused(refusal) if !refusal.fields.is_empty() => text.manage_check_fields().to_owned(),
            ApiError::Refused(refusal) => refusal.message.clone(),
            ApiError::Unavailable { .. } => {
                format!("{}. {}", text.error_unavailable_title(), text.error_unavailable())
            }
        };
        let sign_in = (error == ApiError::SignedOut).then(|| {
            view! { <a href=move || sign_in_path(&path.get()) rel="external" class="btn btn-primary">{text.sign_in()}</a> }
        });
        Some(view! {
            <Notice tone=Tone::Bad>
                <p>{words}</p>
                {sign_in}
            </Notice>
        })
    }
}

fn focus_first_wrong_field() {
    if let Ok(Some(field)) = document().query_selector("main form [aria-invalid=true]") {
        // A field that cannot take the focus leaves the page as usable as before.
        let _ = field.unchecked_into::<HtmlElement>().focus();
    }
}
