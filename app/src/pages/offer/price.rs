use leptos::prelude::*;

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
            let now = Price { offer_id: page.card.id, amount: page.amount, words: page.card.price };
            if price
                .seen
                .with_untracked(|seen| seen.as_ref().is_none_or(|seen| seen.offer_id != now.offer_id))
            {
                price.seen.set(Some(now.clone()));
            }
            price.now.set(Some(now));
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
