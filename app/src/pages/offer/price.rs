use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlElement;

use crate::api::ApiError;
use crate::api::offers::OfferPage;
use crate::components::{Money, Notice, Tone};
use crate::preferences::use_lang;

/// The price that the viewer has made up his mind about. When the company changes it under an open page, he is told and asked
/// before the button books again.
#[derive(Clone, Copy)]
pub struct SeenPrice {
    seen: RwSignal<Option<Price>>,
    now: RwSignal<Option<Price>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Price {
    offer_id: String,
    amount: String,
    words: String,
}

impl SeenPrice {
    pub fn of(offer: Resource<Result<OfferPage, ApiError>>) -> Self {
        let price = SeenPrice { seen: RwSignal::new(None), now: RwSignal::new(None) };
        Effect::new(move || {
            let Some(Ok(page)) = offer.get() else { return };
            // Who cannot book has nothing to make up his mind about.
            let can_book = page.is_bookable && page.checkout.is_some();
            let now = Price { offer_id: page.card.id, amount: page.amount, words: page.card.price };
            let is_known =
                |seen: &Option<Price>| seen.as_ref().is_some_and(|seen| seen.offer_id == now.offer_id);
            if !can_book || !price.seen.with_untracked(is_known) {
                price.seen.set(Some(now.clone()));
            }
            price.now.set(Some(now));
        });
        // The button that is pressed, or about to be, is another one then.
        Effect::new(move |before: Option<bool>| {
            let has_moved = price.has_moved();
            if before.is_some_and(|before| before != has_moved) && has_focus() {
                request_animation_frame(focus_button);
            }
            has_moved
        });
        price
    }

    /// Whatever comes next is what he sees.
    pub fn forget(self) {
        self.seen.set(None);
    }

    pub fn accept(self) {
        self.seen.set(self.now.get_untracked());
    }

    pub fn has_moved(self) -> bool {
        self.seen.with(|seen| self.now.with(|now| seen.is_some() && seen != now))
    }
}

/// Where the buttons stand, see `checkout.rs`.
const BUTTONS: &str = ".book-bar";

fn has_focus() -> bool {
    let focused = document().active_element();
    focused.is_some_and(|focused| focused.closest(BUTTONS).is_ok_and(|around| around.is_some()))
}

fn focus_button() {
    let shown = format!("{BUTTONS} > button:not([hidden]), {BUTTONS} > form:not([hidden]) button");
    if let Ok(Some(button)) = document().query_selector(&shown) {
        // A button that cannot take the focus leaves the page as usable as before.
        let _ = button.unchecked_into::<HtmlElement>().focus();
    }
}

/// Says so, also aloud.
#[component]
pub fn PriceMoved(price: SeenPrice) -> impl IntoView {
    let text = use_lang();
    let notice = move || {
        let (was, now) = (price.seen.get()?, price.now.get()?);
        (was != now).then(|| {
            view! {
                <Notice tone=Tone::Warning title=text.offer_price_moved_title()>
                    <p>
                        {text.offer_price_was()} " " <Money amount=was.words/> ", " {text.offer_price_is()} " "
                        <strong><Money amount=now.words/></strong> "."
                    </p>
                </Notice>
            }
        })
    };
    view! { <div aria-live="polite">{notice}</div> }
}
