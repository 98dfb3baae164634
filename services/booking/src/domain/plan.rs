//! A week that repeats over a range of dates, on the venue's clock, and the instants that it names.

use std::collections::BTreeSet;

use contracts::http::booking::{BatchConflictReason, DaySlots, NewOfferBatch, Weekday};
use contracts::money::Money;
use contracts::problem::FieldProblem;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use kit::input::{self, Fields, Invalid};

use super::catalogue::Service;
use super::offer;

/// The most that one call publishes.
pub const LARGEST: usize = 10_000;

/// No plan is longer: as far ahead as an offer may begin.
const LONGEST_DAYS: i32 = 3_660;

/// What is published again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub service: &'static Service,
    pub price: Money,
    pub duration_min: i32,
    pub description: Option<String>,
    from: Date,
    to: Date,
    /// Monday first.
    week: [BTreeSet<Time>; 7],
}

/// A start that a plan names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slot {
    /// On the venue's clock.
    pub local: DateTime,
    pub start: Result<Timestamp, BatchConflictReason>,
}

impl Plan {
    /// # Errors
    /// What is wrong, field by field.
    pub fn parse(body: &NewOfferBatch, now: Timestamp) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let service = fields.take("service_id", offer::service(body.service_id));
        let price = fields.take("price", input::amount(&body.price));
        let minutes = body.duration_min.unwrap_or(offer::DEFAULT_DURATION_MIN);
        let duration_min = fields.take("duration_min", offer::duration_min(minutes));
        let text = body.description.as_deref().unwrap_or_default();
        let description = fields.take("description", input::paragraphs(text, 2_000));
        let from = fields.take("from", date(&body.from));
        let to = fields.take("to", date(&body.to).and_then(|to| within_reach(to, now)));
        let week = week(&body.weekly, &mut fields);
        if let (Some(from), Some(to)) = (from, to) {
            fields.take("to", in_order(from, to));
        }
        let refused = fields.refused();
        let (Some(service), Some(price), Some(duration_min), Some(description), Some(from), Some(to), true) =
            (service, price, duration_min, description, from, to, refused.is_empty())
        else {
            return Err(refused);
        };
        let plan = Self { service, price, duration_min, description, from, to, week };
        let count = plan.locals().take(LARGEST + 1).count();
        let flaw = match count {
            0 => Invalid::new("empty", "must name a time on a day of the range"),
            1..=LARGEST => return Ok(plan),
            _ => Invalid::new("too_many", "must name at most 10000 times in the range"),
        };
        Err(vec![flaw.of("weekly")])
    }

    /// Every start that the plan names, in the order of the venue's clock.
    ///
    /// A time that comes twice in a night is taken once, the first time.
    pub fn slots(&self, zone: &TimeZone, now: Timestamp) -> Vec<Slot> {
        let start = |local: DateTime| {
            let named = zone.to_ambiguous_timestamp(local);
            if matches!(named.offset(), AmbiguousOffset::Gap { .. }) {
                return Err(BatchConflictReason::NoSuchTime);
            }
            let start = named.earlier().map_err(|_| BatchConflictReason::NoSuchTime)?;
            if start <= now { Err(BatchConflictReason::InThePast) } else { Ok(start) }
        };
        self.locals().map(|local| Slot { local, start: start(local) }).collect()
    }

    fn locals(&self) -> impl Iterator<Item = DateTime> {
        let days = self.from.series(jiff::Span::new().days(1)).take_while(|date| *date <= self.to);
        days.flat_map(|date| {
            let weekday = usize::from(date.weekday().to_monday_zero_offset().unsigned_abs());
            self.week[weekday].iter().map(move |time| date.to_datetime(*time))
        })
    }
}

fn week(lines: &[DaySlots], fields: &mut Fields) -> [BTreeSet<Time>; 7] {
    let mut week: [BTreeSet<Time>; 7] = Default::default();
    for (line, slots) in lines.iter().enumerate() {
        let day = match slots.weekday {
            Weekday::Monday => 0,
            Weekday::Tuesday => 1,
            Weekday::Wednesday => 2,
            Weekday::Thursday => 3,
            Weekday::Friday => 4,
            Weekday::Saturday => 5,
            Weekday::Sunday => 6,
        };
        for (index, text) in slots.times.iter().enumerate() {
            let time = fields.take(&format!("weekly[{line}].times[{index}]"), time(text));
            week[day].extend(time);
        }
    }
    week
}

fn date(text: &str) -> Result<Date, Invalid> {
    let invalid = Invalid::new("invalid_date", "must be a date such as 2026-12-01");
    if text.len() == "2026-12-01".len() { text.parse().map_err(|_| invalid) } else { Err(invalid) }
}

/// A time of day as people write it.
///
/// # Errors
/// When it is none.
pub(super) fn time(text: &str) -> Result<Time, Invalid> {
    let invalid = Invalid::new("invalid_time", "must be a time of day such as 09:30");
    if text.len() == "09:30".len() { text.parse().map_err(|_| invalid) } else { Err(invalid) }
}

fn within_reach(to: Date, now: Timestamp) -> Result<Date, Invalid> {
    let too_far = || Invalid::new("too_far_ahead", "must be within ten years");
    // The date of UTC does for ten years.
    let latest = now.checked_add(offer::AT_MOST_AHEAD).map_err(|_| too_far())?;
    if to <= latest.to_zoned(TimeZone::UTC).date() { Ok(to) } else { Err(too_far()) }
}

fn in_order(from: Date, to: Date) -> Result<(), Invalid> {
    if to < from {
        return Err(Invalid::new("before_from", "must not be before from"));
    }
    let days = to.since(from).map_or(i32::MAX, |span| span.get_days());
    if days <= LONGEST_DAYS {
        Ok(())
    } else {
        Err(Invalid::new("too_long", "must be within ten years of from"))
    }
}

#[cfg(test)]
mod tests;
