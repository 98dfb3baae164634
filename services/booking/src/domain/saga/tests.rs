use std::fmt::Write as _;

use super::*;

/// Random interleavings of deliver, duplicate, delay, time out and crash.
mod interleavings;

pub(super) const STATES: [State; 12] = [
    State::Reserved,
    State::Voiding(Undone::TimedOut),
    State::Voiding(Undone::Cancelled { by: Side::Client }),
    State::Paid,
    State::Refunding { by: Side::Client, refund: Money(500) },
    State::Failed(FailReason::Declined(DeclineReason::InsufficientFunds)),
    State::Failed(FailReason::TimedOut),
    State::Cancelled { by: Side::Client, refund: None },
    State::Cancelled { by: Side::Client, refund: Some(Money(500)) },
    State::Cancelled { by: Side::Company, refund: Some(Money(1_000)) },
    State::Completed,
    State::NoShow,
];

const INPUTS: [Input; 10] = [
    Input::Charged,
    Input::ChargeDeclined(DeclineReason::InsufficientFunds),
    Input::ChargeVoided,
    Input::Refunded,
    Input::Settled,
    Input::Cancel { by: Side::Client, refund: Money(500) },
    Input::Cancel { by: Side::Company, refund: Money(1_000) },
    Input::Complete,
    Input::NoShow,
    Input::Due,
];

fn visit() -> Visit {
    Visit { starts_at: Timestamp::from_second(1_000_000).unwrap(), duration_min: 60 }
}

fn cell(step: &Step) -> String {
    match step {
        Step::Moved { next, effects } => {
            let (reason, refund) = next.columns();
            let mut text = format!("-> {}", next.status().as_str());
            for part in [reason.map(str::to_owned), refund.map(|refund| refund.to_string())].iter().flatten()
            {
                write!(text, " ({part})").unwrap();
            }
            for effect in effects {
                write!(text, ", {effect:?}").unwrap();
            }
            text
        }
        Step::AlreadyDone => "already done".to_owned(),
        Step::Settled => "settled".to_owned(),
        Step::Refused(refusal) => format!("refused: {refusal:?}"),
        Step::Impossible => "impossible".to_owned(),
    }
}

/// Every state and every input, before the visit begins and after.
fn table() -> String {
    let visit = visit();
    let before = visit.starts_at - SignedDuration::from_secs(1);
    let mut text = String::new();
    for state in STATES {
        let (reason, refund) = state.columns();
        writeln!(
            text,
            "{} {} {}",
            state.status().as_str(),
            reason.unwrap_or("-"),
            refund.unwrap_or_default()
        )
        .unwrap();
        for input in INPUTS {
            let early = cell(&advance(state, input, visit, before));
            let late = cell(&advance(state, input, visit, visit.starts_at));
            let both = if early == late { early } else { format!("{early} | once begun: {late}") };
            writeln!(text, "    {:<52} {both}", format!("{input:?}")).unwrap();
        }
    }
    text
}

#[test]
fn the_whole_table() {
    let table = table();
    println!("{table}");
    insta::assert_snapshot!(table);
}

#[test]
fn every_state_is_kept_in_its_columns() {
    for state in STATES {
        let (reason, refund) = state.columns();
        assert_eq!(State::from_columns(state.status().as_str(), reason, refund), Some(state));
    }
    for (status, reason, refund) in [
        ("voiding", None, None),
        ("refunding", Some("cancelled_by_client"), None),
        ("failed", Some("rain"), None),
        ("cancelled", Some("timed_out"), None),
        ("lost", None, None),
    ] {
        assert_eq!(State::from_columns(status, reason, refund), None, "{status} {reason:?}");
    }
}

#[test]
fn waiting_states_are_resent_at_5_10_20_and_then_every_60_seconds_for_ever() {
    let now = Timestamp::from_second(0).unwrap();
    for state in [STATES[1], STATES[4]] {
        let pauses: Vec<i64> = [0, 1, 2, 3, 1_000]
            .map(|resent| state.due_at(visit(), resent, now).unwrap().as_second())
            .to_vec();
        assert_eq!(pauses, [5, 10, 20, 60, 60]);
    }
    for state in [State::Completed, State::NoShow] {
        let pauses =
            [0, 3, 5, 6, 1_000].map(|resent| state.due_at(visit(), resent, now).unwrap().as_second());
        assert_eq!(pauses, [5, 60, 60, 1_800, 1_800]);
    }
}

#[test]
fn only_what_is_paid_waits_for_its_visit_and_what_has_failed_or_is_cancelled_for_nothing() {
    let now = Timestamp::from_second(0).unwrap();
    let settled_at = visit().ends_at() + SETTLE_AFTER;
    assert_eq!(State::Paid.due_at(visit(), 0, now), Some(settled_at));
    for state in &STATES[5..10] {
        assert_eq!(state.due_at(visit(), 0, now), None, "{state:?}");
    }
}
