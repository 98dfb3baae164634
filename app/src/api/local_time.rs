//! Dates and times as a form sends them, on the clock of a place.

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp};

/// Why a date and a time of day name no moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NoMoment {
    /// One of them is missing, or none of the calendar.
    Unreadable,
    /// The clocks jump over it.
    Skipped,
    /// The clocks are put back: it comes twice, and we cannot know which one is meant.
    Twice,
}

/// What the clock says. A page shows what it was a moment ago, so our own is good enough; what may be done about an
/// offer or a booking the services decide by theirs.
#[expect(clippy::disallowed_methods, reason = "the edge where it comes in")]
pub(crate) fn now() -> Timestamp {
    Timestamp::now()
}

/// The zone of that IANA name; UTC for one that our database does not know, as everywhere.
pub(crate) fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)
}

/// The moment that `date` (`2026-06-03`) and `time` (`10:00`) name in `zone`.
///
/// # Errors
/// When there is not exactly one.
pub(crate) fn moment(date: &str, time: &str, zone: &TimeZone) -> Result<Timestamp, NoMoment> {
    let date: Date = date.trim().parse().map_err(|_| NoMoment::Unreadable)?;
    let time: Time = time.trim().parse().map_err(|_| NoMoment::Unreadable)?;
    let local = zone.to_ambiguous_timestamp(date.to_datetime(time));
    match local.offset() {
        AmbiguousOffset::Unambiguous { .. } => local.unambiguous().map_err(|_| NoMoment::Unreadable),
        AmbiguousOffset::Gap { .. } => Err(NoMoment::Skipped),
        AmbiguousOffset::Fold { .. } => Err(NoMoment::Twice),
    }
}

/// The first moment of a day; `None` for a text that is no day.
pub(crate) fn day_begins(date: &str, zone: &TimeZone) -> Option<Timestamp> {
    let date: Date = date.trim().parse().ok()?;
    Some(date.to_zoned(zone.clone()).ok()?.timestamp())
}

/// The last moment of a day, to the millisecond; `None` for a text that is no day.
pub(crate) fn day_ends(date: &str, zone: &TimeZone) -> Option<Timestamp> {
    let date: Date = date.trim().parse().ok()?;
    let next = date.tomorrow().ok()?.to_zoned(zone.clone()).ok()?.timestamp();
    next.checked_sub(SignedDuration::from_millis(1)).ok()
}

/// The day that it is there at `now`: `2026-06-03`.
pub(crate) fn day_of(now: Timestamp, zone: &TimeZone) -> String {
    now.to_zoned(zone.clone()).date().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment_of(date: &str, time: &str, name: &str) -> Result<String, NoMoment> {
        moment(date, time, &zone(name)).map(|at| at.to_string())
    }

    #[test]
    fn a_time_is_read_on_the_clock_of_the_place() {
        for (date, time, name, expected) in [
            ("2026-06-03", "10:00", "Europe/Moscow", "2026-06-03T07:00:00Z"),
            ("2026-06-03", "00:30", "Asia/Vladivostok", "2026-06-02T14:30:00Z"),
            ("2026-01-15", "10:00", "Europe/Berlin", "2026-01-15T09:00:00Z"),
            ("2026-07-15", "10:00", "Europe/Berlin", "2026-07-15T08:00:00Z"),
            ("2026-07-15", "10:00:00", "Europe/Berlin", "2026-07-15T08:00:00Z"),
            ("2026-06-03", "10:00", "Europe/Atlantis", "2026-06-03T10:00:00Z"),
        ] {
            assert_eq!(moment_of(date, time, name).as_deref(), Ok(expected), "{date} {time} {name}");
        }
    }

    #[test]
    fn a_time_that_the_clocks_jump_over_or_repeat_is_no_moment() {
        for (date, time, name, expected) in [
            // Berlin: 02:00 to 03:00 is left out in spring and comes twice in autumn.
            ("2026-03-29", "01:59", "Europe/Berlin", Ok("2026-03-29T00:59:00Z")),
            ("2026-03-29", "02:00", "Europe/Berlin", Err(NoMoment::Skipped)),
            ("2026-03-29", "02:59", "Europe/Berlin", Err(NoMoment::Skipped)),
            ("2026-03-29", "03:00", "Europe/Berlin", Ok("2026-03-29T01:00:00Z")),
            ("2026-10-25", "01:59", "Europe/Berlin", Ok("2026-10-24T23:59:00Z")),
            ("2026-10-25", "02:00", "Europe/Berlin", Err(NoMoment::Twice)),
            ("2026-10-25", "02:59", "Europe/Berlin", Err(NoMoment::Twice)),
            ("2026-10-25", "03:00", "Europe/Berlin", Ok("2026-10-25T02:00:00Z")),
            // Beirut changes at midnight.
            ("2026-03-29", "00:30", "Asia/Beirut", Err(NoMoment::Skipped)),
            // Moscow changes no more.
            ("2026-03-29", "02:30", "Europe/Moscow", Ok("2026-03-28T23:30:00Z")),
        ] {
            assert_eq!(moment_of(date, time, name).as_deref(), expected.as_deref(), "{date} {time} {name}");
        }
    }

    #[test]
    fn what_is_no_date_or_no_time_is_refused() {
        for (date, time) in
            [("", "10:00"), ("2026-06-03", ""), ("2026-02-30", "10:00"), ("2026-06-03", "25:00"), ("a", "b")]
        {
            assert_eq!(moment_of(date, time, "Europe/Moscow"), Err(NoMoment::Unreadable), "{date} {time}");
        }
    }

    #[test]
    fn a_day_lasts_as_long_as_its_clock_says() {
        for (date, name, begins, ends) in [
            ("2026-06-03", "Europe/Moscow", "2026-06-02T21:00:00Z", "2026-06-03T20:59:59.999Z"),
            // 23 and 25 hours.
            ("2026-03-29", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T21:59:59.999Z"),
            ("2026-10-25", "Europe/Berlin", "2026-10-24T22:00:00Z", "2026-10-25T22:59:59.999Z"),
        ] {
            let zone = zone(name);
            assert_eq!(day_begins(date, &zone).map(|at| at.to_string()).as_deref(), Some(begins));
            assert_eq!(day_ends(date, &zone).map(|at| at.to_string()).as_deref(), Some(ends));
        }
        assert_eq!(day_begins("soon", &zone("Europe/Moscow")), None);
        assert_eq!(day_ends("9999-12-31", &zone("Europe/Moscow")), None);
    }

    #[test]
    fn today_depends_on_the_place() {
        let now = "2026-06-02T22:00:00Z".parse().unwrap();
        assert_eq!(day_of(now, &zone("Europe/Moscow")), "2026-06-03");
        assert_eq!(day_of(now, &zone("America/New_York")), "2026-06-02");
    }
}
