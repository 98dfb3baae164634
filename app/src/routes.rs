use leptos::prelude::*;
use leptos_router::components::{Route, Routes};
use leptos_router::{SsrMode, path};

use crate::pages::{BookingDetails, Bookings, Home, NotFound, OfferDetails, Search, Wallet};
use crate::pages::{
    ManageBooking, ManageBookings, ManageCompanies, ManageCompany, ManageOffer, ManageOffers, NewCompany,
    NewOffer,
};
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
            <Route path=path!("/offers/:id") view=OfferDetails ssr=SsrMode::Async/>
            <Route path=path!("/bookings") view=Bookings ssr=SsrMode::Async/>
            <Route path=path!("/bookings/:id") view=BookingDetails ssr=SsrMode::Async/>
            <Route path=path!("/wallet") view=Wallet ssr=SsrMode::Async/>
            <Route path=path!("/manage") view=ManageCompanies ssr=SsrMode::Async/>
            <Route path=path!("/manage/new") view=NewCompany ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company") view=ManageCompany ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/offers") view=ManageOffers ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/offers/new") view=NewOffer ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/offers/:offer") view=ManageOffer ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/bookings") view=ManageBookings ssr=SsrMode::Async/>
            <Route path=path!("/manage/:company/bookings/:booking") view=ManageBooking ssr=SsrMode::Async/>
            <Route path=path!("/sign-in-failed") view=SignInFailed ssr=SsrMode::Async/>
            <Route path=path!("/sign-out-failed") view=SignOutFailed ssr=SsrMode::Async/>
        </Routes>
    }
}
