use leptos::form::ActionForm;
use leptos::prelude::*;

use super::{Field, Notice, Problem, Submit, Tone, field_error, field_input};
use crate::api::ApiError;
use crate::api::wallet::TopUp;
use crate::preferences::use_lang;

const PRESETS: [u32; 3] = [500, 1_000, 3_000];

/// Puts money into the wallet: a few sums at one press, or any other.
///
/// Both forms carry the same `key`, so whichever is pressed and however often, it happens once.
#[component]
pub fn TopUpForms(
    action: ServerAction<TopUp>,
    key: String,
    /// What stands in the field for another sum, `500.00`.
    #[prop(into, optional)]
    amount: String,
) -> impl IntoView {
    let text = use_lang();
    let pending = action.pending();
    let key = field_input(action.value(), "key", &key);
    let key_again = key.clone();
    let typed = field_input(action.value(), "amount", &amount);
    view! {
        <div class="flex flex-col gap-4">
            <ActionForm action>
                <input type="hidden" name="key" value=key/>
                <div role="group" aria-label=text.wallet_presets() class="flex flex-wrap gap-2">
                    {PRESETS
                        .map(|preset| {
                            view! {
                                <button name="amount" value=preset.to_string() class="btn px-2.5 tabular-nums" disabled=pending>
                                    {text.rubles(preset)}
                                </button>
                            }
                        })
                        .collect_view()}
                </div>
            </ActionForm>
            <ActionForm action>
                <input type="hidden" name="key" value=key_again/>
                <div class="flex flex-wrap items-end gap-3">
                    <div class="min-w-40 flex-1">
                        <Field
                            label=text.wallet_amount()
                            name="amount"
                            value=typed
                            error=field_error(action.value(), "amount")
                            inputmode="decimal"
                            autocomplete="off"
                            required=true
                            maxlength=16
                        />
                    </div>
                    <Submit label=text.wallet_top_up() pending_label=text.wallet_topping_up() pending/>
                </div>
            </ActionForm>
        </div>
    }
}

/// What the last top-up has come to. It stands outside of what is read anew after it.
#[component]
pub fn TopUpOutcome(action: ServerAction<TopUp>) -> impl IntoView {
    let text = use_lang();
    let outcome = move || {
        match action.value().get()? {
        Ok(after) => Some(
            view! {
                <Notice tone=Tone::Good>
                    <p>{text.wallet_topped_up()} " " <strong class="whitespace-nowrap">{after.balance}</strong></p>
                </Notice>
            }
            .into_any(),
        ),
        // The field says it.
        Err(error) if error.field("amount").is_some() => None,
        Err(ApiError::Refused(refusal)) => {
            Some(view! { <Notice tone=Tone::Bad><p>{refusal.message}</p></Notice> }.into_any())
        }
        Err(ApiError::Unavailable { .. }) => {
            Some(view! { <Notice tone=Tone::Warning><p>{text.wallet_top_up_unknown()}</p></Notice> }.into_any())
        }
        Err(error) => Some(view! { <Problem error/> }.into_any()),
    }
    };
    view! { <div aria-live="polite">{outcome}</div> }
}
