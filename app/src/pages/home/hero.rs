use leptos::prelude::*;

use super::example::Example;
use crate::components::Icon;
use crate::preferences::use_lang;

/// What BookSvc is for, in one sentence and one picture.
#[component]
pub fn Hero() -> impl IntoView {
    let text = use_lang();
    view! {
        <section class="page-width grid items-center gap-12 pt-8 pb-14 sm:pt-12 lg:grid-cols-[1.05fr_1fr] lg:gap-16 lg:pt-14 lg:pb-20">
            <div class="flex flex-col items-start gap-6">
                <h1 tabindex="-1" class="text-display">{text.home_title()}</h1>
                <p class="max-w-prose text-lead text-muted">{text.home_lead()}</p>
                <div class="mt-2 flex w-full flex-col gap-2 sm:flex-row">
                    <a href="#categories" rel="external" class="btn btn-primary btn-lg">
                        {text.home_to_categories()}
                        {Icon::ArrowDown.view("size-4")}
                    </a>
                    <a href="#steps" rel="external" class="btn btn-ghost btn-lg">{text.home_to_steps()}</a>
                </div>
            </div>
            <Example/>
        </section>
    }
}
