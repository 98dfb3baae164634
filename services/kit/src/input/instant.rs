//! Points in time.

use jiff::Timestamp;

use super::Invalid;

/// The year 1 and the year 9999, in seconds since 1970: what both ends of every way can hold.
const EARLIEST_SECONDS: i64 = -62_135_596_800;
const LATEST_SECONDS: i64 = 253_402_207_200;

/// An RFC 3339 time with an offset, as the instant that it names.
///
/// # Errors
/// When it is none, or has no offset.
pub fn instant(text: &str) -> Result<Timestamp, Invalid> {
    let detail = "must be a time with an offset, such as 2026-01-31T10:00:00+03:00";
    let invalid = Invalid::new("invalid_datetime", detail);
    let Ok(instant) = text.trim().parse::<Timestamp>() else { return Err(invalid) };
    if (EARLIEST_SECONDS..LATEST_SECONDS).contains(&instant.as_second()) { Ok(instant) } else { Err(invalid) }
}

/// The same where a `+` may have become a space, as it does in a query that was not escaped.
///
/// # Errors
/// Those of [`instant`].
pub fn instant_of_query(text: &str) -> Result<Timestamp, Invalid> {
    match text.rsplit_once(' ') {
        Some((time, offset)) if time.contains('T') => instant(&format!("{time}+{offset}")),
        _ => instant(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_offset_names_the_same_instant() {
        for text in [
            "2026-01-31T10:00:00+03:00",
            "2026-01-31T07:00:00Z",
            "2026-01-31T07:00:00.000Z",
            "2026-01-30T23:00:00-08:00",
            "2026-01-31T12:45:00+05:45",
        ] {
            assert_eq!(instant(text).unwrap().to_string(), "2026-01-31T07:00:00Z", "{text}");
        }
        assert_eq!(instant_of_query("2026-01-31T10:00:00 03:00"), instant("2026-01-31T07:00:00Z"));
        assert_eq!(instant_of_query("2026-01-31T07:00:00Z"), instant("2026-01-31T07:00:00Z"));
    }

    #[test]
    fn a_time_without_an_offset_is_no_instant() {
        for text in [
            "",
            "tomorrow",
            "2026-01-31",
            "2026-01-31T10:00:00",
            "2026-02-30T10:00:00Z",
            "2026-01-31T25:00:00Z",
            "1769842800",
            "-9999-01-01T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "99999-01-01T00:00:00Z",
        ] {
            assert!(instant(text).is_err(), "{text:?}");
        }
    }
}
