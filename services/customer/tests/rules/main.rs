//! What holds between requests that come together, against a real database.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod emails;
mod phones;
mod sessions;
mod support;
