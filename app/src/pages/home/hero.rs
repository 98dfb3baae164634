use leptos::prelude::*;

use super::example::Example;
use super::find::Find;
use crate::preferences::use_lang;

/// What BookSvc is for, in one sentence and one picture, and the way in.
#[component]
pub fn Hero() -> impl IntoView {
    let text = use_lang();
    view! {
        <section class="page-width grid items-center gap-12 pt-8 pb-10 sm:pt-12 lg:grid-cols-[1.05fr_1fr] lg:gap-16 lg:pt-14">
            <div class="flex flex-col items-start gap-6">
                <h1 tabindex="-1" class="text-display">{text.home_title()}</h1>
                <p class="max-w-prose text-lead text-muted">{text.home_lead()}</p>
                <Find/>
                <a href="#steps" rel="external" class="link">{text.home_to_steps()}</a>
            </div>
            <Example/>
        </section>
    }
}
