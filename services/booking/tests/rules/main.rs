//! What holds between requests and messages that come together, twice, or in another order, against a real
//! database.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod batches;
mod booking;
mod offers;
mod projections;
mod saga;
mod search;
mod support;
mod weeks;
mod wishes;
