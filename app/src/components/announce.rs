use leptos::prelude::*;

/// Reads out `words` whenever they change, but not those that the page came with.
#[component]
pub fn Announce(#[prop(into)] words: Signal<Option<String>>) -> impl IntoView {
    let said = RwSignal::new(String::new());
    Effect::new(move |before: Option<Option<String>>| {
        let before = before.flatten();
        let now = words.get();
        if let (Some(before), Some(now)) = (&before, &now)
            && before != now
        {
            said.set(now.clone());
        }
        now.or(before)
    });
    view! { <p class="sr-only" role="status">{said}</p> }
}
