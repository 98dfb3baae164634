use leptos::prelude::*;

use super::address::use_path_part;
use super::companies::role_words;
use super::frame::{CompanyPage, Missing, Tab};
use super::zones::zone_label;
use crate::api::companies::{CompanyProfile, OfCompany, read_company};
use crate::components::{Icon, Skeleton, awaited};
use crate::preferences::use_lang;

/// A company at a glance, and the way to its pages.
#[component]
pub fn ManageCompany() -> impl IntoView {
    let text = use_lang();
    let company = use_path_part("company");
    let loaded = Resource::new_blocking(move || company.get(), read_company);
    view! {
        <CompanyPage title=text.manage_overview_title() tab=Tab::Overview loaded>
            <div class="mt-6">
                <Transition fallback=|| view! { <Skeleton/> }>
                    {awaited(loaded, |loaded| match loaded {
                        Ok(company) => view! { <Overview company/> }.into_any(),
                        Err(error) => view! { <Missing error/> }.into_any(),
                    })}
                </Transition>
            </div>
        </CompanyPage>
    }
}

#[component]
fn Overview(company: OfCompany<CompanyProfile>) -> impl IntoView {
    let text = use_lang();
    let OfCompany { company, content: profile } = company;
    let path = format!("/manage/{}", company.id);
    let ways = [
        (
            Icon::Ticket,
            format!("{path}/bookings"),
            text.manage_bookings_title(),
            text.manage_to_bookings_words(),
        ),
        (Icon::Calendar, format!("{path}/offers"), text.manage_to_offers(), text.manage_to_offers_words()),
        (
            Icon::Search,
            format!("/search?company_id={}", company.id),
            text.manage_to_public(),
            text.manage_to_public_words(),
        ),
    ];
    view! {
        <ul class="grid gap-3 sm:gap-4 md:grid-cols-3">
            {ways
                .map(|(icon, path, title, words)| {
                    view! {
                        <li class="tile">
                            <span class="tile-icon">{icon.view("size-6")}</span>
                            <div>
                                <a href=path class="tile-link text-heading">{title}</a>
                                <p class="mt-1 text-muted">{words}</p>
                            </div>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
        <section aria-labelledby="details" class="sheet mt-8">
            <h2 id="details" class="text-heading">{text.manage_details()}</h2>
            <dl class="facts wrap-anywhere">
                <dt>{text.manage_name()}</dt>
                <dd dir="auto">{company.name}</dd>
                <dt>{text.manage_address()}</dt>
                <dd dir="auto">{profile.address}</dd>
                <dt>{text.manage_phone()}</dt>
                <dd dir="auto">{profile.phone}</dd>
                {profile
                    .description
                    .map(|description| {
                        view! {
                            <dt>{text.manage_about()}</dt>
                            <dd dir="auto" class="whitespace-pre-line">{description}</dd>
                        }
                    })}
                <dt>{text.manage_time_zone()}</dt>
                <dd>{zone_label(&profile.time_zone, text)}</dd>
                <dt>{text.manage_policy()}</dt>
                <dd>{text.manage_policy_words(profile.free_until_hours, profile.late_refund_percent)}</dd>
                {profile
                    .email
                    .map(|email| {
                        view! {
                            <dt>{text.manage_contacts_email()}</dt>
                            <dd>
                                <span dir="auto">{email}</span>
                                " "
                                <span class="text-muted">{text.manage_contacts_email_hidden()}</span>
                            </dd>
                        }
                    })}
                <dt>{text.manage_your_role()}</dt>
                <dd>{role_words(text, profile.role)}</dd>
            </dl>
        </section>
    }
}
