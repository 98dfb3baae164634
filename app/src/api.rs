//! Every server function of the portal: what a page may ask of the server, and nothing else.
//!
//! Each is a public address under `/api`, so each decides for itself who may call it: it begins with
//! [`crate::gateway::calls`] for anybody or [`crate::gateway::signed_in`] for a person with a session, and the
//! services behind the gateway check the token that it passes on once more. What they answer comes back as finished
//! text in the viewer's language, so that no time zone and no currency has to be known in the browser.

/// What can go wrong, in words.
pub mod error;

/// How the answers travel.
pub mod protocol;

/// Dates, prices and pages of a list.
pub mod view;

/// What becomes of offers and bookings.
pub mod status;

/// What a visitor searches by, as the address holds it.
pub mod filter;

/// What can be booked: search, one offer, book it.
pub mod offers;

/// A client's bookings.
pub mod bookings;

/// The viewer's own account.
pub mod account;

/// A client's wallet.
pub mod wallet;

/// Today, and the days around it, on somebody's clock.
#[cfg(feature = "ssr")]
mod days;

/// The viewer's companies.
pub mod companies;

/// What a company publishes.
pub mod company_offers;

/// Who comes to a company.
pub mod company_bookings;

/// Dates and times as a form sends them, on the clock of a place.
#[cfg(feature = "ssr")]
pub(crate) mod local_time;

/// Lists that are longer than one answer of the API.
#[cfg(feature = "ssr")]
mod pages;

pub use error::{ApiError, FieldError, Refusal};
pub use filter::Filter;
pub use status::{BookingStatus, OfferStatus};
pub use view::{Paged, When};
