use leptos::prelude::*;

use super::{Money, OfferBadge, Time, TimeOfDay};
use crate::api::OfferStatus;
use crate::api::offers::OfferCard;

/// An offer in a list. All of it is the link to its page.
#[component]
pub fn OfferTile(
    offer: OfferCard,
    /// Where it stands by now, where that is heard of.
    #[prop(optional, into)]
    status: Option<Signal<OfferStatus>>,
    /// The day stands above the list already.
    #[prop(optional)]
    is_under_day: bool,
) -> impl IntoView {
    let OfferCard { id, service, company, when, duration, price, status: at_first, .. } = offer;
    let status = status.unwrap_or_else(|| Signal::stored(at_first));
    let is_open = move || status.get() == OfferStatus::Open;
    let time =
        if is_under_day { view! { <TimeOfDay when/> }.into_any() } else { view! { <Time when/> }.into_any() };
    view! {
        <article class="offer" class:offer-taken=move || !is_open()>
            <a href=format!("/offers/{id}") class="offer-link">
                <span class="offer-time">{time}</span>
                <span class="font-semibold">{service}</span>
            </a>
            <p class="truncate text-muted" dir="auto">{company}</p>
            <p class="mt-auto flex flex-wrap items-center justify-between gap-x-3 gap-y-1.5 pt-2">
                <span class="text-sm text-muted">{duration}</span>
                {move || (!is_open()).then(|| view! { <OfferBadge status/> })}
                <span class="offer-price"><Money amount=price.clone()/></span>
            </p>
        </article>
    }
}
