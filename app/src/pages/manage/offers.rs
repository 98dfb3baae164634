use leptos::prelude::*;
use leptos_router::components::A;

use super::address::{STEP, address, use_path_part, use_query_value, use_shown};
use super::filters::{FilterInput, FilterOption, FilterSelect, Filters};
use super::frame::{CompanyPage, Loaded, Missing, Tab, missing};
use super::live::use_company_changes;
use crate::api::OfferStatus;
use crate::api::company_offers::{
    CompanyOffer, LONGEST_LIST, OfferList, list_company_offers, service_groups,
};
use crate::components::{Empty, Icon, LiveStatus, Notice, OfferBadge, Skeleton, Time, Tone, awaited};
use crate::live::use_reconnects;
use crate::preferences::use_lang;

/// What a company has published; filters, and how much is shown, stand in the address.
#[component]
pub fn ManageOffers() -> impl IntoView {
    let text = use_lang();
    let company = use_path_part("company");
    let [status, service_id, from, to] = ["status", "service_id", "from", "to"].map(use_query_value);
    let shown = use_shown();
    let reconnects = use_reconnects();
    let loaded = Resource::new_blocking(
        move || {
            let filters = (company.get(), status.get(), service_id.get(), from.get(), to.get());
            (filters, shown.get(), reconnects.get())
        },
        |((company, status, service_id, from, to), shown, _)| {
            list_company_offers(company, status, service_id, from, to, shown)
        },
    );
    // The list does not say which booking an offer has, so any change of one may have moved it.
    let connection = use_company_changes(company, |_| None, move || loaded.refetch());
    let path = Signal::derive(move || format!("/manage/{}/offers", company.get()));
    let is_narrowed = Memo::new(move |_| {
        [status, service_id, from, to].iter().any(|filter| filter.with(|filter| !filter.is_empty()))
    });
    let more = Signal::derive(move || {
        let shown = shown.get().saturating_add(STEP).to_string();
        let filters = [("status", status), ("service_id", service_id), ("from", from), ("to", to)];
        let filters = filters.map(|(name, value)| (name, value.get()));
        let mut query: Vec<_> = filters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.push(("shown", &shown));
        address(&path.get(), &query)
    });

    view! {
        <CompanyPage title=text.manage_offers_title() tab=Tab::Offers loaded>
            <Done path/>
            <div class="mt-4 flex flex-wrap items-center justify-between gap-3">
                <A href=move || format!("{}/new", path.get()) {..} class="btn btn-primary">
                    {Icon::Plus.view("size-4")}
                    {text.manage_publish()}
                </A>
                <LiveStatus connection/>
            </div>
            <Filters path is_narrowed>
                <FilterSelect label=text.manage_filter_status() name="status">
                    <FilterOption value="" label=text.manage_filter_any() chosen=status/>
                    {OfferStatus::ALL
                        .map(|of| {
                            view! { <FilterOption value=of.code() label=text.offer_status(of) chosen=status/> }
                        })
                        .collect_view()}
                </FilterSelect>
                <ServiceFilter chosen=service_id/>
                <FilterInput label=text.manage_filter_from_today() name="from" value=from/>
                <FilterInput label=text.manage_filter_to() name="to" value=to/>
            </Filters>
            <div class="mt-6">
                <Transition fallback=|| view! { <Skeleton rows=5/> }>
                    {move || missing(loaded).map(|error| view! { <Missing error/> })}
                    <Offers loaded path is_narrowed/>
                    {move || {
                        let (has_more, count) = list(loaded, |list| (list.has_more, list.offers.len()))?;
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
fn list<T>(loaded: Resource<Loaded<OfferList>>, read: impl FnOnce(&OfferList) -> T) -> Option<T> {
    loaded.with(|loaded| {
        loaded.as_ref().and_then(|loaded| loaded.as_ref().ok()).map(|loaded| read(&loaded.content))
    })
}

#[component]
fn Offers(
    loaded: Resource<Loaded<OfferList>>,
    path: Signal<String>,
    is_narrowed: Memo<bool>,
) -> impl IntoView {
    let text = use_lang();
    let is_empty = move || list(loaded, |list| list.offers.is_empty()) == Some(true);
    let has_lines = move || list(loaded, |list| !list.offers.is_empty()) == Some(true);
    view! {
        {move || {
            is_empty()
                .then(|| {
                    let words = if is_narrowed.get() { text.manage_no_match() } else { text.manage_no_offers() };
                    view! {
                        <Empty title=text.manage_no_offers_title() words>
                            <a href=format!("{}/new", path.get()) class="btn btn-primary">{text.manage_publish()}</a>
                        </Empty>
                    }
                })
        }}
        <ul class="lines lines-offers" hidden=move || !has_lines()>
            <For
                each=move || list(loaded, |list| list.offers.clone()).unwrap_or_default()
                key=|offer| (offer.id.clone(), offer.revision)
                children=move |offer| view! { <Line offer path/> }
            />
        </ul>
    }
}

#[component]
fn Line(offer: CompanyOffer, path: Signal<String>) -> impl IntoView {
    let text = use_lang();
    let href = format!("{}/{}", path.get_untracked(), offer.id);
    let act = match offer.status {
        OfferStatus::Open => Some(text.manage_change()),
        OfferStatus::Reserved | OfferStatus::Booked => Some(text.manage_look()),
        OfferStatus::Withdrawn | OfferStatus::Expired => None,
    };
    let act = act.map(|words| {
        view! {
            <a href=href class="btn">
                {words}
                <span class="sr-only">
                    " · " {offer.when.day.clone()} ", " {offer.when.time.clone()} " · " {offer.service.clone()}
                </span>
            </a>
        }
    });
    view! {
        <li class="line">
            <p class="line-when font-semibold"><Time when=offer.when/></p>
            <div class="line-what">
                <p class="wrap-anywhere">{offer.service} <span class="text-muted">" · " {offer.duration}</span></p>
                {offer
                    .description
                    .map(|description| view! { <p class="line-note" dir="auto">{description}</p> })}
            </div>
            <p class="line-price">{offer.price}</p>
            <p class="line-status"><OfferBadge status=offer.status/></p>
            <p class="line-act">{act}</p>
        </li>
    }
}

/// The services of the catalogue; without them the rest of the filters still works.
#[component]
fn ServiceFilter(chosen: Memo<String>) -> impl IntoView {
    let text = use_lang();
    let groups = Resource::new_blocking(|| (), |()| service_groups());
    view! {
        <FilterSelect label=text.manage_filter_service() name="service_id">
            <FilterOption value="" label=text.manage_filter_any_service() chosen/>
            <Suspense>
                {awaited(groups, move |groups| {
                    groups
                        .unwrap_or_default()
                        .into_iter()
                        .map(|group| {
                            let options = group
                                .services
                                .into_iter()
                                .map(|service| view! { <FilterOption value=service.id label=service.name chosen/> })
                                .collect_view();
                            view! { <optgroup label=group.name>{options}</optgroup> }
                        })
                        .collect_view()
                })}
            </Suspense>
        </FilterSelect>
    }
}

/// What the form that led here has done.
#[component]
fn Done(path: Signal<String>) -> impl IntoView {
    let text = use_lang();
    let (done, like) = (use_query_value("done"), use_query_value("like"));
    move || {
        let words = match done.get().as_str() {
            "published" => text.manage_published(),
            "changed" => text.manage_changed(),
            "withdrawn" => text.manage_withdrawn(),
            _ => return None,
        };
        let another = like.with(|like| !like.is_empty()).then(|| {
            let href = address(&format!("{}/new", path.get()), &[("like", &like.get())]);
            view! { <a href=href class="btn">{text.manage_publish_another()}</a> }
        });
        Some(view! {
            <div class="mt-4">
                <Notice tone=Tone::Good>
                    <p>{words}</p>
                    {another}
                </Notice>
            </div>
        })
    }
}
