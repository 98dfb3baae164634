use leptos::prelude::*;

use crate::components::Icon;
use crate::preferences::use_lang;

/// How a slot looks to somebody who is choosing.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Slot {
    Free,
    Taken,
    Chosen,
}

use Slot::{Chosen, Free, Taken};

/// Three days of somebody's week, four times each.
const WEEK: [[(&str, Slot); 4]; 3] = [
    [("09:00", Taken), ("10:00", Chosen), ("11:30", Free), ("16:00", Taken)],
    [("09:30", Free), ("12:00", Taken), ("14:00", Free), ("17:30", Free)],
    [("10:00", Taken), ("11:00", Free), ("13:30", Taken), ("18:00", Free)],
];

/// A booking on its way, as its page will show it: a free time, and what happens after one took it.
#[component]
pub fn Example() -> impl IntoView {
    view! {
        <figure class="example">
            <Week/>
            <Ticket/>
            <figcaption class="mt-4 text-sm text-muted">{use_lang().example_caption()}</figcaption>
        </figure>
    }
}

/// A picture only, so nothing in it can be reached or read out.
#[component]
fn Week() -> impl IntoView {
    let days = use_lang().example_days();
    view! {
        <div class="example-week" aria-hidden="true">
            {WEEK
                .into_iter()
                .zip(days)
                .map(|(slots, day)| {
                    view! {
                        <div class="flex flex-col gap-2">
                            <div class="pb-1 text-center text-sm font-medium">{day}</div>
                            {slots.map(|(time, slot)| view! { <div class=class(slot)>{time}</div> }).collect_view()}
                        </div>
                    }
                })
                .collect_view()}
        </div>
    }
}

fn class(slot: Slot) -> &'static str {
    match slot {
        Free => "free-slot",
        Taken => "taken-slot",
        Chosen => "chosen-slot",
    }
}

#[component]
fn Ticket() -> impl IntoView {
    let text = use_lang();
    let done = [
        (text.example_held(), "10:02:11"),
        (text.example_paid(), "10:02:12"),
        (text.example_booked(), "10:02:12"),
    ];
    view! {
        <div class="example-ticket">
            <div class="flex items-start justify-between gap-4">
                <div>
                    <p class="font-semibold">{text.example_service()}</p>
                    <p class="text-sm text-muted">{text.example_when()}</p>
                </div>
                <p class="font-semibold whitespace-nowrap tabular-nums">{text.example_price()}</p>
            </div>
            <ol class="trail mt-4">
                {done
                    .map(|(label, time)| {
                        view! {
                            <li class="trail-done">
                                <span class="trail-mark">{Icon::Check.view("size-3")}</span>
                                <span>{label}</span>
                                <time class="text-sm text-muted tabular-nums">{time}</time>
                            </li>
                        }
                    })
                    .collect_view()}
                <li class="trail-now">
                    <span class="trail-mark"></span>
                    <span>{text.example_mails()}</span>
                    <span class="text-sm text-muted">{text.example_now()}</span>
                </li>
            </ol>
        </div>
    }
}
