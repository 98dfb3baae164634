use leptos::form::ActionForm;
use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::bookings::{CancelBooking, Quote};
use crate::components::{Money, Notice, Problem, Submit, TextArea, Tone, field_error, field_input};
use crate::preferences::use_lang;

/// First what it would give back, then the button: `?cancel` in the address is the step between.
#[component]
pub fn Cancel(
    booking_id: String,
    quote: Quote,
    wants_to_cancel: Memo<bool>,
    action: ServerAction<CancelBooking>,
) -> impl IntoView {
    move || {
        let (booking_id, quote) = (booking_id.clone(), quote.clone());
        if wants_to_cancel.get() {
            view! { <Confirm booking_id quote action/> }.into_any()
        } else {
            view! { <Offered booking_id quote/> }.into_any()
        }
    }
}

#[component]
fn Offered(booking_id: String, quote: Quote) -> impl IntoView {
    let text = use_lang();
    view! {
        <div class="flex flex-col items-start gap-2">
            {quote
                .is_full
                .then(|| {
                    view! { <p class="text-muted">{text.booking_free_until()} " " {quote.free_until}</p> }
                })}
            <a href=format!("/bookings/{booking_id}?cancel=1") data-noscroll="true" class="btn btn-outline">
                {text.booking_cancel()}
            </a>
        </div>
    }
}

#[component]
fn Confirm(booking_id: String, quote: Quote, action: ServerAction<CancelBooking>) -> impl IntoView {
    let text = use_lang();
    let refund = if quote.is_nothing {
        view! { <p>{text.booking_refund_nothing()}</p> }.into_any()
    } else {
        let of = (!quote.is_full).then(|| {
            view! { " " {text.booking_refund_of()} " " <Money amount=quote.price/> }
        });
        view! {
            <p>
                {text.booking_refund()} " " <strong><Money amount=quote.refund/></strong> {of}
            </p>
        }
        .into_any()
    };
    let back = format!("/bookings/{booking_id}");
    view! {
        <section id="cancel" aria-labelledby="cancel-title" class="checkout">
            <h2 id="cancel-title" class="text-heading">{text.booking_cancel_title()}</h2>
            {refund}
            <ActionForm action>
                <input type="hidden" name="id" value=booking_id/>
                <input type="hidden" name="expected_refund" value=quote.amount/>
                <div class="flex flex-col gap-4">
                    <TextArea
                        label=text.booking_reason()
                        name="reason"
                        hint=text.booking_reason_hint()
                        rows=2
                        maxlength=500
                        value=field_input(action.value(), "reason", "")
                        error=field_error(action.value(), "reason")
                    />
                    <div class="flex flex-wrap gap-2">
                        <Submit
                            label=text.booking_cancel_confirm()
                            pending_label=text.booking_cancelling()
                            pending=action.pending()
                        />
                        <a href=back data-noscroll="true" class="btn">{text.booking_keep()}</a>
                    </div>
                </div>
            </ActionForm>
        </section>
    }
}

/// Why the last try to cancel did not work. It stands outside of what is read anew after it.
#[component]
pub fn CancelOutcome(action: ServerAction<CancelBooking>) -> impl IntoView {
    let text = use_lang();
    let outcome = move || match action.value().get()? {
        Ok(()) => None,
        // The field says it.
        Err(error) if error.field("reason").is_some() => None,
        Err(ApiError::Refused(refusal)) => {
            let more = (refusal.code == "quote_changed").then(|| text.booking_quote_changed());
            Some(
                view! {
                    <Notice tone=Tone::Bad title=refusal.message>
                        {more.map(|more| view! { <p>{more}</p> })}
                    </Notice>
                }
                .into_any(),
            )
        }
        Err(ApiError::Unavailable { .. }) => Some(
            view! { <Notice tone=Tone::Warning><p>{text.booking_cancel_unknown()}</p></Notice> }.into_any(),
        ),
        Err(error) => Some(view! { <Problem error/> }.into_any()),
    };
    view! { <div aria-live="polite">{outcome}</div> }
}
