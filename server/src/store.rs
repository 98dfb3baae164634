//! SQL of the portal's own database.

/// `form_answers`: what forms are told that were sent without JavaScript.
pub mod form_answers;

/// `login_attempts`: sign-ins that have begun.
pub mod login_attempts;

/// `sessions`: which browsers are signed in.
pub mod sessions;

/// `session_tokens`: what a session calls the services with.
pub mod session_tokens;
