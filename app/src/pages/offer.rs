mod checkout;
mod outcome;
mod price;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;

use crate::api::ApiError;
use crate::api::filter::Filter;
use crate::api::offers::{BookOffer, OfferCard, OfferPage, read_offer};
use crate::api::wallet::{TopUp, uses_up_its_key};
use crate::components::{
    Announce, Empty, Icon, Money, Notice, OfferBadge, OfferTile, Page, Problem, Skeleton, Time, Tone,
    TopUpOutcome, awaited, heading, set_status,
};
use crate::live::{use_offer_changes, use_reconnects};
use crate::preferences::use_lang;
use checkout::CheckoutPart;
use outcome::BookOutcome;
use price::{PriceMoved, SeenPrice};

/// One offer: everything about it, and the button that books it.
#[component]
pub fn OfferDetails() -> impl IntoView {
    let text = use_lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let offer = Resource::new_blocking(move || id.get(), read_offer);
    let book = ServerAction::<BookOffer>::new();
    let top_up = ServerAction::<TopUp>::new();

    // Whether something may have been done of which we do not know: its key must stay in the form, so nothing may be
    // read anew.
    let is_booking_undecided = move || {
        book.pending().get_untracked()
            || matches!(book.value().get_untracked(), Some(Err(ApiError::Unavailable { .. })))
    };
    let is_top_up_undecided = move || {
        top_up.pending().get_untracked()
            || matches!(top_up.value().get_untracked(), Some(Err(ApiError::Unavailable { .. })))
    };
    let is_undecided = move || is_booking_undecided() || is_top_up_undecided();
    let price = SeenPrice::of(offer);
    // After a refusal the offer, the balance and the key are others.
    Effect::new(move |_| {
        book.version().track();
        if matches!(book.value().get_untracked(), Some(Err(ApiError::Refused(_) | ApiError::NotFound)))
            && !is_top_up_undecided()
        {
            if book.value().with_untracked(is_price_changed) {
                // It has been said that the price is another one.
                price.forget();
            }
            offer.refetch();
        }
    });
    Effect::new(move |_| {
        top_up.version().track();
        if top_up.value().get_untracked().is_some_and(|done| uses_up_its_key(&done))
            && !is_booking_undecided()
        {
            book.clear();
            offer.refetch();
        }
    });
    let reconnects = use_reconnects();
    Effect::new(move |before: Option<u32>| {
        let now = reconnects.get();
        if before.is_some_and(|before| before != now) && !is_undecided() {
            offer.refetch();
        }
        now
    });

    let stream = RwSignal::new(None);
    let shown = RwSignal::new((String::new(), 0));
    Effect::new(move || {
        if let Some(Ok(page)) = offer.get() {
            shown.set((page.card.id, page.card.revision));
            if stream.with_untracked(|stream| *stream != page.live) {
                stream.set(page.live);
            }
        }
    });
    use_offer_changes(stream.into(), move |change| {
        let is_news =
            shown.with_untracked(|(id, revision)| *id == change.offer_id && *revision < change.revision);
        if is_news && !is_undecided() {
            offer.refetch();
        }
    });
    let state = Signal::derive(move || {
        let page = offer.get()?.ok()?;
        Some(
            if page.is_bookable { text.offer_status(page.card.status) } else { text.offer_not_open() }
                .to_owned(),
        )
    });

    view! {
        <Page title=text.offer_title() description=text.search_lead()>
            <div class="page-width flex flex-col gap-6 pb-16">
                <header class="flex flex-col items-start gap-3 pt-2">
                    <Transition>
                        {awaited(offer, |page| page.ok().map(|page| view! { <Back service_id=page.service_id/> }))}
                    </Transition>
                    // There at once, so that it can take the focus.
                    <h1 tabindex="-1" class="text-title">
                        <Transition fallback=move || text.offer_title()>
                            {awaited(offer, move |page| heading(&page, text, |page| page.card.service.clone(), text.offer_title()))}
                        </Transition>
                    </h1>
                    <Transition>
                        {awaited(offer, |page| page.ok().map(|page| view! { <WhoAndState card=page.card/> }))}
                    </Transition>
                </header>
                <div class="outcomes">
                    <Announce words=state/>
                    <PriceMoved price/>
                    <BookOutcome action=book/>
                    <TopUpOutcome action=top_up/>
                </div>
                <Transition fallback=|| view! { <Skeleton rows=3/> }>
                    {awaited(offer, move |page| match page {
                        Ok(page) => view! { <Everything page price book top_up/> }.into_any(),
                        Err(error) => {
                            set_status(&error);
                            view! { <Problem error is_headed=true/> }.into_any()
                        }
                    })}
                </Transition>
            </div>
        </Page>
    }
}

fn is_price_changed(answer: &Option<Result<(), ApiError>>) -> bool {
    matches!(answer, Some(Err(error)) if error.code() == Some("price_changed"))
}

#[component]
fn Back(service_id: String) -> impl IntoView {
    let address = Filter { service_id, ..Filter::default() }.address();
    view! {
        <a href=address class="link inline-flex items-center gap-2">
            {Icon::ArrowLeft.view("size-4")}
            {use_lang().offer_back()}
        </a>
    }
}

