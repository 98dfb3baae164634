mod booking;
mod bookings;
mod home;
mod manage;
mod not_found;
mod offer;
mod search;
mod sign_in_failed;
mod wallet;

pub use booking::BookingDetails;
pub use bookings::Bookings;
pub use home::Home;
pub use manage::{
    ManageBooking, ManageBookings, ManageCompanies, ManageCompany, ManageOffer, ManageOffers, NewCompany,
    NewOffer,
};
pub use not_found::NotFound;
pub use offer::OfferDetails;
pub use search::Search;
pub use sign_in_failed::{SignInFailed, SignOutFailed};
pub use wallet::Wallet;
