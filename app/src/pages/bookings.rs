use std::time::Duration;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::bookings::{BookingRow, Tab, list_bookings};
use crate::api::{BookingStatus, Paged};
use crate::components::{
    BookingBadge, Empty, Icon, LiveStatus, Money, Page, Problem, Skeleton, Time, awaited, set_status,
};
use crate::live::use_booking_changes;
use crate::preferences::use_lang;

/// The viewer's bookings, in tabs by the address: `?show=upcoming|past|cancelled|failed`.
#[component]
pub fn Bookings() -> impl IntoView {
    let text = use_lang();
    let query = use_query_map();
    let parameter = move |name: &str| query.with(|query| query.get(name).unwrap_or_default());
    let tab = Memo::new(move |_| Tab::parse(&parameter("show")));
    let cursor = Memo::new(move |_| parameter("cursor"));
    let bookings = Resource::new_blocking(
        move || (tab.get(), cursor.get()),
        |(tab, cursor)| list_bookings(tab.code().to_owned(), cursor),
    );

    // Many changes at once, such as those with which a stream begins, are one reason to ask.
    let is_asked = StoredValue::new(false);
    let ask_soon = move || {
        if !is_asked.get_value() {
            is_asked.set_value(true);
            set_timeout(
                move || {
                    // The page may be gone by then.
                    if is_asked.try_set_value(false).is_none() {
                        bookings.refetch();
                    }
                },
                Duration::from_millis(200),
            );
        }
    };
    let shown = RwSignal::new(Vec::<(String, i64)>::new());
    Effect::new(move || {
        if let Some(Ok(page)) = bookings.get() {
            shown.set(page.items.into_iter().map(|row| (row.id, row.revision)).collect());
        }
    });
    let connection = use_booking_changes(move |change| {
        let known = shown.with_untracked(|shown| {
            shown.iter().find(|(id, _)| *id == change.booking_id).map(|(_, revision)| *revision)
        });
        let is_news = match known {
            Some(revision) => revision < change.revision,
            // Made on another page meanwhile.
            None => tab.get_untracked() == Tab::Upcoming && change.status == BookingStatus::Reserved,
        };
        if is_news {
            ask_soon();
        }
    });

    let tabs = Tab::ALL
        .map(|other| {
            let address = format!("/bookings?show={}", other.code());
            view! {
                <li>
                    <a href=address class="day" aria-current=move || (tab.get() == other).then_some("page")>
                        {text.tab(other)}
                    </a>
                </li>
            }
        })
        .collect_view();
    view! {
        <Page title=text.to_bookings() description=text.bookings_lead()>
            <div class="page-width flex flex-col gap-6 pb-16">
                <header class="pt-4">
                    <h1 tabindex="-1" class="text-title">{text.to_bookings()}</h1>
                    <p class="mt-2 text-muted">{text.bookings_lead()}</p>
                </header>
                <nav aria-label=text.bookings_show() class="-mx-4 overflow-x-auto px-4 py-1">
                    <ul class="flex w-max gap-2">{tabs}</ul>
                </nav>
                <LiveStatus connection/>
                <Transition fallback=|| view! { <Skeleton rows=4/> }>
                    {awaited(bookings, move |page| match page {
                        Ok(page) => {
                            let is_first = cursor.with_untracked(String::is_empty);
                            view! { <List page tab=tab.get_untracked() is_first/> }.into_any()
                        }
                        Err(error) => {
                            set_status(&error);
                            view! { <Problem error/> }.into_any()
                        }
                    })}
                </Transition>
            </div>
        </Page>
    }
}

#[component]
fn List(page: Paged<BookingRow>, tab: Tab, is_first: bool) -> impl IntoView {
    let text = use_lang();
    let newest = format!("/bookings?show={}", tab.code());
    let more = page.next.map(|cursor| {
        view! { <a href=format!("/bookings?show={}&cursor={cursor}", tab.code()) class="btn btn-outline self-center">{text.more()}</a> }
    });
    let list = if page.items.is_empty() {
        let title = if is_first { text.no_bookings(tab) } else { text.bookings_nothing_more() };
        view! {
            <Empty title>
                <a href="/search" class="btn btn-primary">{text.bookings_find()}</a>
            </Empty>
        }
        .into_any()
    } else {
        let rows = page.items.into_iter().map(|row| view! { <li><Row row/></li> }).collect_view();
        view! { <ul class="flex flex-col gap-3">{rows}</ul> }.into_any()
    };
    view! {
        {(!is_first).then(|| view! { <a href=newest class="link">{text.bookings_newest()}</a> })}
        {list}
        {more}
    }
}

#[component]
fn Row(row: BookingRow) -> impl IntoView {
    view! {
        <article class="row">
            <div class="min-w-0">
                <h2 class="text-heading">
                    <a href=format!("/bookings/{}", row.id) class="tile-link">{row.service}</a>
                </h2>
                <p class="truncate text-muted" dir="auto">{row.company}</p>
            </div>
            <p class="flex items-start gap-2">
                {Icon::Calendar.view("mt-0.5 size-5 shrink-0")}
                <span><Time when=row.when/></span>
            </p>
            <div class="flex flex-wrap items-center justify-between gap-2 sm:flex-col sm:items-end">
                <BookingBadge status=row.status/>
                <Money amount=row.price/>
            </div>
            {row.reason.map(|reason| view! { <p class="text-sm text-muted wrap-anywhere sm:col-span-3">{reason}</p> })}
        </article>
    }
}
