//! One file per page. Those on which most people begin come with the WASM's main file; the others are parts of it, which a
//! browser loads when it first needs them.

mod booking;
mod bookings;
mod home;
mod manage;
mod not_found;
mod offer;
mod part;
mod search;
mod sign_in_failed;
mod wallet;

pub use home::Home;
pub use not_found::NotFound;
pub use search::Search;
pub use sign_in_failed::{SignInFailed, SignOutFailed};

use booking::BookingDetails;
use bookings::Bookings;
use manage::{
    AcceptInvitation, ManageBooking, ManageBookings, ManageCompanies, ManageCompany, ManageOffer,
    ManageOffers, NewCompany, NewOffer,
};
use offer::OfferDetails;
use part::part;
use wallet::Wallet;

part! {
    /// The page of an offer.
    OfferPages in offer {
        Offer => OfferDetails,
    }
}

part! {
    /// The pages about what a client has booked and paid.
    ClientPages in client {
        Bookings => Bookings,
        Booking => BookingDetails,
        Wallet => Wallet,
    }
}

part! {
    /// The pages for those who act for a company.
    ManagePages in manage {
        Companies => ManageCompanies,
        NewCompany => NewCompany,
        Company => ManageCompany,
        Offers => ManageOffers,
        NewOffer => NewOffer,
        Offer => ManageOffer,
        Bookings => ManageBookings,
        Booking => ManageBooking,
        Invitation => AcceptInvitation,
    }
}
