mod categories;
mod example;
mod find;
mod hero;
mod promises;
mod soonest;
mod steps;

use leptos::prelude::*;

use crate::components::Page;
use crate::preferences::use_lang;
use categories::Categories;
use hero::Hero;
use promises::Promises;
use soonest::Soonest;
use steps::Steps;

#[component]
pub fn Home() -> impl IntoView {
    let text = use_lang();
    view! {
        <Page title=text.home_title() description=text.home_lead()>
            <Hero/>
            <Soonest/>
            <Steps/>
            <Categories/>
            <Promises/>
        </Page>
    }
}
