use leptos::prelude::*;

use super::by_now;
use crate::api::filter::Filter;
use crate::api::offers::{OfferCard, SearchPage};
use crate::components::OfferTile;
use crate::live::OfferChange;
use crate::preferences::use_lang;

/// What was found: by day, or by price.
#[component]
pub fn Results(filter: Filter, page: SearchPage, changes: RwSignal<Vec<OfferChange>>) -> impl IntoView {
    let text = use_lang();
    let tile = move |offer: OfferCard, is_under_day: bool| {
        let (id, shown) = (offer.id.clone(), (offer.status, offer.revision));
        let status = Signal::derive(move || changes.with(|changes| by_now(changes, &id, shown)));
        view! { <li class="flex min-w-0"><OfferTile offer status is_under_day/></li> }
    };
    let list = if filter.is_by_price() {
        let tiles = page.offers.into_iter().map(|offer| tile(offer, false)).collect_view();
        view! { <ul class="offers">{tiles}</ul> }.into_any()
    } else {
        by_day(page.offers)
            .into_iter()
            .map(|(day, offers)| {
                let tiles = offers.into_iter().map(|offer| tile(offer, true)).collect_view();
                view! {
                    <div class="flex flex-col gap-3">
                        <h3 class="text-heading">{day}</h3>
                        <ul class="offers">{tiles}</ul>
                    </div>
                }
            })
            .collect_view()
            .into_any()
    };
    let order = |sort: &'static str, words: &'static str| {
        let is_chosen = filter.is_by_price() == (sort == "price");
        let address = filter.with(|filter| filter.sort = sort.to_owned()).address();
        view! { <a href=address class="day" aria-current=is_chosen.then_some("true")>{words}</a> }
    };
    let first_page = (!filter.cursor.is_empty()).then(|| {
        let address = filter.with(|_| ()).address();
        view! { <a href=address class="link">{text.search_first_page()}</a> }
    });
    let more = page.next.map(|cursor| {
        let address = Filter { cursor, ..filter.clone() }.address();
        view! { <a href=address class="btn btn-outline self-center">{text.more()}</a> }
    });
    view! {
        <div class="flex flex-wrap items-center justify-between gap-3">
            <h2 id="results-title" class="text-heading">{text.search_results()}</h2>
            <nav aria-label=text.search_order() class="flex flex-wrap gap-2">
                {order("", text.search_by_time())}
                {order("price", text.search_by_price())}
            </nav>
        </div>
        {first_page}
        {list}
        {more}
    }
}

/// Neighbours of the same day together, under its name.
fn by_day(offers: Vec<OfferCard>) -> Vec<(String, Vec<OfferCard>)> {
    let mut days: Vec<(String, Vec<OfferCard>)> = Vec::new();
    for offer in offers {
        match days.last_mut() {
            Some((_, day)) if day.first().is_some_and(|first| first.when.date == offer.when.date) => {
                day.push(offer)
            }
            _ => days.push((offer.when.day.clone(), vec![offer])),
        }
    }
    days
}
