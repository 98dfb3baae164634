use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::{SsrMode, path};

use crate::pages::{ClientPages, Home, ManagePages, NotFound, OfferPages, Search};
use crate::pages::{SignInFailed, SignOutFailed};

/// The page table.
///
/// `Async` everywhere: the whole page, its title and its status are known before the first byte,
/// so a reader without JavaScript gets all of it.
#[component]
pub fn Pages() -> impl IntoView {
    view! {
        <Routes fallback=NotFound>
            <Route path=path!("/") view=Home ssr=SsrMode::Async/>
            <Route path=path!("/search") view=Search ssr=SsrMode::Async/>
            <Route path=path!("/offers/:id") view=OfferPages::Offer ssr=SsrMode::Async/>
            <Route path=path!("/bookings") view=ClientPages::Bookings ssr=SsrMode::Async/>
            <Route path=path!("/bookings/:id") view=ClientPages::Booking ssr=SsrMode::Async/>
            <Route path=path!("/wallet") view=ClientPages::Wallet ssr=SsrMode::Async/>
            <Route path=path!("/manage") view=ManagePages::Companies ssr=SsrMode::Async/>
            <Route path=path!("/manage/new") view=ManagePages::NewCompany ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company") view=ManagePages::Company ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/offers") view=ManagePages::Offers ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/offers/new") view=ManagePages::NewOffer ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/offers/:offer") view=ManagePages::Offer ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/bookings") view=ManagePages::Bookings ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/bookings/:booking") view=ManagePages::Booking ssr=SsrMode::Async/>
            <Route path=path!("/invitations/:token") view=ManagePages::Invitation ssr=SsrMode::Async/>
            <Route path=path!("/sign-in-failed") view=SignInFailed ssr=SsrMode::Async/>
            <Route path=path!("/sign-out-failed") view=SignOutFailed ssr=SsrMode::Async/>
        </Routes>
    }
}