#[component]
fn WhoAndState(card: OfferCard) -> impl IntoView {
    let title = format!("{}, {}, {}", card.service, card.when.day, card.when.time);
    view! {
        // A title that is only rebuilt would stay behind for good.
        {move || view! { <Title text=title.clone()/> }}
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
            <p class="text-lead text-muted wrap-anywhere" dir="auto">{card.company}</p>
            <OfferBadge status=card.status/>
        </div>
    }
}

#[component]
fn Everything(
    page: OfferPage,
    price: SeenPrice,
    book: ServerAction<BookOffer>,
    top_up: ServerAction<TopUp>,
) -> impl IntoView {
    let (can_book, own) = (page.is_bookable, page.own_booking.clone());
    let alternatives = page.alternatives.clone();
    let card = page.card.clone();
    let is_active_elsewhere = !can_book && own.is_none();
    let facts = view! { <Facts page=page.clone()/> };
    let action = match own {
        Some(booking_id) => view! { <Yours booking_id/> }.into_any(),
        None if can_book => view! { <CheckoutPart page price book top_up/> }.into_any(),
        None => view! { <NotOpen card/> }.into_any(),
    };
    view! {
        <div class="beside">
            {facts}
            {action}
        </div>
        {is_active_elsewhere.then(|| view! { <Alternatives offers=alternatives/> })}
    }
}

#[component]
fn Facts(page: OfferPage) -> impl IntoView {
    let text = use_lang();
    let OfferPage { card, description, about_company, address, phone, map, policy, .. } = page;
    let call = format!(
        "tel:{}",
        phone.chars().filter(|character| character.is_ascii_digit() || *character == '+').collect::<String>()
    );
    let map = map.map(|map| {
        view! { <a href=map rel="external noopener" target="_blank" class="link">{text.offer_map()}</a> }
    });
    let words = |title: &'static str, words: String| {
        view! {
            <section>
                <h2 class="text-heading">{title}</h2>
                <p class="mt-2 max-w-prose whitespace-pre-line wrap-anywhere" dir="auto">{words}</p>
            </section>
        }
    };
    view! {
        <div class="flex min-w-0 flex-col gap-8">
            <dl class="facts">
                <dt>{Icon::Calendar.view("size-5")} {text.offer_when()}</dt>
                <dd class="font-semibold"><Time when=card.when/></dd>
                <dt>{Icon::Clock.view("size-5")} {text.offer_duration()}</dt>
                <dd>{card.duration}</dd>
                <dt>{Icon::Wallet.view("size-5")} {text.offer_price()}</dt>
                <dd class="font-semibold"><Money amount=card.price/></dd>
                <dt>{Icon::MapPin.view("size-5")} {text.offer_where()}</dt>
                <dd class="wrap-anywhere">
                    <span dir="auto">{address}</span>
                    " "
                    {map}
                </dd>
                <dt>{Icon::Phone.view("size-5")} {text.offer_phone()}</dt>
                <dd><a href=call class="link" dir="ltr">{phone}</a></dd>
                <dt>{Icon::Undo.view("size-5")} {text.offer_policy()}</dt>
                <dd class="max-w-prose">{policy}</dd>
            </dl>
            {description.map(|description| words(text.offer_about(), description))}
            {about_company.map(|about| words(text.offer_company(), about))}
        </div>
    }
}

#[component]
fn Yours(booking_id: String) -> impl IntoView {
    let text = use_lang();
    view! {
        <Notice tone=Tone::Good title=text.offer_yours()>
            <a href=format!("/bookings/{booking_id}") class="btn btn-primary">{text.offer_to_booking()}</a>
        </Notice>
    }
}

#[component]
fn NotOpen(card: OfferCard) -> impl IntoView {
    use crate::api::OfferStatus;

    let text = use_lang();
    let why = match card.status {
        OfferStatus::Open => text.offer_inactive(),
        OfferStatus::Reserved => text.offer_reserved(),
        OfferStatus::Booked => text.offer_booked(),
        OfferStatus::Withdrawn => text.offer_withdrawn(),
        OfferStatus::Expired => text.offer_over(),
    };
    view! { <Notice tone=Tone::Warning title=text.offer_not_open()><p>{why}</p></Notice> }
}

/// What could be booked instead.
#[component]
pub fn Alternatives(offers: Vec<OfferCard>) -> impl IntoView {
    let text = use_lang();
    let list = if offers.is_empty() {
        view! {
            <Empty icon=Icon::Search title=text.offer_no_alternatives()>
                <a href="/search" class="btn btn-outline">{text.search_drop_all()}</a>
            </Empty>
        }
        .into_any()
    } else {
        let tiles = offers
            .into_iter()
            .map(|offer| view! { <li class="flex min-w-0"><OfferTile offer/></li> })
            .collect_view();
        view! { <ul class="offers">{tiles}</ul> }.into_any()
    };
    view! {
        <section aria-labelledby="alternatives-title" class="mt-6 flex flex-col gap-4">
            <h2 id="alternatives-title" class="text-heading">{text.offer_alternatives()}</h2>
            {list}
        </section>
    }
}
