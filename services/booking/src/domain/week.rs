//! The week that a summary is about: ISO 8601, from Monday to Sunday, on the venue's calendar.

use std::fmt;

use jiff::civil::{Date, ISOWeekDate, Weekday};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use kit::input::Invalid;

/// A week on the calendar, such as `2026-W49`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Week {
    monday: Date,
}

impl Week {
    /// # Errors
    /// When it is no week of the years that an offer can be in.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        let monday = text.split_once("-W").and_then(|(year, week)| {
            let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
            if year.len() != 4 || week.len() != 2 || !digits(year) || !digits(week) {
                return None;
            }
            ISOWeekDate::new(year.parse().ok()?, week.parse().ok()?, Weekday::Monday).ok()
        });
        let monday = monday.map(ISOWeekDate::date).filter(|monday| (1970..9999).contains(&monday.year()));
        let monday = monday.ok_or(Invalid::new("invalid_week", "must be a week such as 2026-W49"))?;
        Ok(Self { monday })
    }

    /// The week that it is there now.
    pub fn of(now: Timestamp, zone: &TimeZone) -> Self {
        let today = zone.to_datetime(now).date();
        let monday =
            ISOWeekDate::new(today.iso_week_date().year(), today.iso_week_date().week(), Weekday::Monday);
        Self { monday: monday.map_or(today, ISOWeekDate::date) }
    }

    /// When it begins there, and when the next one does. A midnight that the clock leaves out is the moment after.
    pub fn bounds(self, zone: &TimeZone) -> (Timestamp, Timestamp) {
        let midnight = |date: Date| {
            let midnight = date.to_datetime(jiff::civil::Time::midnight());
            zone.to_ambiguous_timestamp(midnight).compatible().unwrap_or(Timestamp::MAX)
        };
        let next = self.monday.saturating_add(Span::new().days(7));
        (midnight(self.monday), midnight(next))
    }
}

impl fmt::Display for Week {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let week = self.monday.iso_week_date();
        write!(f, "{:04}-W{:02}", week.year(), week.week())
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZoneDatabase;

    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZoneDatabase::bundled().get(name).unwrap()
    }

    #[test]
    fn a_week_is_written_as_iso_8601_does() {
        for text in ["2026-W01", "2026-W49", "2026-W53", "2020-W53"] {
            assert_eq!(Week::parse(text).unwrap().to_string(), text);
        }
        for text in [
            "", "2026", "2026-49", "2026-W", "2026-W00", "2026-W54", "2025-W53", "2026-W1", "2026-W+1",
            "W49-2026", "-026-W01",
        ] {
            assert_eq!(Week::parse(text).unwrap_err().code, "invalid_week", "{text:?}");
        }
    }

    #[test]
    fn it_begins_on_monday_of_the_venue_and_may_last_an_hour_less_or_more() {
        for (week, zone_name, from, to) in [
            ("2026-W49", "Europe/Moscow", "2026-11-29T21:00:00Z", "2026-12-06T21:00:00Z"),
            ("2026-W13", "Europe/Berlin", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"),
            ("2026-W43", "Europe/Berlin", "2026-10-18T22:00:00Z", "2026-10-25T23:00:00Z"),
        ] {
            let (begins, ends) = Week::parse(week).unwrap().bounds(&zone(zone_name));
            assert_eq!(
                (begins.to_string().as_str(), ends.to_string().as_str()),
                (from, to),
                "{week} {zone_name}"
            );
        }
    }

    #[test]
    fn the_week_now_is_the_venues() {
        let now = "2026-11-29T22:00:00Z".parse().unwrap();
        assert_eq!(Week::of(now, &zone("Europe/Moscow")).to_string(), "2026-W49");
        assert_eq!(Week::of(now, &zone("Europe/London")).to_string(), "2026-W48");
    }
}
