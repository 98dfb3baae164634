use leptos::prelude::*;
use leptos_router::components::A;

use super::address::use_path_part;
use crate::api::ApiError;
use crate::api::companies::{CompanyHead, OfCompany};
use crate::components::{Icon, Page, Problem, awaited, heading, set_status};
use crate::preferences::use_lang;

/// The pages of a company that its other pages lead to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tab {
    Overview,
    Offers,
    Bookings,
}

/// What a page about a company has come to.
pub type Loaded<T> = Result<OfCompany<T>, ApiError>;

/// A page about the company of the address: its name, the way to its other pages, a heading, and the content.
#[component]
pub fn CompanyPage<T: Send + Sync + 'static>(
    #[prop(into)] title: String,
    tab: Tab,
    /// The content, which knows the company's name.
    loaded: Resource<Loaded<T>>,
    children: Children,
) -> impl IntoView
where
    Loaded<T>: Clone,
{
    let text = use_lang();
    let (usual, at_first) = (title.clone(), title.clone());
    view! {
        <Page title description=text.manage_lead()>
            <div class="page-width pt-2 pb-16">
                <CompanyBar tab head=Signal::derive(move || loaded.with(head))/>
                // There at once, so that it can take the focus.
                <h1 tabindex="-1" class="text-title mt-8">
                    <Transition fallback=move || at_first.clone()>
                        {awaited(loaded, move |loaded| heading(&loaded, text, |_| usual.clone(), &usual))}
                    </Transition>
                </h1>
                {children()}
            </div>
        </Page>
    }
}

fn head<T>(loaded: &Option<Loaded<T>>) -> Option<CompanyHead> {
    loaded.as_ref().and_then(|loaded| loaded.as_ref().ok()).map(|loaded| loaded.company.clone())
}

#[component]
fn CompanyBar(tab: Tab, head: Signal<Option<CompanyHead>>) -> impl IntoView {
    let text = use_lang();
    let company = use_path_part("company");
    let tabs = [
        (Tab::Overview, "", text.manage_tab_overview()),
        (Tab::Offers, "/offers", text.manage_tab_offers()),
        (Tab::Bookings, "/bookings", text.manage_tab_bookings()),
    ];
    view! {
        <div class="company-bar">
            <A href="/manage" {..} class="back-link">
                {Icon::ArrowLeft.view("size-4")}
                {text.manage_all()}
            </A>
            <p class="company-name" dir="auto">
                <Transition fallback=|| "\u{a0}">
                    {move || head.get().map(|company| company.name)}
                </Transition>
            </p>
            <Transition>
                {move || {
                    head.get()
                        .filter(|company| !company.active)
                        .map(|_| {
                            view! {
                                <p class="text-sm text-muted">
                                    <strong>{text.manage_inactive()} ". "</strong>
                                    {text.manage_inactive_words()}
                                </p>
                            }
                        })
                }}
            </Transition>
            <nav aria-label=text.manage_tabs() class="tabs">
                {tabs
                    .map(|(of, path, label)| {
                        let current = (of == tab).then_some("page");
                        view! {
                            <a
                                href=move || format!("/manage/{}{path}", company.get())
                                class="tab"
                                aria-current=current
                            >
                                {label}
                            </a>
                        }
                    })
                    .collect_view()}
            </nav>
        </div>
    }
}

/// Stands where the page's main content should be that could not be had; the status of the page goes with it.
#[component]
pub fn Missing(error: ApiError) -> impl IntoView {
    set_status(&error);
    view! {
        <div class="mt-6">
            <Problem error is_headed=true/>
        </div>
    }
}

/// What was wrong with the page's content, where it could not be had.
pub fn missing<T: Send + Sync + 'static>(loaded: Resource<Loaded<T>>) -> Option<ApiError>
where
    Loaded<T>: Clone,
{
    loaded.with(|loaded| loaded.as_ref().and_then(|loaded| loaded.as_ref().err()).cloned())
}
