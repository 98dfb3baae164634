//! What holds between commands and requests that come together, twice, or in the wrong order, against a
//! real database.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod commands;
mod random;
mod statement;
mod support;
mod top_ups;
