use leptos::prelude::*;

use super::Icon;

/// Stands where a list has nothing in it; the children say what to do next.
#[component]
pub fn Empty(
    #[prop(default = Icon::Calendar)] icon: Icon,
    #[prop(into)] title: String,
    #[prop(into, optional)] words: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="tile-icon">{icon.view("size-6")}</span>
            <p class="text-heading">{title}</p>
            {(!words.is_empty()).then(|| view! { <p class="max-w-prose text-muted">{words}</p> })}
            {children.map(|children| view! { <div class="mt-2 flex flex-wrap justify-center gap-2">{children()}</div> })}
        </div>
    }
}

/// Holds the place of a list while it is on its way.
#[component]
pub fn Skeleton(#[prop(default = 3)] rows: usize) -> impl IntoView {
    let text = crate::preferences::use_lang();
    view! {
        <div class="flex flex-col gap-3" role="status">
            <span class="sr-only">{text.loading()}</span>
            {(0..rows).map(|_| view! { <div class="skeleton" aria-hidden="true"></div> }).collect_view()}
        </div>
    }
}
