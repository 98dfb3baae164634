use leptos::prelude::*;
use leptos_router::components::A;

use super::frame::Missing;
use crate::api::companies::{MyCompany, Role, my_companies};
use crate::components::{Empty, Icon, Page, Skeleton, awaited};
use crate::i18n::Lang;
use crate::preferences::use_lang;

/// The companies that the viewer acts for.
#[component]
pub fn ManageCompanies() -> impl IntoView {
    let text = use_lang();
    let companies = Resource::new_blocking(|| (), |()| my_companies());
    view! {
        <Page title=text.manage_title() description=text.manage_lead()>
            <div class="page-width pt-6 pb-16">
                <div class="flex flex-wrap items-end justify-between gap-4">
                    <div>
                        <h1 tabindex="-1" class="text-title">{text.manage_title()}</h1>
                        <p class="mt-2 max-w-prose text-lead text-muted">{text.manage_lead()}</p>
                    </div>
                    <A href="/manage/new" {..} class="btn btn-outline">
                        {Icon::Plus.view("size-4")}
                        {text.manage_new()}
                    </A>
                </div>
                <div class="mt-8">
                    <Transition fallback=|| view! { <Skeleton/> }>
                        {awaited(companies, |companies| match companies {
                            Ok(companies) if companies.is_empty() => view! { <None/> }.into_any(),
                            Ok(companies) => view! { <Cards companies/> }.into_any(),
                            Err(error) => view! { <Missing error/> }.into_any(),
                        })}
                    </Transition>
                </div>
            </div>
        </Page>
    }
}

#[component]
fn None() -> impl IntoView {
    let text = use_lang();
    view! {
        <Empty title=text.manage_none_title() words=text.manage_none()>
            <A href="/manage/new" {..} class="btn btn-primary">{text.manage_create()}</A>
        </Empty>
    }
}

#[component]
fn Cards(companies: Vec<MyCompany>) -> impl IntoView {
    let text = use_lang();
    view! {
        <ul class="grid gap-3 sm:gap-4 md:grid-cols-2">
            {companies
                .into_iter()
                .map(|company| {
                    let path = format!("/manage/{}", company.id);
                    let (icon, class, state) = if company.active {
                        (Icon::Check, "badge badge-good", text.manage_active())
                    } else {
                        (Icon::Ban, "badge", text.manage_inactive())
                    };
                    view! {
                        <li class="sheet">
                            <h2 class="text-heading wrap-anywhere" dir="auto">
                                <a href=path.clone() class="link">{company.name.clone()}</a>
                            </h2>
                            <p class="text-muted wrap-anywhere" dir="auto">{company.address}</p>
                            <p class="flex flex-wrap gap-2">
                                <span class=class>{icon.view("size-3.5")} {state}</span>
                                <span class="badge">{role_words(text, company.role)}</span>
                            </p>
                            <p class="mt-auto flex flex-wrap gap-2 pt-2">
                                <a href=format!("{path}/bookings") class="btn btn-primary">
                                    {text.manage_tab_bookings()}
                                    <span class="sr-only">" · " {company.name.clone()}</span>
                                </a>
                                <a href=format!("{path}/offers") class="btn">
                                    {text.manage_tab_offers()}
                                    <span class="sr-only">" · " {company.name}</span>
                                </a>
                            </p>
                        </li>
                    }
                })
                .collect_view()}
        </ul>
    }
}

pub fn role_words(text: Lang, role: Role) -> &'static str {
    match role {
        Role::Manager => text.manage_role_manager(),
        Role::Owner => text.manage_role_owner(),
    }
}
