//! Bodies of the HTTP calls, as clients see them.

/// Accounts and profiles.
pub mod customer;
