use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;

use super::page_path::use_page_path;
use crate::api::ApiError;
use crate::api::filter::SEARCH_PATH;
use crate::i18n::Lang;
use crate::preferences::use_lang;
use crate::viewer::sign_in_path;

/// How long a page whose content is away waits before it asks again.
const ASK_AGAIN: Duration = Duration::from_secs(5);

/// Stands where something should be that could not be had, says why in plain words, and how to go on. Where a part of the
/// system is away, the page is loaded again by itself.
#[component]
pub fn Problem(
    error: ApiError,
    /// The page's own heading says what lasting trouble there is, see [`heading`].
    #[prop(optional)]
    is_headed: bool,
) -> impl IntoView {
    let text = use_lang();
    if matches!(error, ApiError::Unavailable { .. }) {
        // Before WASM and without it the header `Refresh` does the same, see `set_status`.
        Effect::new(|| {
            let reload = || {
                // Refused only to a page in a sandbox, which ours is not.
                let _ = window().location().reload();
            };
            if let Ok(timer) = set_timeout_with_handle(reload, ASK_AGAIN) {
                on_cleanup(move || timer.clear());
            }
        });
    }
    let path = use_page_path();
    let (title, words) = match &error {
        ApiError::SignedOut => (text.sign_in(), text.error_signed_out().to_owned()),
        ApiError::Forbidden => (text.error_forbidden_title(), text.error_forbidden().to_owned()),
        ApiError::NotFound => (text.not_found_title(), text.not_found_lead().to_owned()),
        ApiError::Refused(refusal) => (text.error_refused_title(), refusal.message.clone()),
        ApiError::Unavailable { .. } => (text.error_unavailable_title(), text.error_unavailable().to_owned()),
    };
    let go_on = match &error {
        ApiError::SignedOut => Some(view! {
            <a href=move || sign_in_path(&path.get()) rel="external" class="btn btn-primary">{text.sign_in()}</a>
        }.into_any()),
        ApiError::Unavailable { .. } => Some(view! {
            <a href=path rel="external" class="btn btn-primary">{text.error_retry()}</a>
        }.into_any()),
        ApiError::NotFound => Some(view! {
            <a href=SEARCH_PATH class="btn btn-primary">{text.search_title()}</a>
        }.into_any()),
        ApiError::Forbidden | ApiError::Refused(_) => None,
    };
    let title = match lasting(&error, text) {
        // The heading may have been read aloud before it said so.
        Some(title) if is_headed => view! {
            {move || view! { <Title text=title/> }}
            <p class="sr-only">{title}</p>
        }
        .into_any(),
        _ => view! { <h2 class="text-heading">{title}</h2> }.into_any(),
    };
    let trace_id = match error {
        ApiError::Unavailable { trace_id, .. } if !trace_id.is_empty() => Some(trace_id),
        _ => None,
    };
    view! {
        <section class="problem" role="alert">
            {title}
            <p class="text-muted">{words}</p>
            {go_on}
            {trace_id.map(|id| view! {
                <p class="text-sm text-muted">{text.error_trace()} " " <code class="break-all">{id}</code></p>
            })}
        </section>
    }
}

/// The heading of a page whose main content is `loaded`, if that is lasting trouble; `usual` else.
pub fn heading<T>(
    loaded: &Result<T, ApiError>,
    text: Lang,
    usual: impl FnOnce(&T) -> String,
    before: &str,
) -> String {
    match loaded {
        Ok(content) => usual(content),
        Err(error) => lasting(error, text).unwrap_or(before).to_owned(),
    }
}

/// What there is to say of trouble that no second try mends.
fn lasting(error: &ApiError, text: Lang) -> Option<&'static str> {
    match error {
        ApiError::Forbidden => Some(text.error_forbidden_title()),
        ApiError::NotFound => Some(text.not_found_title()),
        ApiError::SignedOut | ApiError::Refused(_) | ApiError::Unavailable { .. } => None,
    }
}

/// The status of the whole page, where its main content could not be had.
pub fn set_status(error: &ApiError) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        use axum::http::{HeaderName, HeaderValue, StatusCode};

        if matches!(error, ApiError::Unavailable { .. }) {
            let seconds = HeaderValue::from(ASK_AGAIN.as_secs());
            response.insert_header(HeaderName::from_static("refresh"), seconds);
        }
        response.set_status(match error {
            ApiError::SignedOut => StatusCode::UNAUTHORIZED,
            ApiError::Forbidden => StatusCode::FORBIDDEN,
            ApiError::NotFound => StatusCode::NOT_FOUND,
            ApiError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::Unavailable { .. } => StatusCode::SERVICE_UNAVAILABLE,
        });
    }
    #[cfg(not(feature = "ssr"))]
    let _ = error;
}
