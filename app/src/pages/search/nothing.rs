use leptos::prelude::*;

use crate::api::When;
use crate::api::filter::Filter;
use crate::api::offers::SearchPage;
use crate::components::{Empty, Icon};
use crate::preferences::use_lang;

/// Nothing fits: which condition to leave out, and when the next time would be.
#[component]
pub fn Nothing(filter: Filter, page: SearchPage) -> impl IntoView {
    let text = use_lang();
    let heading = view! { <h2 id="results-title" class="sr-only">{text.search_results()}</h2> };
    if !filter.cursor.is_empty() {
        let address = filter.with(|_| ()).address();
        return view! {
            {heading}
            <Empty icon=Icon::Search title=text.search_nothing_more()>
                <a href=address class="btn btn-outline">{text.search_first_page()}</a>
            </Empty>
        }
        .into_any();
    }
    let nearest = page.nearest.map(|nearest| {
        let address = filter
            .with(|filter| {
                filter.from.clone_from(&nearest.date);
                filter.to.clear();
            })
            .address();
        let When { iso, day, time, place, yours, .. } = nearest.when;
        let yours = yours.map(|yours| format!(", {} {yours}", text.your_time()));
        view! {
            <a href=address class="btn btn-primary h-auto min-h-12 flex-wrap py-2">
                {text.search_nearest()} " " <time datetime=iso>{day} ", " {time} " (" {place} ")"</time> {yours}
            </a>
        }
    });
    let wider = wider(&filter)
        .into_iter()
        .map(|(dropped, filter)| {
            let words = match dropped {
                Dropped::Day => text.search_any_day(),
                Dropped::TimeOfDay => text.search_drop_time(),
                Dropped::Price => text.search_drop_price(),
                Dropped::Text => text.search_drop_text(),
                Dropped::Company => text.search_drop_company(),
                Dropped::Service => text.search_drop_service(),
            };
            view! { <a href=filter.address() class="btn btn-outline">{words}</a> }
        })
        .collect_view();
    view! {
        {heading}
        <Empty icon=Icon::Search title=text.search_nothing() words=text.search_nothing_lead()>
            {nearest}
            {wider}
        </Empty>
    }
    .into_any()
}

/// A condition that may be left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dropped {
    Day,
    TimeOfDay,
    Price,
    Text,
    Company,
    Service,
}

/// The same search without one of its conditions each.
fn wider(filter: &Filter) -> Vec<(Dropped, Filter)> {
    let change = |dropped| {
        filter.with(|filter| match dropped {
            Dropped::Day => (filter.from, filter.to) = (String::new(), String::new()),
            Dropped::TimeOfDay => (filter.time_from, filter.time_to) = (String::new(), String::new()),
            Dropped::Price => (filter.price_min, filter.price_max) = (String::new(), String::new()),
            Dropped::Text => filter.q.clear(),
            Dropped::Company => filter.company_id.clear(),
            Dropped::Service => filter.service_id.clear(),
        })
    };
    let all =
        [Dropped::Day, Dropped::TimeOfDay, Dropped::Price, Dropped::Text, Dropped::Company, Dropped::Service];
    let changed = all.into_iter().map(|dropped| (dropped, change(dropped)));
    changed.filter(|(_, wider)| wider.address() != filter.address()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_condition_that_is_set_can_be_left_out() {
        assert_eq!(wider(&Filter::default()), []);
        let filter = Filter {
            service_id: "7".into(),
            from: "2026-06-03".into(),
            to: "2026-06-03".into(),
            price_max: "900".into(),
            ..Filter::default()
        };
        let wider = wider(&filter);
        let wider: Vec<_> = wider.iter().map(|(dropped, filter)| (*dropped, filter.address())).collect();
        assert_eq!(
            wider,
            [
                (Dropped::Day, "/search?service_id=7&price_max=900".to_owned()),
                (Dropped::Price, "/search?service_id=7&from=2026-06-03&to=2026-06-03".to_owned()),
                (Dropped::Service, "/search?from=2026-06-03&to=2026-06-03&price_max=900".to_owned()),
            ]
        );
    }
}
