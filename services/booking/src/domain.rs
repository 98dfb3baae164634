//! Types that cannot be wrong, and pure decisions.

/// The saga of a booking: what can happen to it, and what follows.
pub mod saga;

/// What a client gets back who cancels.
pub mod cancellation;

/// The services that can be offered.
pub mod catalogue;

/// What a company publishes.
pub mod offer;

/// What a client looks for.
pub mod search;
