//! Types that cannot be wrong, and pure decisions.

/// What `booking` orders, once it makes sense.
pub mod command;

/// What a command makes of the charge of a booking.
pub mod charge;

/// Where money can be.
pub mod account;

/// What a client reads about his bookings' money.
pub mod statement;
