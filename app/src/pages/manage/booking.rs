use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos::server_fn::ServerFn;

use super::address::use_path_part;
use super::form::FormProblem;
use super::frame::{CompanyPage, Loaded, Missing, Tab};
use super::live::use_company_changes;
use crate::api::ApiError;
use crate::api::companies::OfCompany;
use crate::api::company_bookings::{
    CancelCompanyBooking, Choice, CompanyBookingDetail, CompleteBooking, Contacts, Happening, MarkNoShow,
    read_company_booking,
};
use crate::components::{
    BookingBadge, Icon, LiveStatus, Notice, Skeleton, Submit, TextArea, Time, Tone, awaited, field_error,
    field_input,
};
use crate::live::use_reconnects;
use crate::preferences::use_lang;

/// A booking with its client, what happened, and what can be done about it.
#[component]
pub fn ManageBooking() -> impl IntoView {
    let text = use_lang();
    let (company, booking) = (use_path_part("company"), use_path_part("booking"));
    let reconnects = use_reconnects();
    let loaded = Resource::new_blocking(
        move || (company.get(), booking.get(), reconnects.get()),
        |(company, booking, _)| read_company_booking(company, booking),
    );
    let shown = StoredValue::new(None::<i64>);
    Effect::new(move || {
        shown.set_value(loaded.get().and_then(Result::ok).map(|loaded| loaded.content.booking.revision))
    });
    let revision = move |id: &str| {
        if booking.with_untracked(|booking| booking != id) {
            // Whatever happens to others does not show here.
            return Some(i64::MAX);
        }
        shown.get_value()
    };
    let connection = use_company_changes(company, revision, move || loaded.refetch());
    let actions =
        Actions { cancel: ServerAction::new(), complete: ServerAction::new(), no_show: ServerAction::new() };
    actions.refetch_when_done(loaded);

    view! {
        <CompanyPage title=text.manage_booking_title() tab=Tab::Bookings loaded>
            <div class="mt-2 flex flex-wrap items-center justify-between gap-3">
                <a href=move || format!("/manage/{}/bookings", company.get()) class="back-link">
                    {Icon::ArrowLeft.view("size-4")}
                    {text.manage_back_to_bookings()}
                </a>
                <LiveStatus connection/>
            </div>
            <Outcome actions/>
            <div class="mt-4">
                <Transition fallback=|| view! { <Skeleton/> }>
                    {awaited(loaded, move |loaded| match loaded {
                        Ok(loaded) => view! { <Booking loaded actions/> }.into_any(),
                        Err(error) => view! { <Missing error/> }.into_any(),
                    })}
                </Transition>
            </div>
        </CompanyPage>
    }
}

/// What a company can do about a booking.
#[derive(Clone, Copy)]
struct Actions {
    cancel: ServerAction<CancelCompanyBooking>,
    complete: ServerAction<CompleteBooking>,
    no_show: ServerAction<MarkNoShow>,
}

impl Actions {
    fn refetch_when_done(self, loaded: Resource<Loaded<CompanyBookingDetail>>) {
        let Actions { cancel, complete, no_show } = self;
        Effect::new(move || {
            if is_done(cancel) || is_done(complete) || is_done(no_show) {
                loaded.refetch();
            }
        });
    }
}

fn is_done<S>(action: ServerAction<S>) -> bool
where
    S: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
{
    action.value().with(|answer| matches!(answer, Some(Ok(()))))
}

/// Says what the person has just done, or why it was refused.
#[component]
fn Outcome(actions: Actions) -> impl IntoView {
    let text = use_lang();
    let Actions { cancel, complete, no_show } = actions;
    view! {
        <div class="mt-4 flex flex-col gap-3 empty:hidden">
            <FormProblem action=cancel/>
            <FormProblem action=complete/>
            <FormProblem action=no_show/>
            {move || {
                let words = if is_done(cancel) {
                    text.manage_cancelled()
                } else if is_done(complete) {
                    text.manage_completed()
                } else if is_done(no_show) {
                    text.manage_no_show_done()
                } else {
                    return None;
                };
                Some(view! { <Notice tone=Tone::Good><p>{words}</p></Notice> })
            }}
        </div>
    }
}

