use leptos::prelude::*;

use crate::api::filter::SEARCH_PATH;
use crate::api::offers::list_soonest_offers;
use crate::components::{Empty, Notice, OfferTile, Skeleton, awaited};
use crate::preferences::use_lang;

/// What is free soonest. The page stands without it.
#[component]
pub fn Soonest() -> impl IntoView {
    let text = use_lang();
    let offers = Resource::new_blocking(|| (), |()| list_soonest_offers());
    let list = awaited(offers, move |offers| match offers {
        Ok(offers) if offers.is_empty() => view! { <Empty title=text.soonest_none()/> }.into_any(),
        Ok(offers) => {
            let tiles = offers
                .into_iter()
                .map(|offer| view! { <li class="flex min-w-0"><OfferTile offer/></li> })
                .collect_view();
            view! { <ul class="offers">{tiles}</ul> }.into_any()
        }
        Err(_) => view! { <Notice><p class="text-muted">{text.soonest_away()}</p></Notice> }.into_any(),
    });
    view! {
        <section aria-labelledby="soonest-title" class="page-width pb-4">
            <div class="mb-6 flex flex-wrap items-baseline justify-between gap-3">
                <h2 id="soonest-title" class="text-title">{text.soonest_title()}</h2>
                <a href=SEARCH_PATH class="link">{text.soonest_all()}</a>
            </div>
            <Transition fallback=|| view! { <Skeleton rows=2/> }>{list}</Transition>
        </section>
    }
}
