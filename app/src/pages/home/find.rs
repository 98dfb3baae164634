use leptos::prelude::*;

use crate::api::offers::read_search_form;
use crate::components::{Field, Icon, awaited};
use crate::pages::search::{SearchForm, ServiceChoice, first_day};
use crate::preferences::use_lang;

/// What, and from when: the shortest search. It is there even when nothing answers.
#[component]
pub fn Find() -> impl IntoView {
    let text = use_lang();
    let form = Resource::new_blocking(|| (), |()| read_search_form());
    let what = awaited(form, move |form| {
        let form = form.unwrap_or_default();
        let first_day = first_day(&form.days);
        let what = if form.categories.is_empty() {
            view! { <Field label=text.search_text() name="q" kind="search" maxlength=100/> }.into_any()
        } else {
            view! { <ServiceChoice categories=form.categories chosen=""/> }.into_any()
        };
        view! {
            {what}
            <Field label=text.search_when() name="from" kind="date" min=first_day.unwrap_or_default()/>
        }
    });
    view! {
        <SearchForm>
            <div class="search-card grid gap-4 sm:grid-cols-2">
                <Transition>{what}</Transition>
                <button class="btn btn-primary btn-lg h-auto min-h-12 px-3 py-2 text-base sm:col-span-2">
                    {Icon::Search.view("size-5")}
                    {text.search_submit()}
                </button>
            </div>
        </SearchForm>
    }
}
