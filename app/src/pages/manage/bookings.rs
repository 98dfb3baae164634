use std::collections::{HashMap, HashSet};

use leptos::prelude::*;

use super::address::{STEP, address, use_path_part, use_query_value, use_shown};
use super::filters::{FilterInput, FilterOption, FilterSelect, Filters};
use super::frame::{CompanyPage, Loaded, Missing, Tab, missing};
use super::live::use_company_changes;
use crate::api::BookingStatus;
use crate::api::company_bookings::{BookingList, CompanyBooking, LONGEST_LIST, list_company_bookings};
use crate::components::{BookingBadge, Empty, Icon, LiveStatus, Skeleton, Time};
use crate::live::use_reconnects;
use crate::preferences::use_lang;

/// Who comes, the newest booking first. The list grows while the page is open.
#[component]
pub fn ManageBookings() -> impl IntoView {
    let text = use_lang();
    let company = use_path_part("company");
    let [status, from, to, client] = ["status", "from", "to", "q"].map(use_query_value);
    let shown = use_shown();
    let filters = Memo::new(move |_| (company.get(), status.get(), from.get(), to.get(), client.get()));
    let reconnects = use_reconnects();
    let loaded = Resource::new_blocking(
        move || (filters.get(), shown.get(), reconnects.get()),
        |((company, status, from, to, client), shown, _)| {
            list_company_bookings(company, status, from, to, client, shown)
        },
    );
    // What is on the page, for whoever is called outside of it.
    let revisions = StoredValue::new(HashMap::<String, i64>::new());
    Effect::new(move || {
        if let Some(Ok(loaded)) = loaded.get() {
            let bookings = loaded.content.bookings.into_iter();
            revisions.set_value(bookings.map(|booking| (booking.id, booking.revision)).collect());
        }
    });
    let revision = move |id: &str| revisions.with_value(|revisions| revisions.get(id).copied());
    let connection = use_company_changes(company, revision, move || loaded.refetch());
    let arrivals = use_arrivals(loaded, filters);
    let path = Signal::derive(move || format!("/manage/{}/bookings", company.get()));
    let is_narrowed = Memo::new(move |_| {
        [status, from, to, client].iter().any(|filter| filter.with(|filter| !filter.is_empty()))
    });
    let more = Signal::derive(move || {
        let shown = shown.get().saturating_add(STEP).to_string();
        let filters = [("status", status), ("from", from), ("to", to), ("q", client)];
        let filters = filters.map(|(name, value)| (name, value.get()));
        let mut query: Vec<_> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.push(("shown", &shown));
        address(&path.get(), &query)
    });

    view! {
        <CompanyPage title=text.manage_bookings_title() tab=Tab::Bookings loaded>
            <div class="mt-2 flex flex-wrap items-center justify-between gap-3">
                <p class="text-muted">{text.manage_bookings_lead()}</p>
                <LiveStatus connection/>
            </div>
            <Filters path is_narrowed>
                <FilterSelect label=text.manage_filter_status() name="status">
                    <FilterOption value="" label=text.manage_filter_any() chosen=status/>
                    {BookingStatus::ALL
                        .map(|of| {
                            view! { <FilterOption value=of.code() label=text.booking_status(of) chosen=status/> }
                        })
                        .collect_view()}
                </FilterSelect>
                <FilterInput label=text.manage_client() placeholder=text.manage_client_search() name="q" kind="search" value=client maxlength=100/>
                <FilterInput label=text.manage_filter_from() name="from" value=from/>
                <FilterInput label=text.manage_filter_to() name="to" value=to/>
            </Filters>
            <p class="sr-only" aria-live="polite">
                {move || {
                    arrivals
                        .with(|arrivals| {
                            arrivals
                                .last
                                .as_ref()
                                .map(|booking| {
                                    let when = format!("{}, {}", booking.when.day, booking.when.time);
                                    text.manage_new_booking(&when, &booking.service, booking.client.as_deref())
                                })
                        })
                }}
            </p>
            <div class="mt-6">
                <Transition fallback=|| view! { <Skeleton rows=5/> }>
                    {move || missing(loaded).map(|error| view! { <Missing error/> })}
                    <Bookings loaded path is_narrowed arrivals/>
                    {move || {
                        let (has_more, count) = list(loaded, |list| (list.has_more, list.bookings.len()))?;
                        if !has_more {
                            return None;
                        }
                        Some(if count < usize::from(LONGEST_LIST) {
                            view! {
                                <a href=move || more.get() data-noscroll="true" class="btn btn-outline mt-4">{text.more()}</a>
                            }
                                .into_any()
                        } else {
                            view! { <p class="mt-4 text-muted">{text.manage_list_full()}</p> }.into_any()
                        })
                    }}
                </Transition>
            </div>
        </CompanyPage>
    }
}

/// Reads from the list, where there is one.
fn list<T>(loaded: Resource<Loaded<BookingList>>, read: impl FnOnce(&BookingList) -> T) -> Option<T> {
    loaded.with(|loaded| {
        loaded.as_ref().and_then(|loaded| loaded.as_ref().ok()).map(|loaded| read(&loaded.content))
    })
}

/// What came in while the page was open.
#[derive(Clone, Debug, Default, PartialEq)]
struct Arrivals {
    ids: HashSet<String>,
    /// The newest of them.
    last: Option<CompanyBooking>,
}

