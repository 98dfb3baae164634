//! The pages for those who act for a company.

mod address;
mod booking;
mod bookings;
mod companies;
mod company;
mod filters;
mod form;
mod frame;
mod invitation;
mod live;
mod new_company;
mod new_offer;
mod offer;
mod offer_fields;
mod offers;
mod zones;

pub use booking::ManageBooking;
pub use bookings::ManageBookings;
pub use companies::ManageCompanies;
pub use company::ManageCompany;
pub use invitation::AcceptInvitation;
pub use new_company::NewCompany;
pub use new_offer::NewOffer;
pub use offer::ManageOffer;
pub use offers::ManageOffers;
