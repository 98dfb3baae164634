//! Amounts of money: whole minor units with a currency, never a float.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

use serde::de::{Deserializer, Error as _};
use serde::ser::Serializer;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::{OneOfBuilder, RefOr};
use utoipa::{PartialSchema, ToSchema};

/// Minor units of one major unit; all our currencies have two decimals.
const MINOR_UNITS: i64 = 100;

/// The largest amount that a request may name: ten million.
pub const LARGEST: Money = Money(10_000_000 * MINOR_UNITS);

/// ISO 4217.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, ToSchema)]
pub enum Currency {
    #[default]
    #[serde(rename = "RUB")]
    Rub,
}

impl Currency {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Rub => "RUB",
        }
    }

    /// `None` for a currency that we do not trade in.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "RUB" => Some(Self::Rub),
            _ => None,
        }
    }
}

/// An amount in minor units (kopecks). In JSON a string with two decimals: `"12.50"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub i64);

/// Why a text is not an amount that somebody may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    NotAnAmount,
    TooPrecise,
    NotPositive,
    TooLarge,
}

impl Refused {
    /// A stable name for programs.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnAmount => "not_an_amount",
            Self::TooPrecise => "too_precise",
            Self::NotPositive => "not_positive",
            Self::TooLarge => "too_large",
        }
    }

    /// One sentence for a person.
    pub fn detail(self) -> &'static str {
        match self {
            Self::NotAnAmount => "must be an amount such as 12.50",
            Self::TooPrecise => "must have at most two decimals",
            Self::NotPositive => "must be above zero",
            Self::TooLarge => "must be at most 10000000",
        }
    }
}

impl Money {
    pub const ZERO: Self = Self(0);

    /// Reads digits with an optional sign and an optional fraction; nothing is rounded.
    fn read(text: &str) -> Result<Self, Refused> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, fraction) = match digits.split_once('.') {
            Some((_, "")) => return Err(Refused::NotAnAmount),
            Some(parts) => parts,
            None => (digits, ""),
        };
        let only_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !only_digits(whole) || !only_digits(fraction) {
            return Err(Refused::NotAnAmount);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > 2 {
            return Err(Refused::TooPrecise);
        }
        let minor: i64 = format!("{fraction:0<2}").parse().map_err(|_| Refused::NotAnAmount)?;
        // Only too many digits can fail here.
        let units =
            whole.parse::<i64>().ok().and_then(|whole| whole.checked_mul(MINOR_UNITS)?.checked_add(minor));
        let units = units.ok_or(if negative { Refused::NotPositive } else { Refused::TooLarge })?;
        Ok(Self(if negative { -units } else { units }))
    }

    /// `percent` of it, rounded down to a minor unit.
    #[must_use]
    pub fn percent(self, percent: u8) -> Self {
        // Through i128, which no i64 times 255 overflows; the quotient is smaller again.
        let part = i128::from(self.0) * i128::from(percent) / 100;
        Self(i64::try_from(part).unwrap_or(i64::MAX))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let units = self.0.unsigned_abs();
        write!(f, "{sign}{}.{:02}", units / 100, units % 100)
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Money {
    type Output = Self;

    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::read(&text).map_err(|refused| D::Error::custom(refused.detail()))
    }
}

impl PartialSchema for Money {
    fn schema() -> RefOr<Schema> {
        amount_text().into()
    }
}

impl ToSchema for Money {}

fn amount_text() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .pattern(Some(r"^-?\d+\.\d{2}$"))
        .description(Some("An amount with two decimals, such as 12.50"))
}

/// An amount as a request names it: a JSON number or a string, kept as it was written until
/// [`AmountInput::parse`] says what it is, so that no digit passes through a float.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AmountInput(String);

impl AmountInput {
    /// As a request would carry it; for clients.
    pub fn of(amount: Money) -> Self {
        Self(amount.to_string())
    }

    /// A text that came another way than in a JSON body, such as in a query.
    pub fn of_text(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// # Errors
    /// For all but an amount above zero and at most [`LARGEST`], with at most two significant decimals.
    pub fn parse(&self) -> Result<Money, Refused> {
        match Money::read(&self.0)? {
            amount if amount <= Money::ZERO => Err(Refused::NotPositive),
            amount if amount > LARGEST => Err(Refused::TooLarge),
            amount => Ok(amount),
        }
    }

    /// The same where nothing at all may be named too, such as a bound or a refund.
    ///
    /// # Errors
    /// Those of [`AmountInput::parse`], but for zero.
    pub fn parse_from_zero(&self) -> Result<Money, Refused> {
        match Money::read(&self.0)? {
            Money::ZERO => Ok(Money::ZERO),
            _ => self.parse(),
        }
    }
}

impl Serialize for AmountInput {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for AmountInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        let text = raw.get();
        // A JSON string without its quotes; whatever else it is, `parse` judges.
        let text = serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned());
        Ok(Self(text))
    }
}

