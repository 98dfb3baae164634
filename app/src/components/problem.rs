use leptos::prelude::*;

use super::page_path::use_page_path;
use crate::api::ApiError;
use crate::preferences::use_lang;
use crate::viewer::sign_in_path;

/// Stands where something should be that could not be had, says why in plain words, and how to go on.
#[component]
pub fn Problem(error: ApiError) -> impl IntoView {
    let text = use_lang();
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
        _ => None,
    };
    let trace_id = match error {
        ApiError::Unavailable { trace_id } if !trace_id.is_empty() => Some(trace_id),
        _ => None,
    };
    view! {
        <section class="problem" role="alert">
            <h2 class="text-heading">{title}</h2>
            <p class="text-muted">{words}</p>
            {go_on}
            {trace_id.map(|id| view! {
                <p class="text-sm text-muted">{text.error_trace()} " " <code class="break-all">{id}</code></p>
            })}
        </section>
    }
}

/// The status of the whole page, where its main content could not be had.
pub fn set_status(error: &ApiError) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        use axum::http::StatusCode;

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
