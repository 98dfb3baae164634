//! Today, and the days around it, on somebody's clock.

use jiff::civil::Date;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use jiff::{SignedDuration, Timestamp, ToSpan as _};

use crate::gateway::Calls;

/// Whose clock counts where the viewer's is not known.
pub(super) const HOME_ZONE: &str = "Europe/Moscow";

/// The moment of a request. What it shows or asks for depends on it; nothing is decided by it.
#[expect(clippy::disallowed_methods, reason = "the portal has no database to ask")]
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// The name of the viewer's time zone.
pub(super) fn viewer_zone(calls: &Calls) -> &str {
    calls.time_zone.as_deref().unwrap_or(HOME_ZONE)
}

/// UTC for a name that our database does not know, as everywhere.
pub(super) fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap_or(TimeZone::UTC)
}

/// From which moment to which one somebody looks, inclusive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    pub from: Timestamp,
    pub to: Timestamp,
}

/// What is wrong with the days that somebody names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoDay {
    pub field: &'static str,
    pub code: &'static str,
}

/// How far a search looks where no last day is named.
const LOOKS_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 30);

/// The window of two days (`2026-06-03`, each may be empty) in `zone`: never before `now`, 30 days where no last day
/// is named. `None` when all of it is over.
pub(super) fn window(from: &str, to: &str, zone: &TimeZone, now: Timestamp) -> Result<Option<Window>, NoDay> {
    let day = |field, text: &str| match text {
        "" => Ok(None),
        text => text.parse::<Date>().map(Some).map_err(|_| NoDay { field, code: "invalid_datetime" }),
    };
    let (first, last) = (day("from", from)?, day("to", to)?);
    let from = first.map(|day| begins(day, zone)).transpose().map_err(|_| far("from"))?;
    let from = from.map_or(now, |from| from.max(now));
    let to = last.map(|day| ends(day, zone)).transpose().map_err(|_| far("to"))?;
    let to = match to {
        Some(to) => to,
        None => from.checked_add(LOOKS_AHEAD).map_err(|_| far("from"))?,
    };
    match (first, last) {
        (Some(first), Some(last)) if last < first => Err(NoDay { field: "to", code: "before_from" }),
        _ => Ok((from <= to).then_some(Window { from, to })),
    }
}

fn far(field: &'static str) -> NoDay {
    NoDay { field, code: "out_of_range" }
}

fn begins(day: Date, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
    Ok(day.to_zoned(zone.clone())?.timestamp())
}

/// The last second of a day, however long it is.
fn ends(day: Date, zone: &TimeZone) -> Result<Timestamp, jiff::Error> {
    begins(day.tomorrow()?, zone)?.checked_sub(SignedDuration::from_secs(1))
}

/// The day that it is in `zone`, `2026-06-03`.
pub(super) fn date(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned(zone.clone()).date().to_string()
}

/// The first moments of `count` days in `zone`, beginning with today.
pub(super) fn next_days(now: Timestamp, zone: &TimeZone, count: i64) -> Vec<Timestamp> {
    let today = now.to_zoned(zone.clone()).date();
    let day = |ahead: i64| begins(today.checked_add(ahead.days()).ok()?, zone).ok();
    (0..count).filter_map(day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(
        from: &str,
        to: &str,
        name: &str,
    ) -> Result<Option<(String, String)>, (&'static str, &'static str)> {
        let now = "2026-03-28T09:00:00Z".parse().unwrap();
        let window = window(from, to, &zone(name), now).map_err(|no| (no.field, no.code))?;
        Ok(window.map(|window| (window.from.to_string(), window.to.to_string())))
    }

    #[test]
    fn days_are_those_of_the_viewer() {
        for (from, to, name, expected) in [
            ("", "", "Europe/Moscow", Some(("2026-03-28T09:00:00Z", "2026-04-27T09:00:00Z"))),
            // What is left of today.
            (
                "2026-03-28",
                "2026-03-28",
                "Europe/Moscow",
                Some(("2026-03-28T09:00:00Z", "2026-03-28T20:59:59Z")),
            ),
            (
                "2026-03-30",
                "2026-03-30",
                "Europe/Moscow",
                Some(("2026-03-29T21:00:00Z", "2026-03-30T20:59:59Z")),
            ),
            // The day on which the clocks change has 23 hours.
            (
                "2026-03-29",
                "2026-03-29",
                "Europe/Berlin",
                Some(("2026-03-28T23:00:00Z", "2026-03-29T21:59:59Z")),
            ),
            ("2026-03-30", "", "UTC", Some(("2026-03-30T00:00:00Z", "2026-04-29T00:00:00Z"))),
            ("", "2026-03-29", "UTC", Some(("2026-03-28T09:00:00Z", "2026-03-29T23:59:59Z"))),
            // Over.
            ("2026-03-01", "2026-03-27", "UTC", None),
        ] {
            let expected = expected.map(|(from, to)| (from.to_owned(), to.to_owned()));
            assert_eq!(found(from, to, name), Ok(expected), "{from} {to} {name}");
        }
    }

    #[test]
    fn what_is_no_day_is_refused_by_its_field() {
        assert_eq!(found("tomorrow", "", "UTC"), Err(("from", "invalid_datetime")));
        assert_eq!(found("", "2026-02-30", "UTC"), Err(("to", "invalid_datetime")));
        assert_eq!(found("2026-04-02", "2026-04-01", "UTC"), Err(("to", "before_from")));
        assert_eq!(found("9999-12-31", "", "UTC"), Err(("from", "out_of_range")));
        assert_eq!(found("", "9999-12-31", "UTC"), Err(("to", "out_of_range")));
    }

    #[test]
    fn the_next_days_begin_with_today_there() {
        let now = "2026-03-28T22:30:00Z".parse().unwrap();
        let days = |name: &str| -> Vec<String> {
            let zone = zone(name);
            next_days(now, &zone, 3).into_iter().map(|day| date(day, &zone)).collect()
        };
        assert_eq!(days("Europe/Moscow"), ["2026-03-29", "2026-03-30", "2026-03-31"]);
        assert_eq!(days("Europe/London"), ["2026-03-28", "2026-03-29", "2026-03-30"]);
    }
}
