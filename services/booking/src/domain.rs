//! Types that cannot be wrong, and pure decisions.

/// The saga of a booking: what can happen to it, and what follows.
pub mod saga;

/// What a client gets back who cancels.
pub mod cancellation;

/// The services that can be offered.
pub mod catalogue;

/// What a company publishes.
pub mod offer;

/// A week that a company publishes again and again.
pub mod plan;

/// The week that a summary is about.
pub mod week;

/// What a client looks for.
pub mod search;
