//! What people type, parsed at the edge into what cannot be wrong, or a refusal that names the field.

/// Refusals, field by field.
mod invalid;

/// Under which address an account is.
mod email;

/// Under which number a person can be called.
mod phone;

/// Names, addresses, descriptions.
mod text;

/// Where a clock is.
mod time_zone;

/// Points in time.
mod instant;

use contracts::locale::Locale;
use contracts::money::{AmountInput, Money, Refused};

pub use email::Email;
pub use instant::{instant, instant_of_query};
pub use invalid::{Fields, Invalid};
pub use phone::Phone;
pub use text::{one_line, paragraphs};
pub use time_zone::TimeZoneName;

/// # Errors
/// When it is a language that we do not speak.
pub fn locale(text: &str) -> Result<Locale, Invalid> {
    Locale::parse(text).ok_or(Invalid::new("unknown_locale", "must be ru or en"))
}

/// # Errors
/// When it is not an amount that somebody may ask for.
pub fn amount(input: &AmountInput) -> Result<Money, Invalid> {
    input.parse().map_err(refuse_amount)
}

/// The same where nothing at all may be named too.
///
/// # Errors
/// When it is neither zero nor an amount that somebody may ask for.
pub fn amount_from_zero(input: &AmountInput) -> Result<Money, Invalid> {
    input.parse_from_zero().map_err(refuse_amount)
}

fn refuse_amount(refused: Refused) -> Invalid {
    Invalid::new(refused.code(), refused.detail())
}

/// A whole number in `from..=to`; `detail` says so in words.
///
/// # Errors
/// When it lies outside.
pub fn within<T: PartialOrd>(number: T, from: T, to: T, detail: &'static str) -> Result<T, Invalid> {
    if from <= number && number <= to { Ok(number) } else { Err(Invalid::new("out_of_range", detail)) }
}