type Filter = (String, String, String, String, String);

/// A list that is asked for with other filters begins anew: nothing in it has just come in.
fn use_arrivals(loaded: Resource<Loaded<BookingList>>, filters: Memo<Filter>) -> RwSignal<Arrivals> {
    let arrivals = RwSignal::new(Arrivals::default());
    Effect::new(move |before: Option<Seen>| {
        let filter = filters.get_untracked();
        let before = before.filter(|seen| seen.filter == filter);
        loaded.with(|loaded| {
            let Some(Ok(loaded)) = loaded else { return before.unwrap_or_else(|| Seen::nothing(filter)) };
            let bookings = &loaded.content.bookings;
            match before.and_then(|before| before.ids) {
                Some(ids) => {
                    let new = new_on_top(bookings, &ids);
                    if let Some(newest) = new.first() {
                        arrivals.update(|arrivals| {
                            arrivals.ids.extend(new.iter().map(|booking| booking.id.clone()));
                            arrivals.last = Some(newest.clone());
                        });
                    }
                }
                None => arrivals.set(Arrivals::default()),
            }
            Seen { filter, ids: Some(bookings.iter().map(|booking| booking.id.clone()).collect()) }
        })
    });
    arrivals
}

/// The list as it was last.
struct Seen {
    filter: Filter,
    /// `None` until there was one.
    ids: Option<HashSet<String>>,
}

impl Seen {
    fn nothing(filter: Filter) -> Self {
        Seen { filter, ids: None }
    }
}

/// What stands above all that was there before; what comes below it was only not shown.
fn new_on_top<'a>(bookings: &'a [CompanyBooking], before: &HashSet<String>) -> &'a [CompanyBooking] {
    let known = bookings.iter().position(|booking| before.contains(&booking.id));
    &bookings[..known.unwrap_or(bookings.len())]
}

#[component]
fn Bookings(
    loaded: Resource<Loaded<BookingList>>,
    path: Signal<String>,
    is_narrowed: Memo<bool>,
    arrivals: RwSignal<Arrivals>,
) -> impl IntoView {
    let text = use_lang();
    let is_empty = move || list(loaded, |list| list.bookings.is_empty()) == Some(true);
    let has_lines = move || list(loaded, |list| !list.bookings.is_empty()) == Some(true);
    view! {
        {move || {
            is_empty()
                .then(|| {
                    let words = if is_narrowed.get() { text.manage_no_match() } else { text.manage_no_bookings() };
                    view! { <Empty icon=Icon::Ticket title=text.manage_no_bookings_title() words/> }
                })
        }}
        <ul class="lines lines-bookings" hidden=move || !has_lines()>
            // A line holds no state: one that has changed, or whose client has become known, is made anew.
            <For
                each=move || list(loaded, |list| list.bookings.clone()).unwrap_or_default()
                key=|booking| (booking.id.clone(), booking.revision, booking.client.is_some())
                children=move |booking| view! { <Line booking path arrivals/> }
            />
        </ul>
    }
}

#[component]
fn Line(booking: CompanyBooking, path: Signal<String>, arrivals: RwSignal<Arrivals>) -> impl IntoView {
    let text = use_lang();
    let href = format!("{}/{}", path.get_untracked(), booking.id);
    let id = booking.id;
    let is_new = Signal::derive(move || arrivals.with(|arrivals| arrivals.ids.contains(&id)));
    let client = match booking.client {
        Some(name) => view! { <span dir="auto" class="wrap-anywhere">{name}</span> }.into_any(),
        None => view! { <span class="text-muted">{text.manage_client_unknown()}</span> }.into_any(),
    };
    view! {
        <li class="line line-link" class:line-new=is_new>
            <p class="line-when font-semibold">
                <a href=href class="line-target"><Time when=booking.when/></a>
            </p>
            <div class="line-what">
                <p>{client} " " <span class="line-mark" hidden=move || !is_new.get()>{text.manage_new_mark()}</span></p>
                <p class="text-muted wrap-anywhere">{booking.service}</p>
            </div>
            <p class="line-price">{booking.price}</p>
            <div class="line-status">
                <BookingBadge status=booking.status/>
                {booking.reason.map(|reason| view! { <p class="line-note" dir="auto">{reason}</p> })}
            </div>
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::When;

    fn booking(id: &str) -> CompanyBooking {
        let text = String::new;
        CompanyBooking {
            id: id.to_owned(),
            when: When { iso: text(), date: text(), day: text(), time: text(), place: text(), yours: None },
            service: text(),
            price: text(),
            status: BookingStatus::Paid,
            reason: None,
            client: None,
            revision: 1,
        }
    }

    #[test]
    fn only_what_stands_above_the_known_has_come_in() {
        for (now, before, new) in [
            ("cba", "ba", "c"),
            ("dcba", "ba", "dc"),
            ("cba", "cba", ""),
            // More of the list is shown.
            ("cba", "cb", ""),
            ("dcba", "cb", "d"),
            ("a", "", "a"),
            ("", "a", ""),
        ] {
            let now: Vec<_> = now.chars().map(|id| booking(&id.to_string())).collect();
            let before = before.chars().map(String::from).collect();
            let ids: String = new_on_top(&now, &before).iter().map(|booking| booking.id.as_str()).collect();
            assert_eq!(ids, new);
        }
    }
}
