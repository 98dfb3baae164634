use leptos::prelude::*;

use super::Icon;

/// How a notice is meant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    #[default]
    Info,
    Good,
    /// Something is asked of the reader.
    Warning,
    Bad,
}

/// A few words set apart, with an icon for their tone. They are read out when they appear.
#[component]
pub fn Notice(
    #[prop(optional)] tone: Tone,
    #[prop(into, optional)] title: String,
    children: Children,
) -> impl IntoView {
    let (icon, class, role) = match tone {
        Tone::Info => (Icon::Info, "notice", "status"),
        Tone::Good => (Icon::Check, "notice notice-good", "status"),
        Tone::Warning => (Icon::TriangleAlert, "notice notice-warning", "status"),
        Tone::Bad => (Icon::TriangleAlert, "notice notice-bad", "alert"),
    };
    view! {
        <div class=class role=role>
            {icon.view("mt-0.5 size-5 shrink-0")}
            <div class="flex min-w-0 flex-1 flex-col items-start gap-2">
                {(!title.is_empty()).then(|| view! { <p class="font-semibold">{title}</p> })}
                {children()}
            </div>
        </div>
    }
}
