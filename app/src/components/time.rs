use leptos::prelude::*;

use crate::api::When;

/// A moment at a venue: `Wed 3 Jun, 10:00 (Moscow)`, and below it the viewer's own clock where that differs.
#[component]
pub fn Time(when: When) -> impl IntoView {
    let When { iso, day, time, place, yours, .. } = when;
    view! {
        <time datetime=iso class="tabular-nums">
            <span class="whitespace-nowrap">{day} ", " {time}</span>
            " "
            <span class="text-muted">"(" {place} ")"</span>
        </time>
        <Yours yours/>
    }
}

/// The time of day only, where the day stands above: `10:00 (Moscow)`, and the viewer's own clock where that differs.
#[component]
pub fn TimeOfDay(when: When) -> impl IntoView {
    let When { iso, time, place, yours, .. } = when;
    view! {
        <time datetime=iso class="tabular-nums">{time} " " <span class="text-muted">"(" {place} ")"</span></time>
        <Yours yours/>
    }
}

#[component]
fn Yours(yours: Option<String>) -> impl IntoView {
    let text = crate::preferences::use_lang();
    yours.map(|yours| view! { <span class="block text-sm text-muted tabular-nums">{text.your_time()} " " {yours}</span> })
}
