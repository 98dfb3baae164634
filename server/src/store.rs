//! SQL of the portal's own database.

/// `login_attempts`: sign-ins that have begun.
pub mod login_attempts;

/// `sessions`: which browsers are signed in.
pub mod sessions;

/// `session_tokens`: what a session calls the services with.
pub mod session_tokens;
