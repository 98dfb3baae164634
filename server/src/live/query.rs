use jiff::civil::Date;
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp, ToSpan as _};
use kit::input::instant_of_query;
use serde::Deserialize;

use contracts::ids::ServiceId;

/// Which offers a page shows, as its address says it; what is empty or left out limits nothing.
#[derive(Debug, Default, Deserialize)]
pub struct OffersQuery {
    #[serde(default)]
    service_id: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

/// The same, read.
#[derive(Debug, PartialEq, Eq)]
pub struct Wanted {
    pub service: Option<ServiceId>,
    pub from: Option<Timestamp>,
    pub to: Option<Timestamp>,
}

impl OffersQuery {
    /// `None` when one of them says nothing that we know.
    pub fn read(&self) -> Option<Wanted> {
        let given = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let service =
            given(&self.service_id).map(|id| id.parse().ok()).map_or(Some(None), |id| id.map(Some))?;
        let from =
            given(&self.from).map(|text| moment(&text, Edge::First)).map_or(Some(None), |at| at.map(Some))?;
        let to =
            given(&self.to).map(|text| moment(&text, Edge::Last)).map_or(Some(None), |at| at.map(Some))?;
        Some(Wanted { service: service.map(ServiceId), from, to })
    }
}

#[derive(Clone, Copy)]
enum Edge {
    First,
    Last,
}

/// An instant, or a day wherever it is that day: a page is better told too much than too little.
fn moment(text: &str, edge: Edge) -> Option<Timestamp> {
    if let Ok(instant) = instant_of_query(text) {
        return Some(instant);
    }
    let date: Date = text.parse().ok()?;
    let (span, offset): (Span, Offset) = match edge {
        Edge::First => (0.days(), Offset::constant(14)),
        Edge::Last => (1.day(), Offset::constant(-12)),
    };
    let date = date.checked_add(span).ok()?;
    date.to_zoned(TimeZone::fixed(offset)).ok().map(|zoned| zoned.timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(service_id: &str, from: &str, to: &str) -> Option<Wanted> {
        OffersQuery { service_id: service_id.to_owned(), from: from.to_owned(), to: to.to_owned() }.read()
    }

    #[test]
    fn what_is_left_out_limits_nothing() {
        assert_eq!(read("", "", ""), Some(Wanted { service: None, from: None, to: None }));
    }

    #[test]
    fn a_day_is_that_day_everywhere() {
        let wanted = read("7", "2026-06-03", "2026-06-03").unwrap();
        assert_eq!(wanted.service, Some(ServiceId(7)));
        assert_eq!(wanted.from.unwrap().to_string(), "2026-06-02T10:00:00Z");
        assert_eq!(wanted.to.unwrap().to_string(), "2026-06-04T12:00:00Z");
    }

    #[test]
    fn an_instant_is_taken_as_it_is() {
        let wanted = read("", "2026-06-03T10:00:00 03:00", "2026-06-04T00:00:00Z").unwrap();
        assert_eq!(wanted.from.unwrap().to_string(), "2026-06-03T07:00:00Z");
        assert_eq!(wanted.to.unwrap().to_string(), "2026-06-04T00:00:00Z");
    }

    #[test]
    fn nonsense_is_no_filter() {
        for (service_id, from, to) in [
            ("x", "", ""),
            ("99999", "", ""),
            ("", "tomorrow", ""),
            ("", "", "2026-02-30"),
            ("", "", "9999-12-31"),
        ] {
            assert_eq!(read(service_id, from, to), None, "{service_id} {from} {to}");
        }
    }
}
