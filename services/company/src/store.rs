//! SQL, one file per table.

/// Companies.
pub mod companies;

/// Who acts for them.
pub mod members;

/// Who is asked to.
pub mod invitations;

/// How they look.
pub mod logos;
