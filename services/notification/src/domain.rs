//! Pure decisions; no I/O, no clock.

/// Who is told of a booking.
pub mod recipients;

/// When a client is reminded of his visit.
pub mod reminders;

/// A mail in the queue, and what becomes of it.
pub mod queue;
