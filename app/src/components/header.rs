use leptos::prelude::*;
use leptos_router::components::A;

use super::page_path::use_page_path;
use super::{Icon, Logo};
use crate::preferences::use_lang;
use crate::viewer::{SIGN_OUT_PATH, Viewer, sign_in_path, use_viewer};

/// The first thing that Tab reaches: past the header, to the page.
///
/// `rel="external"` leaves the jump to the browser: it moves the focus, the router only scrolls.
#[component]
pub fn SkipLink() -> impl IntoView {
    let text = use_lang();
    view! {
        <a href="#main" rel="external" class="skip-link">
            {text.skip_to_content()}
        </a>
    }
}

#[component]
pub fn Header() -> impl IntoView {
    let text = use_lang();
    view! {
        <header class="page-width flex flex-wrap items-center justify-between gap-x-3 gap-y-2 py-3 sm:py-5">
            <a href="/" class="-m-2 rounded-box p-2" aria-label=text.to_home()>
                <Logo/>
            </a>
            <Navigation/>
            <div class="flex items-center gap-1 sm:gap-2">
                {match use_viewer() {
                    Some(viewer) => view! { <SignOut viewer/> }.into_any(),
                    None => view! { <SignIn/> }.into_any(),
                }}
            </div>
        </header>
    }
}

/// On a phone a row of its own, below the rest.
#[component]
fn Navigation() -> impl IntoView {
    let text = use_lang();
    let is_known = use_viewer().is_some();
    let own = is_known.then(|| {
        view! {
            <A href="/bookings" {..} class="nav-link">{text.to_bookings()}</A>
            <A href="/wallet" {..} class="nav-link">{text.to_wallet()}</A>
        }
    });
    view! {
        <nav aria-label=text.main_navigation() class="order-last -mx-1.5 flex w-[calc(100%+0.75rem)] overflow-x-auto lg:order-none lg:mr-auto lg:ml-4 lg:w-auto">
            <A href="/search" {..} class="nav-link">{text.to_search()}</A>
            {own}
            <A href="/manage" {..} class="nav-link">{text.to_manage()}</A>
        </nav>
    }
}

#[component]
fn SignIn() -> impl IntoView {
    let path = use_page_path();
    view! {
        // Another site's pages follow: not the router's to show.
        <a href=move || sign_in_path(&path.get()) rel="external" class="btn btn-primary h-10 px-4 text-sm">
            {use_lang().sign_in()}
        </a>
    }
}

#[component]
fn SignOut(viewer: Viewer) -> impl IntoView {
    let text = use_lang();
    view! {
        <span class="hidden max-w-40 truncate text-sm font-medium md:block" dir="auto" title=viewer.email>
            {viewer.first_name}
        </span>
        <form method="post" action=SIGN_OUT_PATH>
            <button class="btn btn-ghost h-10 px-2" aria-label=text.sign_out() title=text.sign_out()>
                {Icon::LogOut.view("size-5")}
            </button>
        </form>
    }
}
