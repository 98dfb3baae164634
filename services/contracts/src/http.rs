//! Bodies of the HTTP calls, as clients see them.

/// Accounts and profiles.
pub mod customer;

/// Companies and their members.
pub mod company;

/// The catalogue, offers and bookings.
pub mod booking;

/// Wallets and statements.
pub mod payment;
