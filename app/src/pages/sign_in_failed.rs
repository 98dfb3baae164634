use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::components::{Icon, Page};
use crate::preferences::use_lang;
use crate::viewer::{SIGN_OUT_PATH, sign_in_path};

/// What a person sees who could not sign in, whatever the reason: the next step is the same.
#[component]
pub fn SignInFailed() -> impl IntoView {
    let text = use_lang();
    let query = use_query_map();
    // Whether the way back is a path of ours is looked at where it is followed.
    let again =
        move || sign_in_path(&query.with(|query| query.get("return_to")).unwrap_or_else(|| "/".to_owned()));
    view! {
        <Page title=text.sign_in_failed_title() description=text.sign_in_failed_lead()>
            <div class="page-width flex min-h-[60vh] flex-col items-start justify-center gap-5 py-16">
                <h1 tabindex="-1" class="text-title">{text.sign_in_failed_title()}</h1>
                <p class="max-w-prose text-lead text-muted">{text.sign_in_failed_lead()}</p>
                <div class="mt-2 flex flex-wrap gap-3">
                    <a href=again rel="external" class="btn btn-primary">{text.sign_in_failed_again()}</a>
                    <a href="/" class="btn btn-ghost">
                        {Icon::ArrowLeft.view("size-4")}
                        {text.not_found_back()}
                    </a>
                </div>
            </div>
        </Page>
    }
}

/// What a person sees who could not sign out.
#[component]
pub fn SignOutFailed() -> impl IntoView {
    let text = use_lang();
    view! {
        <Page title=text.sign_out_failed_title() description=text.sign_out_failed_lead()>
            <div class="page-width flex min-h-[60vh] flex-col items-start justify-center gap-5 py-16">
                <h1 tabindex="-1" class="text-title">{text.sign_out_failed_title()}</h1>
                <p class="max-w-prose text-lead text-muted">{text.sign_out_failed_lead()}</p>
                <form method="post" action=SIGN_OUT_PATH class="mt-2">
                    <button class="btn btn-primary">{text.sign_out_failed_again()}</button>
                </form>
            </div>
        </Page>
    }
}
