//! Types that cannot be wrong, and pure decisions.
//!
//! What a body says becomes one of these at the edge, or a refusal that names the field.

/// What a new account may be opened with.
pub mod password;

/// What people are called.
pub mod name;

/// Phones, and the codes that show whose they are.
pub mod phone;

/// Who a verified token says its owner is.
pub mod account;

/// What we know of a person.
pub mod profile;

/// Whose registrations count together.
pub mod address_block;
