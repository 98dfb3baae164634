use leptos::prelude::*;

/// The button of a form. While the form is on its way it says so and cannot be pressed again.
#[component]
pub fn Submit(
    #[prop(into)] label: Signal<String>,
    #[prop(into)] pending_label: String,
    /// Whether the form is on its way: the action's `pending()`.
    #[prop(into)]
    pending: Signal<bool>,
    #[prop(default = "btn btn-primary")] class: &'static str,
) -> impl IntoView {
    view! {
        <button type="submit" class=class disabled=pending aria-busy=move || pending.get().then_some("true")>
            <span class="spinner" hidden=move || !pending.get() aria-hidden="true"></span>
            {move || if pending.get() { pending_label.clone() } else { label.get() }}
        </button>
    }
}
