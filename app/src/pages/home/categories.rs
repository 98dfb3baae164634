use leptos::prelude::*;

use crate::components::Icon;
use crate::preferences::use_lang;

/// The six branches of the catalogue, by their ids in it.
#[component]
pub fn Categories() -> impl IntoView {
    let text = use_lang();
    let categories = [
        (1, Icon::Scissors, text.category_beauty(), text.category_beauty_examples()),
        (2, Icon::Car, text.category_car(), text.category_car_examples()),
        (3, Icon::Stethoscope, text.category_medicine(), text.category_medicine_examples()),
        (4, Icon::Smartphone, text.category_electronics(), text.category_electronics_examples()),
        (5, Icon::Dumbbell, text.category_sport(), text.category_sport_examples()),
        (6, Icon::Ticket, text.category_leisure(), text.category_leisure_examples()),
    ];
    view! {
        <section id="categories" aria-labelledby="categories-title" class="page-width section">
            <h2 id="categories-title" class="text-title">{text.categories_title()}</h2>
            <p class="mt-3 max-w-prose text-lead text-muted">{text.categories_lead()}</p>
            <ul class="mt-10 grid gap-3 sm:grid-cols-2 sm:gap-4 lg:grid-cols-3">
                {categories
                    .map(|(id, icon, name, examples)| {
                        view! {
                            <li class="tile">
                                <span class="tile-icon">{icon.view("size-6")}</span>
                                <div>
                                    <h3 class="text-heading">
                                        <a href=format!("/search?service_id={id}") class="tile-link">{name}</a>
                                    </h3>
                                    <p class="mt-1 text-muted">{examples}</p>
                                </div>
                            </li>
                        }
                    })
                    .collect_view()}
            </ul>
        </section>
    }
}
