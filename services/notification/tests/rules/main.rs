//! What holds of the queue of mails, against a real database.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

mod consuming;
mod invitations;
mod reminders;
mod sending;
mod support;
