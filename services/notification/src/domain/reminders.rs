//! When a client is reminded of his visit.

use contracts::messages::notification::Outcome;
use jiff::{SignedDuration, Timestamp};

/// A reminder of one visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reminder {
    pub outcome: Outcome,
    pub due_at: Timestamp,
    /// From then on it would not be true any more that the visit is so far away.
    pub useful_until: Timestamp,
}

/// A day before and two hours before.
pub fn of(starts_at: Timestamp) -> [Reminder; 2] {
    let before = |hours| starts_at.saturating_sub(SignedDuration::from_hours(hours)).unwrap_or(starts_at);
    [
        Reminder { outcome: Outcome::Reminder24h, due_at: before(24), useful_until: before(18) },
        Reminder { outcome: Outcome::Reminder2h, due_at: before(2), useful_until: starts_at },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_late_reminder_gives_way_to_the_next_and_none_comes_after_the_start() {
        let [day, hours] = of("2026-06-03T07:00:00Z".parse().unwrap());
        let shown = |it: Reminder| (it.outcome, it.due_at.to_string(), it.useful_until.to_string());
        let at = str::to_owned;
        assert_eq!(
            shown(day),
            (Outcome::Reminder24h, at("2026-06-02T07:00:00Z"), at("2026-06-02T13:00:00Z"))
        );
        assert_eq!(
            shown(hours),
            (Outcome::Reminder2h, at("2026-06-03T05:00:00Z"), at("2026-06-03T07:00:00Z"))
        );
    }
}