#[component]
fn Booking(loaded: OfCompany<CompanyBookingDetail>, actions: Actions) -> impl IntoView {
    let text = use_lang();
    let OfCompany { company, content: detail } = loaded;
    let CompanyBookingDetail { booking, duration, booked_at, contacts, choice, timeline } = detail;
    view! {
        <div class="grid gap-4 lg:grid-cols-[1.2fr_1fr] lg:items-start">
            <div class="flex flex-col gap-4">
                <section aria-labelledby="visit" class="sheet">
                    <div class="flex flex-wrap items-center justify-between gap-2">
                        <h2 id="visit" class="text-heading">{text.manage_visit()}</h2>
                        <BookingBadge status=booking.status/>
                    </div>
                    <dl class="facts wrap-anywhere">
                        <dt>{text.manage_when()}</dt>
                        <dd><Time when=booking.when/></dd>
                        <dt>{text.manage_service()}</dt>
                        <dd>{booking.service}</dd>
                        <dt>{text.manage_duration_short()}</dt>
                        <dd>{duration}</dd>
                        <dt>{text.manage_price()}</dt>
                        <dd class="tabular-nums">{booking.price}</dd>
                        <dt>{text.manage_booked_at()}</dt>
                        <dd><Time when=booked_at/></dd>
                        {booking
                            .reason
                            .map(|reason| {
                                view! {
                                    <dt>{text.manage_reason()}</dt>
                                    <dd dir="auto">{reason}</dd>
                                }
                            })}
                    </dl>
                </section>
                <Client contacts/>
                <Act company_id=company.id booking_id=booking.id choice actions/>
            </div>
            <Timeline timeline/>
        </div>
    }
}

#[component]
fn Client(contacts: Option<Contacts>) -> impl IntoView {
    let text = use_lang();
    let known = contacts.map(|Contacts { name, email, phone }| {
        let phone = match phone {
            Some(phone) => {
                let dialled: String = phone
                    .chars()
                    .filter(|character| character.is_ascii_digit() || *character == '+')
                    .collect();
                view! { <a href=format!("tel:{dialled}") class="link" dir="ltr">{phone}</a> }.into_any()
            }
            None => view! { <span class="text-muted">{text.manage_no_phone()}</span> }.into_any(),
        };
        view! {
            <p class="wrap-anywhere text-left font-semibold" dir="auto">{name}</p>
            <p class="flex items-center gap-2">
                {Icon::Mail.view("size-4 shrink-0 text-muted")}
                <a href=format!("mailto:{email}") class="link wrap-anywhere" dir="ltr">{email.clone()}</a>
            </p>
            <p class="flex items-center gap-2">
                {Icon::Phone.view("size-4 shrink-0 text-muted")}
                {phone}
            </p>
        }
    });
    let unknown = known.is_none().then(|| view! { <p class="text-muted">{text.manage_client_unknown()}</p> });
    view! {
        <section aria-labelledby="client" class="sheet">
            <h2 id="client" class="text-heading">{text.manage_client()}</h2>
            {known}
            {unknown}
        </section>
    }
}

#[component]
fn Act(company_id: String, booking_id: String, choice: Choice, actions: Actions) -> impl IntoView {
    let text = use_lang();
    let (words, forms) = match choice {
        Choice::Nothing => return ().into_any(),
        Choice::Cancel => {
            let cancel = actions.cancel;
            (text.manage_before_visit(), view! { <Cancel company_id booking_id cancel/> }.into_any())
        }
        Choice::Conclude => {
            (text.manage_conclude_words(), view! { <Conclude company_id booking_id actions/> }.into_any())
        }
    };
    view! {
        <section aria-labelledby="act" class="sheet">
            <h2 id="act" class="text-heading">{text.manage_actions()}</h2>
            <p class="text-muted">{words}</p>
            {forms}
        </section>
    }
    .into_any()
}

