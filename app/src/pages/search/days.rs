use leptos::prelude::*;

use crate::api::filter::Filter;
use crate::api::offers::Day;
use crate::preferences::use_lang;

/// Two weeks to choose a day from.
#[component]
pub fn DayStrip(filter: Memo<Filter>, days: Vec<Day>) -> impl IntoView {
    let text = use_lang();
    let day = move |date: String, label: String| {
        let is_chosen = {
            let date = date.clone();
            move || filter.with(|filter| filter.from == date && filter.to == date)
        };
        let address = move || {
            filter.with(|filter| {
                let day = filter.with(|filter| {
                    filter.from.clone_from(&date);
                    filter.to.clone_from(&date);
                });
                day.address()
            })
        };
        view! {
            <li>
                <a href=address class="day" aria-current=move || is_chosen().then_some("true")>{label}</a>
            </li>
        }
    };
    view! {
        <nav aria-label=text.search_days() class="-mx-4 overflow-x-auto px-4 py-1">
            <ul class="flex w-max gap-2">
                {day(String::new(), text.search_any_day().to_owned())}
                {days.into_iter().map(|Day { date, label }| day(date, label)).collect_view()}
            </ul>
        </nav>
    }
}
