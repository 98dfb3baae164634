//! SQL, one file per table.

/// User id to address, name and language.
pub mod contacts;

/// Mails on their way, and those that went out.
pub mod mails;
