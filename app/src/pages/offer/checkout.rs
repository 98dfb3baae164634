use leptos::form::ActionForm;
use leptos::prelude::*;

use super::price::SeenPrice;
use crate::api::offers::{BookOffer, Checkout, OfferPage};
use crate::api::wallet::TopUp;
use crate::components::{Money, Notice, Submit, Tone, TopUpForms, use_page_path};
use crate::preferences::use_lang;
use crate::viewer::{sign_in_path, sign_up_path};

/// What booking costs, what the wallet holds, and the button; on a phone that stays in sight.
#[component]
pub fn CheckoutPart(
    page: OfferPage,
    price: SeenPrice,
    book: ServerAction<BookOffer>,
    top_up: ServerAction<TopUp>,
) -> impl IntoView {
    let text = use_lang();
    let amount = page.card.price.clone();
    let (summary, button) = match page.checkout {
        None => (None, Some(view! { <SignedOut/> }.into_any())),
        Some(checkout) => {
            let book_key = checkout.book_key.clone();
            let can_pay = checkout.shortfall.is_none();
            let summary = view! { <Summary checkout top_up/> };
            let button = can_pay.then(|| {
                view! {
                    <button
                        type="button"
                        class="btn btn-primary btn-lg"
                        hidden=move || !price.has_moved()
                        on:click=move |_| price.accept()
                    >
                        {text.offer_price_accept()}
                    </button>
                    <ActionForm action=book attr:hidden=move || price.has_moved()>
                        <input type="hidden" name="offer_id" value=page.card.id/>
                        <input type="hidden" name="expected_price" value=page.amount/>
                        <input type="hidden" name="key" value=book_key/>
                        <Submit
                            label=text.offer_book()
                            pending_label=text.offer_booking()
                            pending=book.pending()
                            class="btn btn-primary btn-lg"
                        />
                    </ActionForm>
                }
            });
            (Some(summary), button.map(IntoAny::into_any))
        }
    };
    view! {
        {summary
            .map(|summary| {
                view! {
                    <section aria-labelledby="checkout-title" class="checkout">
                        <h2 id="checkout-title" class="text-heading">{text.offer_checkout()}</h2>
                        {summary}
                    </section>
                }
            })}
        {button
            .map(|button| {
                view! {
                    <div class="book-bar">
                        <p class="text-heading">
                            <span class="sr-only">{text.offer_price()} ": "</span>
                            <Money amount/>
                        </p>
                        {button}
                    </div>
                }
            })}
    }
}

#[component]
fn Summary(checkout: Checkout, top_up: ServerAction<TopUp>) -> impl IntoView {
    let text = use_lang();
    let Checkout { balance, after, shortfall, top_up_key, .. } = checkout;
    let line = |label: &'static str, amount: String| {
        view! {
            <div class="flex items-baseline justify-between gap-4">
                <dt class="text-muted">{label}</dt>
                <dd class="font-semibold"><Money amount/></dd>
            </div>
        }
    };
    let Some(balance) = balance else {
        return view! { <p class="text-muted">{text.offer_balance_unknown()}</p> }.into_any();
    };
    let short = shortfall.map(|short| {
        view! {
            <Notice tone=Tone::Warning>
                <p>{text.offer_short()} " " <strong class="whitespace-nowrap">{short.text}</strong></p>
                <p class="text-muted">{text.offer_short_then()}</p>
            </Notice>
            <TopUpForms action=top_up key=top_up_key amount=short.amount/>
        }
    });
    view! {
        <dl class="flex flex-col gap-2">
            {line(text.offer_balance(), balance)}
            {after.map(|after| line(text.offer_balance_after(), after))}
        </dl>
        {short}
    }
    .into_any()
}

/// Both ways lead back to this page.
#[component]
fn SignedOut() -> impl IntoView {
    let text = use_lang();
    let path = use_page_path();
    view! {
        <div class="flex grow flex-wrap gap-2">
            <a href=move || sign_in_path(&path.get()) rel="external" class="btn btn-primary grow px-3">
                {text.offer_sign_in()}
            </a>
            <a href=move || sign_up_path(&path.get()) rel="external" class="btn grow px-3">{text.sign_up()}</a>
        </div>
    }
}