impl PartialSchema for AmountInput {
    fn schema() -> RefOr<Schema> {
        let number = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::Number))
            .exclusive_minimum(Some(0.0))
            .maximum(Some(10_000_000.0))
            .multiple_of(Some(0.01));
        let text = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .pattern(Some(r"^\d{1,8}(\.\d{1,2})?$"));
        OneOfBuilder::new().item(number).item(text).into()
    }
}

impl ToSchema for AmountInput {}

#[cfg(test)]
mod tests {
    use super::*;

    fn input(json: &str) -> Result<Money, Refused> {
        serde_json::from_str::<AmountInput>(json).unwrap().parse()
    }

    #[test]
    fn an_amount_is_read_exactly_from_a_number_or_a_string() {
        for (json, units) in [
            ("12.5", 1_250),
            ("\"12.50\"", 1_250),
            ("12.500", 1_250),
            ("\"12.5000000\"", 1_250),
            ("0.01", 1),
            ("1", 100),
            ("8.7", 870),
            ("1.15", 115),
            ("4503599.63", 450_359_963),
            ("10000000", 1_000_000_000),
            ("\"0010\"", 1_000),
        ] {
            assert_eq!(input(json), Ok(Money(units)), "{json}");
        }
    }

    #[test]
    fn what_nobody_can_pay_is_refused_with_its_reason() {
        for (json, reason) in [
            ("0", Refused::NotPositive),
            ("0.00", Refused::NotPositive),
            ("-0.0", Refused::NotPositive),
            ("-1", Refused::NotPositive),
            ("\"-99999999999999999999\"", Refused::NotPositive),
            ("0.001", Refused::TooPrecise),
            ("12.505", Refused::TooPrecise),
            ("10000000.01", Refused::TooLarge),
            ("92233720368547758.08", Refused::TooLarge),
            ("99999999999999999999999999", Refused::TooLarge),
            ("1e30", Refused::NotAnAmount),
            ("1E2", Refused::NotAnAmount),
            ("\"1e2\"", Refused::NotAnAmount),
            ("\"\"", Refused::NotAnAmount),
            ("\" 1\"", Refused::NotAnAmount),
            ("\"+1\"", Refused::NotAnAmount),
            ("\"1.\"", Refused::NotAnAmount),
            ("\".5\"", Refused::NotAnAmount),
            ("\"1,50\"", Refused::NotAnAmount),
            ("\"--1\"", Refused::NotAnAmount),
            ("\"NaN\"", Refused::NotAnAmount),
            ("\"١٢\"", Refused::NotAnAmount),
            ("\"twelve\"", Refused::NotAnAmount),
            ("null", Refused::NotAnAmount),
            ("true", Refused::NotAnAmount),
            ("[1]", Refused::NotAnAmount),
            ("{\"amount\": 1}", Refused::NotAnAmount),
        ] {
            assert_eq!(input(json), Err(reason), "{json}");
        }
    }

    #[test]
    fn nothing_is_an_amount_where_it_may_be_named() {
        for (text, expected) in [
            ("0", Ok(Money::ZERO)),
            ("0.00", Ok(Money::ZERO)),
            ("0.01", Ok(Money(1))),
            ("-0.01", Err(Refused::NotPositive)),
            ("zero", Err(Refused::NotAnAmount)),
        ] {
            assert_eq!(AmountInput::of_text(text).parse_from_zero(), expected, "{text}");
        }
    }

    #[test]
    fn an_answer_has_two_decimals_and_comes_back_as_it_was() {
        for (units, text) in [
            (1_250, "\"12.50\""),
            (0, "\"0.00\""),
            (5, "\"0.05\""),
            (-5, "\"-0.05\""),
            (i64::MAX, "\"92233720368547758.07\""),
        ] {
            assert_eq!(serde_json::to_string(&Money(units)).unwrap(), text);
            assert_eq!(serde_json::from_str::<Money>(text).unwrap(), Money(units));
        }
    }

    #[test]
    fn a_percentage_is_rounded_down_and_the_rest_is_what_is_missing() {
        for (units, percent, part) in
            [(999, 50, 499), (100, 0, 0), (100, 100, 100), (1, 99, 0), (i64::MAX, 100, i64::MAX)]
        {
            assert_eq!(Money(units).percent(percent), Money(part));
        }
    }
}
