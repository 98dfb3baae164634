//! SQL, one file per table.

/// Companies.
pub mod companies;

/// Who acts for them.
pub mod members;
