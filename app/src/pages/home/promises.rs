use leptos::prelude::*;

use crate::preferences::use_lang;

/// What holds whatever happens in between.
#[component]
pub fn Promises() -> impl IntoView {
    let text = use_lang();
    let promises = [
        (text.promise_once_title(), text.promise_once_text()),
        (text.promise_money_title(), text.promise_money_text()),
        (text.promise_told_title(), text.promise_told_text()),
    ];
    view! {
        <section aria-labelledby="promises-title" class="page-width pt-6 lg:pt-8">
            <div class="promises">
                <h2 id="promises-title" class="text-title">{text.promises_title()}</h2>
                <ul class="mt-8 grid gap-8 sm:mt-10 md:grid-cols-3">
                    {promises
                        .map(|(title, words)| {
                            view! {
                                <li>
                                    <h3 class="text-heading">{title}</h3>
                                    <p class="promises-text mt-2">{words}</p>
                                </li>
                            }
                        })
                        .collect_view()}
                </ul>
            </div>
        </section>
    }
}
