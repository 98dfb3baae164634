//! SQL, one file per table.

/// What we know of people.
pub mod profiles;

/// Codes on their way to a phone.
pub mod phone_codes;
