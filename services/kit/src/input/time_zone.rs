//! Where a person's clock is.

use jiff::tz::TimeZoneDatabase;

use super::Invalid;

/// The name of a zone of the IANA database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeZoneName(String);

impl TimeZoneName {
    /// Spelled as the database spells it, whatever the case of `text`.
    ///
    /// # Errors
    /// When the database that we were built with does not know it, or it names no place: short names such as `CET` mean
    /// a fixed distance to UTC elsewhere (PostgreSQL takes them for abbreviations), and a place's clock here.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        TimeZoneDatabase::bundled()
            .get(text)
            .ok()
            .and_then(|zone| zone.iana_name().map(str::to_owned))
            .filter(|name| name.contains('/') || name == "UTC")
            .map(Self)
            .ok_or(Invalid::new("unknown_time_zone", "must be an IANA time zone such as Europe/Moscow"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_one_of_the_iana_database() {
        for (given, kept) in [
            ("Europe/Moscow", "Europe/Moscow"),
            ("europe/moscow", "Europe/Moscow"),
            ("Asia/Kolkata", "Asia/Kolkata"),
            ("UTC", "UTC"),
        ] {
            assert_eq!(TimeZoneName::parse(given).unwrap().as_str(), kept);
        }
        for given in [
            "",
            "CET",
            "EST5EDT",
            "Moscow",
            "Europe/Atlantis",
            "+03:00",
            "MSK-3",
            "../../etc/passwd",
            "Europe/Moscow\0",
        ] {
            assert!(TimeZoneName::parse(given).is_err(), "{given:?}");
        }
    }
}
