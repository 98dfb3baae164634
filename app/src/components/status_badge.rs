use leptos::prelude::*;

use super::Icon;
use crate::api::{BookingStatus, OfferStatus};
use crate::preferences::use_lang;

/// Where a booking stands: in words, with an icon and a colour beside them.
#[component]
pub fn BookingBadge(#[prop(into)] status: Signal<BookingStatus>) -> impl IntoView {
    let text = use_lang();
    move || {
        let status = status.get();
        let (icon, class) = match status {
            BookingStatus::Reserved | BookingStatus::Voiding | BookingStatus::Refunding => {
                (Icon::Clock, "badge badge-moving")
            }
            BookingStatus::Paid => (Icon::Check, "badge badge-good"),
            BookingStatus::Completed => (Icon::Check, "badge"),
            BookingStatus::Failed => (Icon::TriangleAlert, "badge badge-bad"),
            BookingStatus::Cancelled => (Icon::Undo, "badge"),
            BookingStatus::NoShow => (Icon::UserX, "badge badge-bad"),
        };
        view! { <span class=class>{icon.view("size-3.5")} {text.booking_status(status)}</span> }
    }
}

/// What has become of an offer: in words, with an icon and a colour beside them.
#[component]
pub fn OfferBadge(#[prop(into)] status: Signal<OfferStatus>) -> impl IntoView {
    let text = use_lang();
    move || {
        let status = status.get();
        let (icon, class) = match status {
            OfferStatus::Open => (Icon::Calendar, "badge badge-good"),
            OfferStatus::Reserved => (Icon::Clock, "badge badge-moving"),
            OfferStatus::Booked => (Icon::Check, "badge"),
            OfferStatus::Withdrawn => (Icon::Ban, "badge"),
            OfferStatus::Expired => (Icon::Ban, "badge"),
        };
        view! { <span class=class>{icon.view("size-3.5")} {text.offer_status(status)}</span> }
    }
}
