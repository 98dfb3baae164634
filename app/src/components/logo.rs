use leptos::prelude::*;

/// Two slots on a spine, one of them taken further: a B that is also a timetable.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <span class="flex items-center gap-2.5">
            <svg viewBox="0 0 32 32" class="size-8 shrink-0" aria-hidden="true">
                <rect width="32" height="32" rx="9" class="fill-primary"/>
                <g class="fill-primary-content">
                    <rect x="8" y="7" width="3" height="18" rx="1.5"/>
                    <rect x="13" y="7" width="8" height="8" rx="2.5"/>
                    <rect x="13" y="17" width="12" height="8" rx="2.5"/>
                </g>
            </svg>
            <span class="text-lg font-semibold tracking-tight">"BookSvc"</span>
        </span>
    }
}
