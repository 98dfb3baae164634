mod days;
mod fields;
mod form;
mod nothing;
mod results;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::api::filter::Filter;
use crate::api::offers::{self, read_search_form, search_offers};
use crate::api::{ApiError, OfferStatus};
use crate::components::{Announce, Page, Problem, Skeleton, awaited};
use crate::live::{OfferChange, use_offer_changes, use_reconnects};
use crate::preferences::use_lang;
use days::DayStrip;
use fields::SearchFields;
pub use fields::{ServiceChoice, first_day};
pub use form::SearchForm;
use nothing::Nothing;
use results::Results;

/// Everything that can be booked, by what the address says.
#[component]
pub fn Search() -> impl IntoView {
    let text = use_lang();
    let query = use_query_map();
    let filter = Memo::new(move |_| query.with(|query| Filter::read(|name| query.get(name))));
    let form = Resource::new_blocking(|| (), |()| read_search_form());
    let reconnects = use_reconnects();
    let found =
        Resource::new_blocking(move || (filter.get(), reconnects.get()), |(filter, _)| search_offers(filter));

    let changes = RwSignal::new(Vec::new());
    let stream = RwSignal::new(None);
    Effect::new(move || {
        let address = found.with(|found| found.as_ref()?.as_ref().ok()?.live.clone());
        changes.set(Vec::new());
        stream.set(address);
    });
    use_offer_changes(stream.into(), move |change| changes.update(|changes| note(changes, change)));

    let summary = Signal::derive(move || {
        found.with(|found| {
            let offers = &found.as_ref()?.as_ref().ok()?.offers;
            Some(match offers.first() {
                Some(first) => {
                    let (results, when) = (text.search_results(), &first.when);
                    format!("{results}: {}. {}, {}", offers.len(), when.day, when.time)
                }
                None => text.search_nothing().to_owned(),
            })
        })
    });

    view! {
        <Page title=text.search_title() description=text.search_lead()>
            <div class="page-width flex flex-col gap-8 pb-16">
                <header class="pt-4">
                    <h1 tabindex="-1" class="text-title">{text.search_title()}</h1>
                    <p class="mt-2 text-muted">{text.search_lead()}</p>
                </header>
                <Transition>
                    {awaited(form, move |form| {
                        let offers::SearchForm { categories, days } = form.unwrap_or_default();
                        view! {
                            <SearchFields filter categories/>
                            <DayStrip filter days/>
                        }
                    })}
                </Transition>
                <Announce words=summary/>
                <section aria-labelledby="results-title" class="flex flex-col gap-6">
                    <Transition fallback=|| view! { <Skeleton rows=6/> }>
                        {awaited(found, move |page| {
                            let filter = filter.get_untracked();
                            let company = page.as_ref().ok().and_then(|page| page.company.clone());
                            let only = company.map(|name| view! { <OnlyCompany filter=filter.clone() name/> });
                            let list = match page {
                                Ok(page) if page.offers.is_empty() => view! { <Nothing filter page/> }.into_any(),
                                Ok(page) => view! { <Results filter page changes/> }.into_any(),
                                Err(error) => view! { <NoSearch error/> }.into_any(),
                            };
                            view! { {only} {list} }
                        })}
                    </Transition>
                </section>
            </div>
        </Page>
    }
}

/// Whose times these are alone, and the way to everybody's.
#[component]
fn OnlyCompany(filter: Filter, name: String) -> impl IntoView {
    let text = use_lang();
    let everybodys = filter.with(|filter| filter.company_id.clear()).address();
    view! {
        <p class="flex flex-wrap items-center gap-x-4 gap-y-2">
            <span class="wrap-anywhere">{text.search_only_company()} " " <strong dir="auto">{name}</strong></span>
            <a href=everybodys class="btn btn-outline">{text.search_drop_company()}</a>
        </p>
    }
}

/// What is wrong with the search, field by field, or that there is no answer.
#[component]
fn NoSearch(error: ApiError) -> impl IntoView {
    use crate::components::{Notice, Tone, set_status};

    let text = use_lang();
    set_status(&error);
    let fields = match &error {
        ApiError::Refused(refusal) => refusal.fields.clone(),
        _ => Vec::new(),
    };
    let heading = view! { <h2 id="results-title" class="sr-only">{text.search_results()}</h2> };
    if fields.is_empty() {
        return view! { {heading} <Problem error/> }.into_any();
    }
    let lines = fields
        .into_iter()
        .map(|field| view! { <li>{text.search_field(&field.field)} ": " {field.message}</li> })
        .collect_view();
    view! {
        {heading}
        <Notice tone=Tone::Warning title=text.search_invalid()>
            <ul class="list-disc pl-5">{lines}</ul>
            <a href="/search" class="link">{text.search_drop_all()}</a>
        </Notice>
    }
    .into_any()
}

/// Keeps the newest change of each offer.
fn note(changes: &mut Vec<OfferChange>, change: OfferChange) {
    match changes.iter_mut().find(|known| known.offer_id == change.offer_id) {
        Some(known) if known.revision >= change.revision => {}
        Some(known) => *known = change,
        None => changes.push(change),
    }
}

/// Where an offer stands that was shown in `shown`, with its revision.
fn by_now(changes: &[OfferChange], id: &str, shown: (OfferStatus, i64)) -> OfferStatus {
    let change = changes.iter().find(|change| change.offer_id == id && change.revision > shown.1);
    change.map_or(shown.0, |change| change.status)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_newer_revision_changes_what_is_shown() {
        use OfferStatus::{Booked, Open, Reserved};
        let change = |id: &str, status, revision| OfferChange { offer_id: id.to_owned(), status, revision };
        let mut changes = Vec::new();
        for (status, revision) in [(Open, 3), (Reserved, 5), (Booked, 4)] {
            note(&mut changes, change("a", status, revision));
        }
        note(&mut changes, change("b", Reserved, 1));
        assert_eq!(changes, [change("a", Reserved, 5), change("b", Reserved, 1)]);
        for (id, revision, expected) in
            [("a", 4, Reserved), ("a", 5, Open), ("a", 6, Open), ("b", 1, Open), ("c", 1, Open)]
        {
            assert_eq!(by_now(&changes, id, (Open, revision)), expected, "{id} {revision}");
        }
    }
}
