use jiff::SignedDuration;
use jiff::tz::TimeZoneDatabase;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn now() -> Timestamp {
    "2026-01-01T00:00:00Z".parse().unwrap()
}

fn zone(name: &str) -> TimeZone {
    TimeZoneDatabase::bundled().get(name).unwrap()
}

/// A body with `changes` in it.
fn parsed(changes: Value) -> Result<Plan, Vec<FieldProblem>> {
    let mut body = json!({
        "service_id": 7,
        "price": "1500",
        "from": "2026-06-01",
        "to": "2026-06-07",
        "weekly": [{ "weekday": "monday", "times": ["10:00"] }],
    });
    body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
    Plan::parse(&serde_json::from_str(&body.to_string()).unwrap(), now())
}

fn refused(changes: Value) -> Vec<(String, String)> {
    let problems = parsed(changes).unwrap_err();
    problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
}

/// Every day at these times.
fn daily(times: &[&str]) -> Value {
    let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
    let lines = days.map(|weekday| json!({ "weekday": weekday, "times": times }));
    json!(lines)
}

fn starts(plan: &Plan, zone_name: &str) -> Vec<Result<String, BatchConflictReason>> {
    let slots = plan.slots(&zone(zone_name), now());
    slots.into_iter().map(|slot| slot.start.map(|start| start.to_string())).collect()
}

#[test]
fn a_week_repeats_on_the_venues_clock_and_a_time_named_twice_is_one() {
    let plan = parsed(json!({
        "from": "2026-06-01",
        "to": "2026-06-10",
        "weekly": [
            { "weekday": "wednesday", "times": ["18:30", "09:00"] },
            { "weekday": "monday", "times": ["10:00"] },
            { "weekday": "wednesday", "times": ["09:00"] },
        ],
    }));
    let expected = [
        "2026-06-01T07:00:00Z",
        "2026-06-03T06:00:00Z",
        "2026-06-03T15:30:00Z",
        "2026-06-08T07:00:00Z",
        "2026-06-10T06:00:00Z",
        "2026-06-10T15:30:00Z",
    ];
    assert_eq!(starts(&plan.unwrap(), "Europe/Moscow"), expected.map(|start| Ok(start.to_owned())));
}

