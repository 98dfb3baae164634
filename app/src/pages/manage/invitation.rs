use leptos::form::ActionForm;
use leptos::prelude::*;

use super::address::use_path_part;
use crate::api::ApiError;
use crate::api::companies::JoinCompany;
use crate::components::{Notice, Page, Submit, Tone};
use crate::preferences::use_lang;

/// Where the link of an invitation leads. Nothing happens before the person says so: mail programs open links too.
#[component]
pub fn AcceptInvitation() -> impl IntoView {
    let text = use_lang();
    let token = use_path_part("token");
    let join = ServerAction::<JoinCompany>::new();
    let problem = move || {
        let error = join.value().get()?.err()?;
        Some(match error {
            ApiError::NotFound => text.invitation_unknown().to_owned(),
            ApiError::Refused(refusal) => refusal.message,
            ApiError::SignedOut => text.error_signed_out().to_owned(),
            ApiError::Forbidden => text.error_forbidden().to_owned(),
            ApiError::Unavailable { .. } => text.error_unavailable().to_owned(),
        })
    };
    view! {
        <Page title=text.invitation_title() description=text.invitation_lead()>
            <div class="page-width flex min-h-[60vh] flex-col items-start justify-center gap-5 py-16">
                <h1 tabindex="-1" class="text-title">{text.invitation_title()}</h1>
                <p class="max-w-prose text-lead text-muted">{text.invitation_lead()}</p>
                <ActionForm action=join attr:class="flex w-full max-w-prose flex-col gap-5">
                    {move || {
                        problem().map(|words| view! { <Notice tone=Tone::Bad><p>{words}</p></Notice> })
                    }}
                    <input type="hidden" name="token" value=token/>
                    <div>
                        <Submit
                            label=text.invitation_accept()
                            pending_label=text.invitation_accepting()
                            pending=join.pending()
                            class="btn btn-primary w-full sm:w-auto"
                        />
                    </div>
                </ActionForm>
            </div>
        </Page>
    }
}