/// Two answers to one question: while one is on its way, the other cannot be given.
#[component]
fn Conclude(company_id: String, booking_id: String, actions: Actions) -> impl IntoView {
    let text = use_lang();
    let Actions { complete, no_show, .. } = actions;
    let is_busy = Signal::derive(move || complete.pending().get() || no_show.pending().get());
    let ids = (company_id.clone(), booking_id.clone());
    view! {
        <fieldset class="flex flex-wrap gap-2" disabled=is_busy>
            <legend class="sr-only">{text.manage_actions()}</legend>
            <ActionForm action=complete>
                <input type="hidden" name="company_id" value=ids.0/>
                <input type="hidden" name="booking_id" value=ids.1/>
                <Submit
                    label=text.manage_complete()
                    pending_label=text.manage_completing()
                    pending=complete.pending()
                />
            </ActionForm>
            <details class="confirm">
                <summary class="btn">{text.manage_no_show()}</summary>
                <div class="confirm-body">
                    <p>{text.manage_no_show_words()}</p>
                    <ActionForm action=no_show>
                        <input type="hidden" name="company_id" value=company_id/>
                        <input type="hidden" name="booking_id" value=booking_id/>
                        <Submit
                            label=text.manage_no_show_confirm()
                            pending_label=text.manage_completing()
                            pending=no_show.pending()
                        />
                    </ActionForm>
                </div>
            </details>
        </fieldset>
    }
}

/// Two steps, also without JavaScript: what will happen is read before it can be done.
#[component]
fn Cancel(
    company_id: String,
    booking_id: String,
    cancel: ServerAction<CancelCompanyBooking>,
) -> impl IntoView {
    let text = use_lang();
    let answer = cancel.value();
    // A form that came back with its input is shown as it was.
    let reason = field_input(answer, "reason", "");
    let open = !reason.is_empty();
    view! {
        <details class="confirm" open=open>
            <summary class="btn">{Icon::Undo.view("size-4")} {text.manage_cancel()}</summary>
            <div class="confirm-body">
                <p>{text.manage_cancel_words()}</p>
                <ActionForm action=cancel attr:class="flex flex-col gap-4">
                    <input type="hidden" name="company_id" value=company_id/>
                    <input type="hidden" name="booking_id" value=booking_id/>
                    <TextArea
                        label=text.manage_cancel_reason()
                        name="reason"
                        value=reason
                        error=field_error(answer, "reason")
                        rows=3
                        maxlength=500
                    />
                    <div>
                        <Submit
                            label=text.manage_cancel_confirm()
                            pending_label=text.manage_cancelling()
                            pending=cancel.pending()
                        />
                    </div>
                </ActionForm>
            </div>
        </details>
    }
}

#[component]
fn Timeline(timeline: Vec<Happening>) -> impl IntoView {
    let text = use_lang();
    view! {
        <section aria-labelledby="timeline" class="sheet">
            <h2 id="timeline" class="text-heading">{text.manage_timeline()}</h2>
            <ol class="history">
                {timeline
                    .into_iter()
                    .map(|Happening { at, words, detail, is_mail }| {
                        let icon = if is_mail { Icon::Mail } else { Icon::Check };
                        view! {
                            <li>
                                <span class="history-mark">{icon.view("size-3")}</span>
                                <div class="min-w-0">
                                    <p>{words}</p>
                                    {detail
                                        .map(|detail| {
                                            view! { <p class="text-muted wrap-anywhere" dir="auto">{detail}</p> }
                                        })}
                                    <p class="text-sm text-muted"><Time when=at/></p>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}
