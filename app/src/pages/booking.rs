mod cancel;
mod steps;

use std::time::Duration;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::offer::Alternatives;
use crate::api::BookingStatus;
use crate::api::bookings::{BookingPage, BookingRow, CancelBooking, read_booking};
use crate::api::filter::Filter;
use crate::components::{
    Announce, BookingBadge, Icon, LiveStatus, Money, Page, Problem, Skeleton, Time, awaited, heading,
    set_status,
};
use crate::live::{Connection, use_booking_changes};
use crate::preferences::use_lang;
use cancel::{Cancel, CancelOutcome};
use steps::StepList;

/// Where the stream is not heard, a moving booking is asked for this often.
const POLL_EVERY: Duration = Duration::from_secs(5);

/// One booking as it happens.
#[component]
pub fn BookingDetails() -> impl IntoView {
    let text = use_lang();
    let params = use_params_map();
    let id = Memo::new(move |_| params.with(|params| params.get("id").unwrap_or_default()));
    let query = use_query_map();
    let wants_to_cancel = Memo::new(move |_| query.with(|query| query.get("cancel").is_some()));
    let booking = Resource::new_blocking(move || id.get(), read_booking);
    let cancel = ServerAction::<CancelBooking>::new();
    // It is another one, or it cannot be cancelled like that any more.
    Effect::new(move |_| {
        cancel.version().track();
        if cancel.value().get_untracked().is_some() {
            booking.refetch();
        }
    });

    let shown = RwSignal::new(None::<(String, i64, BookingStatus)>);
    Effect::new(move || {
        if let Some(Ok(page)) = booking.get() {
            shown.set(Some((page.row.id, page.row.revision, page.row.status)));
        }
    });
    let connection = use_booking_changes(move |change| {
        let is_news = shown.with_untracked(|shown| {
            shown
                .as_ref()
                .is_some_and(|(id, revision, _)| *id == change.booking_id && *revision < change.revision)
        });
        if is_news {
            booking.refetch();
        }
    });
    let must_ask = Memo::new(move |_| {
        let is_moving = shown.with(|shown| shown.as_ref().is_some_and(|(_, _, status)| status.is_moving()));
        is_moving && connection.get() != Connection::Live
    });
    Effect::new(move || {
        if must_ask.get()
            && let Ok(poll) = set_interval_with_handle(move || booking.refetch(), POLL_EVERY)
        {
            on_cleanup(move || poll.clear());
        }
    });
    let state = Signal::derive(move || {
        shown.with(|shown| shown.as_ref().map(|(_, _, status)| text.booking_status(*status).to_owned()))
    });

    view! {
        <Page title=text.booking_title() description=text.bookings_lead()>
            <div class="page-width flex flex-col gap-6 pb-16">
                <header class="flex flex-col items-start gap-3 pt-2">
                    <a href="/bookings" class="link inline-flex items-center gap-2">
                        {Icon::ArrowLeft.view("size-4")}
                        {text.to_bookings()}
                    </a>
                    // There at once, so that it can take the focus.
                    <h1 tabindex="-1" class="text-title">
                        <Transition fallback=move || text.booking_title()>
                            {awaited(booking, move |page| heading(&page, text, |page| page.row.service.clone(), text.booking_title()))}
                        </Transition>
                    </h1>
                    <Transition>
                        {awaited(booking, |page| page.ok().map(|page| view! { <WhoAndState row=page.row/> }))}
                    </Transition>
                </header>
                <div class="outcomes">
                    <Announce words=state/>
                    <LiveStatus connection/>
                    <CancelOutcome action=cancel/>
                </div>
                <Transition fallback=|| view! { <Skeleton rows=3/> }>
                    {awaited(booking, move |page| match page {
                        Ok(page) => view! { <Everything page wants_to_cancel cancel/> }.into_any(),
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

#[component]
fn WhoAndState(row: BookingRow) -> impl IntoView {
    let text = use_lang();
    let title = format!("{}: {}", text.booking_status(row.status), row.service);
    view! {
        // A title that is only rebuilt would stay behind for good.
        {move || view! { <Title text=title.clone()/> }}
        <div class="flex flex-wrap items-center gap-x-4 gap-y-2">
            <p class="text-lead text-muted wrap-anywhere" dir="auto">{row.company}</p>
            <BookingBadge status=row.status/>
        </div>
        {row.reason.map(|reason| view! { <p class="font-semibold wrap-anywhere">{reason}</p> })}
    }
}

#[component]
fn Everything(
    page: BookingPage,
    wants_to_cancel: Memo<bool>,
    cancel: ServerAction<CancelBooking>,
) -> impl IntoView {
    let text = use_lang();
    let is_lost = matches!(page.row.status, BookingStatus::Failed | BookingStatus::Cancelled);
    let is_moving = page.row.status.is_moving();
    let (offer_id, service_id, alternatives) = (page.offer_id, page.service_id, page.alternatives);
    let (booking_id, quote) = (page.row.id.clone(), page.quote);
    let call = page.phone.chars().filter(|character| character.is_ascii_digit() || *character == '+');
    let call = format!("tel:{}", call.collect::<String>());
    let map = page.map.map(|map| {
        view! { <a href=map rel="external noopener" target="_blank" class="link">{text.offer_map()}</a> }
    });
    let address = format!("/bookings/{booking_id}");
    view! {
        <div class="beside">
            <section aria-labelledby="steps-title" class="checkout min-w-0">
                <h2 id="steps-title" class="text-heading">{text.booking_steps()}</h2>
                <StepList steps=page.steps/>
                <p class="text-sm text-muted">{text.booking_steps_clock()} " " {page.steps_place}</p>
                {is_moving
                    .then(|| {
                        view! {
                            <p class="flex flex-wrap items-center gap-x-3 text-sm text-muted">
                                {text.booking_moving()}
                                <a href=address rel="external" class="link">{text.booking_refresh()}</a>
                            </p>
                        }
                    })}
            </section>
            <div class="flex min-w-0 flex-col gap-6">
                <dl class="facts">
                    <dt>{Icon::Calendar.view("size-5")} {text.offer_when()}</dt>
                    <dd class="font-semibold"><Time when=page.row.when/></dd>
                    <dt>{Icon::Clock.view("size-5")} {text.offer_duration()}</dt>
                    <dd>{page.row.duration}</dd>
                    <dt>{Icon::Wallet.view("size-5")} {text.offer_price()}</dt>
                    <dd class="font-semibold"><Money amount=page.row.price/></dd>
                    <dt>{Icon::MapPin.view("size-5")} {text.offer_where()}</dt>
                    <dd class="wrap-anywhere"><span dir="auto">{page.address}</span> " " {map}</dd>
                    <dt>{Icon::Phone.view("size-5")} {text.offer_phone()}</dt>
                    <dd><a href=call class="link" dir="ltr">{page.phone}</a></dd>
                </dl>
                {quote.map(|quote| view! { <Cancel booking_id quote wants_to_cancel action=cancel/> })}
            </div>
        </div>
        {is_lost
            .then(|| {
                let search = Filter { service_id, ..Filter::default() }.address();
                view! {
                    <section aria-labelledby="next-title" class="flex flex-col gap-4">
                        <h2 id="next-title" class="text-heading">{text.booking_next()}</h2>
                        <div class="flex flex-wrap gap-2">
                            {page
                                .is_free_again
                                .then(|| {
                                    view! {
                                        <a href=format!("/offers/{offer_id}") class="btn btn-primary">
                                            {text.booking_again()}
                                        </a>
                                    }
                                })}
                            <a href=search class="btn btn-outline">{text.booking_search()}</a>
                        </div>
                    </section>
                    {(!alternatives.is_empty()).then(|| view! { <Alternatives offers=alternatives/> })}
                }
            })}
    }
}
