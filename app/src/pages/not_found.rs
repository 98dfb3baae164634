use leptos::prelude::*;

use crate::components::{Icon, Page};
use crate::preferences::use_lang;

/// What every unknown address shows, with the status to match.
#[component]
pub fn NotFound() -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>() {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }

    let text = use_lang();
    view! {
        <Page title=text.not_found_title() description=text.not_found_lead()>
            <div class="page-width flex min-h-[60vh] flex-col items-start justify-center gap-5 py-16">
                <p class="taken-slot" aria-hidden="true">"404"</p>
                <h1 tabindex="-1" class="text-title">{text.not_found_title()}</h1>
                <p class="max-w-prose text-lead text-muted">{text.not_found_lead()}</p>
                <a href="/" class="btn btn-primary mt-2">
                    {Icon::ArrowLeft.view("size-4")}
                    {text.not_found_back()}
                </a>
            </div>
        </Page>
    }
}
