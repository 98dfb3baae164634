//! SQL, one file per table.

/// User id to address, name and language.
pub mod contacts;
