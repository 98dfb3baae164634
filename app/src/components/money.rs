use leptos::prelude::*;

/// An amount, as the server has written it: it stays on one line, and its digits stand under each other.
#[component]
pub fn Money(#[prop(into)] amount: Signal<String>) -> impl IntoView {
    view! { <span class="whitespace-nowrap tabular-nums">{amount}</span> }
}
