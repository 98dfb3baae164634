//! What holds of the queue of mails, against a real database.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod consuming;
mod sending;
mod support;
