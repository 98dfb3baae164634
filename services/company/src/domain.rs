//! Types that cannot be wrong, and pure decisions.
//!
//! What a body says becomes one of these at the edge, or a refusal that names the field.

/// What we know of a company, and who sees what of it.
pub mod company;

/// What a company can be opened with, and what of it can be changed by whom.
pub mod change;

/// Who is asked to act for a company.
pub mod invitation;

/// How a company looks.
pub mod logo;

/// Who acts for a company, and who decides on that.
pub mod members;
