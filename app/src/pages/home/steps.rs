use leptos::prelude::*;

use crate::preferences::use_lang;

/// The whole way in three steps.
#[component]
pub fn Steps() -> impl IntoView {
    let text = use_lang();
    let steps = [
        (text.step_find_title(), text.step_find_text()),
        (text.step_pay_title(), text.step_pay_text()),
        (text.step_watch_title(), text.step_watch_text()),
    ];
    view! {
        <section id="steps" aria-labelledby="steps-title" class="page-width section">
            <h2 id="steps-title" class="text-title">{text.steps_title()}</h2>
            <ol class="steps-line mt-10">
                {steps
                    .into_iter()
                    .enumerate()
                    .map(|(index, (title, words))| {
                        view! {
                            <li>
                                <span class="steps-number" aria-hidden="true">{index + 1}</span>
                                <h3 class="text-heading">{title}</h3>
                                <p class="mt-2 max-w-prose text-muted">{words}</p>
                            </li>
                        }
                    })
                    .collect_view()}
            </ol>
        </section>
    }
}
