//! SQL, one file per table.

/// What we know of people.
pub mod profiles;

/// Who was sent the mail that shows whose an e-mail is.
pub mod verification_mails;

/// Codes on their way to a phone.
pub mod phone_codes;
