use leptos::html;
use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast;
use leptos::web_sys::HtmlFormElement;

use super::SearchForm;
use crate::api::filter::Filter;
use crate::api::offers::{Category, Day};
use crate::components::{Field, Icon, Select};
use crate::preferences::use_lang;

/// What to search by; everything stands in the address afterwards.
#[component]
pub fn SearchFields(filter: Memo<Filter>, categories: Vec<Category>) -> impl IntoView {
    let text = use_lang();
    let holder = NodeRef::<html::Div>::new();
    // A link, or the way back, may change the address under the form.
    Effect::new(move |is_later: Option<bool>| {
        filter.track();
        if is_later == Some(true) {
            request_animation_frame(move || {
                let form = holder
                    .try_get_untracked()
                    .flatten()
                    .and_then(|holder| holder.query_selector("form").ok().flatten());
                if let Some(form) = form {
                    form.unchecked_into::<HtmlFormElement>().reset();
                }
            });
        }
        true
    });
    let of = move |field: fn(&Filter) -> &String| {
        Signal::derive(move || filter.with(|filter| field(filter).clone()))
    };
    let service_id = of(|filter| &filter.service_id);
    // Open at first where something in it is set; then it is the visitor's, unless it holds a last day that he cannot see.
    let was_open = filter.with_untracked(Filter::has_details);
    let is_open = move || was_open || filter.with(Filter::has_last_day);
    view! {
        <div node_ref=holder>
            <SearchForm>
                <div class="search-card">
                    <div class="grid gap-4 sm:grid-cols-2 lg:grid-cols-[1.4fr_1.2fr_1fr_auto] lg:items-end">
                        {(!categories.is_empty())
                            .then(|| view! { <ServiceChoice categories chosen=service_id/> })}
                        <Field
                            label=text.search_text()
                            name="q"
                            kind="search"
                            value=of(|filter| &filter.q)
                            maxlength=100
                            placeholder=text.search_text_hint()
                        />
                        <Field label=text.search_when() name="from" kind="date" value=of(|filter| &filter.from)/>
                        <button class="btn btn-primary">
                            {Icon::Search.view("size-4")}
                            {text.search_submit()}
                        </button>
                    </div>
                    <details open=is_open class="mt-4">
                        <summary class="summary">{text.search_details()}</summary>
                        <div class="mt-3 grid grid-cols-2 gap-4 lg:grid-cols-5">
                            <Field
                                label=text.search_until()
                                name="to"
                                kind="date"
                                value=of(|filter| &filter.to)
                            />
                            <Field
                                label=text.search_time_from()
                                name="time_from"
                                kind="time"
                                value=of(|filter| &filter.time_from)
                            />
                            <Field
                                label=text.search_time_to()
                                name="time_to"
                                kind="time"
                                value=of(|filter| &filter.time_to)
                            />
                            <Field
                                label=text.search_price_min()
                                name="price_min"
                                inputmode="decimal"
                                value=of(|filter| &filter.price_min)
                                maxlength=16
                            />
                            <Field
                                label=text.search_price_max()
                                name="price_max"
                                inputmode="decimal"
                                value=of(|filter| &filter.price_max)
                                maxlength=16
                            />
                        </div>
                    </details>
                    <input type="hidden" name="sort" value=of(|filter| &filter.sort)/>
                    <input type="hidden" name="company_id" value=of(|filter| &filter.company_id)/>
                </div>
            </SearchForm>
        </div>
    }
}

/// The services by category.
#[component]
pub fn ServiceChoice(categories: Vec<Category>, #[prop(into)] chosen: Signal<String>) -> impl IntoView {
    let text = use_lang();
    let option = move |id: String, name: String| {
        let value = id.clone();
        view! {
            <option value=value selected=move || chosen.with(|chosen| *chosen == id)>{name}</option>
        }
    };
    let groups = categories
        .into_iter()
        .map(|category| {
            let whole = if category.services.is_empty() {
                category.name.clone()
            } else {
                format!("{}: {}", category.name, text.search_whole_category())
            };
            let services = category.services.into_iter().map(|(id, name)| option(id, name)).collect_view();
            view! {
                <optgroup label=category.name>
                    {option(category.id, whole)}
                    {services}
                </optgroup>
            }
        })
        .collect_view();
    view! {
        <Select label=text.search_what() name="service_id">
            <option value="">{text.search_anything()}</option>
            {groups}
        </Select>
    }
}

/// Before it there is nothing to find.
pub fn first_day(days: &[Day]) -> Option<String> {
    days.first().map(|day| day.date.clone())
}
