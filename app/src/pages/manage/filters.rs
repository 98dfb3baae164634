use leptos::prelude::*;
use leptos_router::components::Form;

use crate::components::Icon;
use crate::preferences::use_lang;

/// A form that narrows the list below it; what it says stands in the address.
#[component]
pub fn Filters(
    /// The page itself.
    path: Signal<String>,
    /// Whether the list is narrowed.
    #[prop(into)]
    is_narrowed: Signal<bool>,
    children: Children,
) -> impl IntoView {
    let text = use_lang();
    view! {
        <search>
            <Form method="GET" action=move || path.get() noscroll=true attr:class="filters" attr:aria-label=text.manage_filters()>
                {children()}
                <div class="filters-act">
                    <button class="btn">
                        {Icon::Search.view("size-4")}
                        {text.manage_filter_show()}
                    </button>
                    <a href=path class="btn btn-ghost" hidden=move || !is_narrowed.get()>
                        {text.manage_clear_filters()}
                    </a>
                </div>
            </Form>
        </search>
    }
}

/// One input of the filters. It follows the address, also when Back is pressed.
#[component]
pub fn FilterInput(
    #[prop(into)] label: String,
    /// Its name in the address and its id in the page.
    name: &'static str,
    #[prop(default = "date")] kind: &'static str,
    #[prop(into)] value: Signal<String>,
    #[prop(optional)] maxlength: Option<u16>,
    /// What can be typed.
    #[prop(optional)]
    placeholder: Option<&'static str>,
) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name class="field-label">{label}</label>
            <input
                id=name
                name=name
                type=kind
                class="input"
                maxlength=maxlength.map(|length| length.to_string())
                placeholder=placeholder
                autocomplete="off"
                value=move || value.get()
                prop:value=move || value.get()
            />
        </div>
    }
}

/// A choice of the filters; the children are its [`FilterOption`]s.
#[component]
pub fn FilterSelect(#[prop(into)] label: String, name: &'static str, children: Children) -> impl IntoView {
    view! {
        <div class="field">
            <label for=name class="field-label">{label}</label>
            <select id=name name=name class="input select">
                {children()}
            </select>
        </div>
    }
}

#[component]
pub fn FilterOption(
    #[prop(into)] value: String,
    #[prop(into)] label: String,
    /// What the address says.
    chosen: Memo<String>,
) -> impl IntoView {
    let own = value.clone();
    let is_chosen = Signal::derive(move || chosen.with(|chosen| *chosen == own));
    view! {
        <option value=value selected=move || is_chosen.get() prop:selected=move || is_chosen.get()>
            {label}
        </option>
    }
}
