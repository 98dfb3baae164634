//! SQL, one file per table.

/// User id to address, name and language.
pub mod contacts;

/// What clients will be told before their visits.
pub mod reminders;

/// Mails on their way, and those that went out.
pub mod mails;
