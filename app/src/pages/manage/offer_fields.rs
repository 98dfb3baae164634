use leptos::prelude::*;

use crate::api::ApiError;
use crate::api::company_offers::{OfferForm, ServiceGroup};
use crate::components::{Field, Icon, Select, TextArea, field_error, field_input};
use crate::preferences::use_lang;

/// The last answer to the form.
type Answer = MappedSignal<Option<Result<(), ApiError>>>;

/// The service that is offered.
#[component]
pub fn ServiceField(answer: Answer, groups: Vec<ServiceGroup>, chosen: String) -> impl IntoView {
    let text = use_lang();
    let chosen = field_input(answer, "service_id", &chosen);
    let nothing = chosen.is_empty();
    view! {
        <Select label=text.manage_service() name="service_id" error=field_error(answer, "service_id")>
            <option value="" selected=nothing>{text.manage_choose_service()}</option>
            {groups
                .into_iter()
                .map(|group| {
                    let options = group
                        .services
                        .into_iter()
                        .map(|service| {
                            let selected = service.id == chosen;
                            view! { <option value=service.id selected=selected>{service.name}</option> }
                        })
                        .collect_view();
                    view! { <optgroup label=group.name>{options}</optgroup> }
                })
                .collect_view()}
        </Select>
    }
}

/// All that an offer says but its service.
#[component]
pub fn OfferFields(
    answer: Answer,
    form: OfferForm,
    /// Whose clock the start is on.
    place: String,
) -> impl IntoView {
    let text = use_lang();
    let OfferForm { fields, today } = form;
    view! {
        <StartFields answer date=fields.date time=fields.time today place/>
        <div class="grid gap-5 sm:grid-cols-2">
            <Field
                label=text.manage_duration()
                name="duration_min"
                kind="number"
                value=field_input(answer, "duration_min", &fields.duration_min)
                error=field_error(answer, "duration_min")
                hint=text.manage_duration_hint()
                inputmode="numeric"
                min="5"
                max="1440"
                step="5"
                required=true
            />
            // Not of the type `number`: people write a comma, and the mouse wheel must not change a price.
            <Field
                label=text.manage_price_rub()
                name="price"
                value=field_input(answer, "price", &fields.price)
                error=field_error(answer, "price")
                inputmode="decimal"
                maxlength=16
                required=true
                autocomplete="off"
            />
        </div>
        <TextArea
            label=text.manage_description()
            name="description"
            value=field_input(answer, "description", &fields.description)
            error=field_error(answer, "description")
            hint=text.manage_offer_description_hint()
            maxlength=2000
        />
    }
}

/// Day and time are two inputs and one moment, so what is wrong with it belongs to both.
#[component]
fn StartFields(answer: Answer, date: String, time: String, today: String, place: String) -> impl IntoView {
    let text = use_lang();
    let error = field_error(answer, "datetime");
    let invalid = move || error.with(Option::is_some).then_some("true");
    let described_by = move || {
        if error.with(Option::is_some) { "datetime-error datetime-hint" } else { "datetime-hint" }
    };
    view! {
        <fieldset class="field">
            <legend class="text-heading mb-1.5">{text.manage_start()}</legend>
            <div class="grid gap-5 sm:grid-cols-2">
                <div class="field">
                    <label for="date" class="field-label">{text.manage_date()}</label>
                    <input
                        id="date"
                        name="date"
                        type="date"
                        class="input"
                        min=today
                        value=field_input(answer, "date", &date)
                        required
                        aria-invalid=invalid
                        aria-describedby=described_by
                    />
                </div>
                <div class="field">
                    <label for="time" class="field-label">{text.manage_time()}</label>
                    <input
                        id="time"
                        name="time"
                        type="time"
                        class="input"
                        value=field_input(answer, "time", &time)
                        required
                        aria-invalid=invalid
                        aria-describedby=described_by
                    />
                </div>
            </div>
            <p id="datetime-hint" class="text-sm text-muted">{text.manage_clock_of(&place)}</p>
            {move || {
                error
                    .get()
                    .map(|message| {
                        view! {
                            <p id="datetime-error" class="field-error">
                                {Icon::TriangleAlert.view("mt-0.5 size-4 shrink-0")}
                                <span>{message}</span>
                            </p>
                        }
                    })
            }}
        </fieldset>
    }
}
