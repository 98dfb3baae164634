//! Signing in and out against a real database; what the account server itself does is tested over the whole stack.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

#[path = "../support/mod.rs"]
mod support;

mod attempts;
mod sessions;