#[test]
fn the_night_that_loses_an_hour_has_no_such_time_and_the_one_that_gains_it_has_one_start() {
    let plan = parsed(json!({ "from": "2026-03-28", "to": "2026-03-30", "weekly": daily(&["02:30"]) }));
    let (before, after) = ("2026-03-28T01:30:00Z".to_owned(), "2026-03-30T00:30:00Z".to_owned());
    let expected = [Ok(before), Err(BatchConflictReason::NoSuchTime), Ok(after)];
    assert_eq!(starts(&plan.unwrap(), "Europe/Berlin"), expected);

    let plan = parsed(json!({ "from": "2026-10-24", "to": "2026-10-26", "weekly": daily(&["02:30"]) }));
    let expected = ["2026-10-24T00:30:00Z", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"];
    assert_eq!(starts(&plan.unwrap(), "Europe/Berlin"), expected.map(|start| Ok(start.to_owned())));
}

#[test]
fn what_has_begun_is_a_conflict() {
    let plan = parsed(json!({ "from": "2025-12-31", "to": "2026-01-02", "weekly": daily(&["03:00"]) }));
    let (past, future) = (Err(BatchConflictReason::InThePast), Ok("2026-01-02T00:00:00Z".to_owned()));
    assert_eq!(starts(&plan.unwrap(), "Europe/Moscow"), [past.clone(), past, future]);
}

#[test]
fn what_is_wrong_with_a_plan_is_named_by_field() {
    for (changes, field, code) in [
        (json!({ "service_id": 99 }), "service_id", "unknown_service"),
        (json!({ "price": 0 }), "price", "not_positive"),
        (json!({ "duration_min": 4 }), "duration_min", "out_of_range"),
        (json!({ "description": "a\u{0}" }), "description", "invalid_character"),
        (json!({ "from": "today" }), "from", "invalid_date"),
        (json!({ "from": "2026-06-01T10:00:00Z" }), "from", "invalid_date"),
        (json!({ "to": "2026-02-30" }), "to", "invalid_date"),
        (json!({ "to": "2026-05-31" }), "to", "before_from"),
        (json!({ "to": "2036-06-01" }), "to", "too_far_ahead"),
        (json!({ "from": "2000-01-01" }), "to", "too_long"),
        (json!({ "weekly": [] }), "weekly", "empty"),
        (json!({ "weekly": [{ "weekday": "monday", "times": [] }] }), "weekly", "empty"),
        (json!({ "from": "2026-06-02", "to": "2026-06-07" }), "weekly", "empty"),
    ] {
        assert_eq!(refused(changes.clone()), [(field.to_owned(), code.to_owned())], "{changes}");
    }
    for time in ["9:00", "24:00", "09:60", "09:00:00", "noon", ""] {
        let weekly = json!([{ "weekday": "monday", "times": ["10:00", time] }]);
        let code = "invalid_time".to_owned();
        assert_eq!(refused(json!({ "weekly": weekly })), [("weekly[0].times[1]".to_owned(), code)], "{time}");
    }
}

#[test]
fn a_plan_names_at_most_ten_thousand_times() {
    let times: Vec<String> = (0..1_000).map(|n| format!("{:02}:{:02}", n / 60, n % 60)).collect();
    let times: Vec<&str> = times.iter().map(String::as_str).collect();
    let ten_days = json!({ "from": "2026-06-01", "to": "2026-06-10", "weekly": daily(&times) });
    assert_eq!(parsed(ten_days).unwrap().locals().count(), LARGEST);
    let eleven_days = json!({ "from": "2026-06-01", "to": "2026-06-11", "weekly": daily(&times) });
    assert_eq!(refused(eleven_days), [("weekly".to_owned(), "too_many".to_owned())]);
}

proptest! {
    /// Whatever the zone and the night: each start shows the plan's time on the venue's clock, none comes twice,
    /// each is the first instant that does, and what is left out is shown by no instant of that night.
    #[test]
    fn starts_are_what_the_venues_clock_shows(
        name in prop::sample::select(vec![
            "Europe/Moscow", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe",
            "Africa/Casablanca", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia", "Asia/Gaza", "UTC",
        ]),
        first in 0_i32..3_000,
        minutes in prop::collection::btree_set(0_u32..1_440, 1..6),
    ) {
        let from = jiff::civil::date(2026, 1, 2) + jiff::Span::new().days(first);
        let to = from + jiff::Span::new().days(9);
        let times: Vec<String> = minutes.iter().map(|n| format!("{:02}:{:02}", n / 60, n % 60)).collect();
        let times: Vec<&str> = times.iter().map(String::as_str).collect();
        let changes = json!({ "from": from.to_string(), "to": to.to_string(), "weekly": daily(&times) });
        let plan = parsed(changes).unwrap();
        let zone = zone(name);
        let slots = plan.slots(&zone, now());
        prop_assert_eq!(slots.len(), 10 * times.len());
        let mut before = None;
        for slot in slots {
            // Offsets lie within a day, and change by a day at most.
            let noon = slot.local.to_zoned(TimeZone::UTC).unwrap().timestamp();
            let shows = |instant: Timestamp| zone.to_datetime(instant) == slot.local;
            let shown: Vec<Timestamp> = (-100..=100)
                .map(|quarters| noon + SignedDuration::from_mins(15 * quarters))
                .filter(|instant| shows(*instant))
                .collect();
            match slot.start {
                Ok(start) => {
                    prop_assert!(shows(start));
                    prop_assert_eq!(shown.first(), Some(&start));
                    prop_assert!(before < Some(start), "{:?} {}", before, start);
                    before = Some(start);
                }
                Err(reason) => {
                    prop_assert_eq!(reason, BatchConflictReason::NoSuchTime);
                    prop_assert!(shown.is_empty());
                }
            }
        }
    }
}
