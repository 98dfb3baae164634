use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::account::SendVerificationMail;
use crate::api::offers::BookOffer;
use crate::components::{Notice, Problem, Submit, Tone};
use crate::preferences::use_lang;

/// Why the last try to book did not lead to a booking. It stands outside of what is read anew after it.
#[component]
pub fn BookOutcome(action: ServerAction<BookOffer>) -> impl IntoView {
    let text = use_lang();
    let mail = ServerAction::<SendVerificationMail>::new();
    let outcome = move || match action.value().get()? {
        Ok(()) => None,
        Err(ApiError::Refused(refusal)) => {
            let more = match refusal.code.as_str() {
                "price_changed" => Some(text.offer_new_price()),
                "insufficient_funds" | "timed_out" | "voided" => Some(text.offer_failed()),
                // The rest of the page says what is left to do.
                _ => None,
            };
            let is_unverified = refusal.code == "email_not_verified";
            Some(
                view! {
                    <Notice tone=Tone::Bad title=refusal.message>
                        {more.map(|more| view! { <p>{more}</p> })}
                        {is_unverified.then(|| view! { <MailAgain action=mail/> })}
                    </Notice>
                }
                .into_any(),
            )
        }
        Err(ApiError::Unavailable { trace_id, .. }) => Some(
            view! {
                <Notice tone=Tone::Warning title=text.offer_unknown_title()>
                    <p>{text.offer_unknown()}</p>
                    {(!trace_id.is_empty())
                        .then(|| {
                            view! {
                                <p class="text-sm text-muted">
                                    {text.error_trace()} " " <code class="break-all">{trace_id}</code>
                                </p>
                            }
                        })}
                </Notice>
            }
            .into_any(),
        ),
        Err(error) => Some(view! { <Problem error/> }.into_any()),
    };
    view! { <div aria-live="polite">{outcome} <MailOutcome action=mail/></div> }
}

/// For who does not find the mail by which he shows that the address is his.
#[component]
fn MailAgain(action: ServerAction<SendVerificationMail>) -> impl IntoView {
    let text = use_lang();
    view! {
        <ActionForm action>
            <Submit
                label=text.offer_mail_again()
                pending_label=text.offer_mail_sending()
                pending=action.pending()
                class="btn"
            />
        </ActionForm>
    }
}

/// By itself: without JavaScript the refusal above is gone by then.
#[component]
fn MailOutcome(action: ServerAction<SendVerificationMail>) -> impl IntoView {
    let text = use_lang();
    move || {
        let (tone, words) = match action.value().get()? {
            Ok(()) => (Tone::Good, text.offer_mail_sent().to_owned()),
            Err(ApiError::Refused(refusal)) => (Tone::Bad, refusal.message),
            Err(_) => (Tone::Warning, text.error_unavailable().to_owned()),
        };
        Some(view! { <Notice tone><p>{words}</p></Notice> })
    }
}
