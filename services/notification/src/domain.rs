//! Pure decisions; no I/O, no clock.

/// Who is told of a booking.
pub mod recipients;

/// A mail in the queue, and what becomes of it.
pub mod queue;
