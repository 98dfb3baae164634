//! How a booking got where it is, and what comes next: the timeline as steps for a person.

use contracts::http::booking::{Actor, BookingStatus, TimelineEntry};
use jiff::{SignedDuration, Timestamp};

use super::Mark;

/// What a step is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Held,
    Charge,
    Paid,
    /// The payment is being undone.
    Voiding,
    /// It is certain that nothing is charged.
    Voided,
    /// The money is being given back.
    Refunding,
    Refunded,
    /// Anybody may book the time again.
    Freed,
    ClientMailed,
    CompanyMailed,
    Visited,
    Missed,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub kind: Kind,
    pub mark: Mark,
    pub at: Option<Timestamp>,
    /// A stable name, or a person's own words.
    pub detail: Option<String>,
}

/// A mail that is later than this does not come any more.
const MAILED_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// The steps of a booking that is in `status`: first what happened, then what is under way, then what is ahead.
pub fn of(status: BookingStatus, timeline: &[TimelineEntry], now: Timestamp) -> Vec<Step> {
    let mut steps = Steps(Vec::new());
    let mut is_refunding = false;
    // Since the booking last came to an outcome that is told by mail.
    let (mut told_since, mut is_client_told, mut is_company_told) = (None, false, false);
    for entry in timeline {
        if entry.status == "notified" {
            match entry.detail.as_deref() {
                Some("client") => {
                    is_client_told = true;
                    steps.done(Kind::ClientMailed, entry);
                }
                _ => {
                    is_company_told = true;
                    steps.done(Kind::CompanyMailed, entry);
                }
            }
            continue;
        }
        // What is left is no step of the booking: a reminder, which its reader has in his inbox, or a newer service's.
        let Some(entered) = BookingStatus::parse(&entry.status) else { continue };
        if let BookingStatus::Paid | BookingStatus::Failed | BookingStatus::Cancelled = entered {
            (told_since, is_client_told, is_company_told) = (Some(entry.at), false, false);
        }
        match entered {
            BookingStatus::Reserved => {
                steps.done(Kind::Held, entry);
                steps.push(Kind::Charge, Mark::Now, Some(entry.at), None);
            }
            BookingStatus::Paid => {
                steps.ended(Kind::Charge, Mark::Done);
                steps.done(Kind::Paid, entry);
            }
            BookingStatus::Voiding => {
                steps.ended(Kind::Charge, Mark::Bad);
                steps.push(Kind::Voiding, Mark::Now, Some(entry.at), entry.detail.clone());
            }
            BookingStatus::Failed => {
                if steps.ended(Kind::Voiding, Mark::Done) {
                    steps.push(Kind::Voided, Mark::Done, Some(entry.at), None);
                } else {
                    steps.declined(entry);
                }
                steps.push(Kind::Freed, Mark::Done, Some(entry.at), None);
            }
            BookingStatus::Refunding => {
                is_refunding = true;
                steps.push(Kind::Refunding, Mark::Now, Some(entry.at), entry.detail.clone());
            }
            BookingStatus::Cancelled => {
                steps.ended(Kind::Voiding, Mark::Done);
                steps.ended(Kind::Refunding, Mark::Done);
                let back = if is_refunding { Kind::Refunded } else { Kind::Voided };
                steps.push(back, Mark::Done, Some(entry.at), None);
                // A company that cancels takes the time back.
                if !timeline.iter().any(is_cancel_of_company) {
                    steps.push(Kind::Freed, Mark::Done, Some(entry.at), None);
                }
            }
            BookingStatus::Completed => steps.done(Kind::Visited, entry),
            BookingStatus::NoShow => steps.push(Kind::Missed, Mark::Bad, Some(entry.at), None),
        }
    }
    let mails = [(Kind::ClientMailed, is_client_told), (Kind::CompanyMailed, is_company_told)];
    match status {
        BookingStatus::Reserved => steps.ahead(&[Kind::Paid, Kind::ClientMailed, Kind::CompanyMailed]),
        BookingStatus::Voiding => steps.ahead(&[Kind::Voided, Kind::ClientMailed, Kind::CompanyMailed]),
        BookingStatus::Refunding => steps.ahead(&[Kind::Refunded, Kind::ClientMailed, Kind::CompanyMailed]),
        BookingStatus::Paid | BookingStatus::Failed | BookingStatus::Cancelled => {
            let is_recent = told_since.is_some_and(|at| now.duration_since(at) < MAILED_WITHIN);
            for (kind, is_told) in mails {
                if is_recent && !is_told {
                    steps.push(kind, Mark::Now, None, None);
                }
            }
        }
        BookingStatus::Completed | BookingStatus::NoShow => {}
    }
    steps.0
}

fn is_cancel_of_company(entry: &TimelineEntry) -> bool {
    entry.actor == Actor::Company && matches!(entry.status.as_str(), "voiding" | "refunding")
}

struct Steps(Vec<Step>);

impl Steps {
    fn push(&mut self, kind: Kind, mark: Mark, at: Option<Timestamp>, detail: Option<String>) {
        self.0.push(Step { kind, mark, at, detail });
    }

    fn done(&mut self, kind: Kind, entry: &TimelineEntry) {
        self.push(kind, Mark::Done, Some(entry.at), None);
    }

    fn ahead(&mut self, kinds: &[Kind]) {
        for kind in kinds {
            self.push(*kind, Mark::Ahead, None, None);
        }
    }

    /// What was under way has ended. False when there was no such thing.
    fn ended(&mut self, kind: Kind, mark: Mark) -> bool {
        let step = self.0.iter_mut().find(|step| step.kind == kind && step.mark == Mark::Now);
        step.is_some_and(|step| {
            step.mark = mark;
            true
        })
    }

    /// The charge was refused, at the time and for the reason of the entry.
    fn declined(&mut self, entry: &TimelineEntry) {
        if let Some(charge) = self.0.iter_mut().find(|step| step.kind == Kind::Charge) {
            charge.mark = Mark::Bad;
            charge.at = Some(entry.at);
            charge.detail = entry.detail.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `status` or `status/actor/detail` at second 0, 1, 2…
    fn timeline(entries: &str) -> Vec<TimelineEntry> {
        let entry = |(second, text): (usize, &str)| {
            let mut parts = text.split('/');
            let status = parts.next().unwrap_or_default().to_owned();
            let actor = parts.next().and_then(Actor::parse).unwrap_or(Actor::System);
            let at = Timestamp::from_second(i64::try_from(second).unwrap()).unwrap();
            TimelineEntry { at, status, actor, detail: parts.next().map(str::to_owned) }
        };
        entries.split_whitespace().enumerate().map(entry).collect()
    }

    /// Each as `Kind` with a mark and its second: `+` done, `!` bad, `~` now, `.` ahead.
    fn written(steps: &[Step]) -> String {
        let step = |step: &Step| {
            let mark = match step.mark {
                Mark::Done => '+',
                Mark::Bad => '!',
                Mark::Now => '~',
                Mark::Ahead => '.',
            };
            let at = step.at.map(|at| at.as_second().to_string()).unwrap_or_default();
            let detail = step.detail.as_ref().map(|detail| format!("({detail})")).unwrap_or_default();
            format!("{mark}{:?}{at}{detail}", step.kind)
        };
        steps.iter().map(step).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn every_way_of_a_booking_is_told_in_steps() {
        use BookingStatus::{Cancelled, Completed, Failed, NoShow, Paid, Refunding, Reserved, Voiding};
        for (status, entries, expected) in [
            (Reserved, "reserved/client", "+Held0 ~Charge0 .Paid .ClientMailed .CompanyMailed"),
            (Paid, "reserved paid", "+Held0 +Charge0 +Paid1 ~ClientMailed ~CompanyMailed"),
            (
                Paid,
                "reserved paid notified/system/company",
                "+Held0 +Charge0 +Paid1 +CompanyMailed2 ~ClientMailed",
            ),
            (
                Paid,
                "reserved paid notified/system/client notified/system/company",
                "+Held0 +Charge0 +Paid1 +ClientMailed2 +CompanyMailed3",
            ),
            // Not enough money.
            (
                Failed,
                "reserved failed/system/insufficient_funds notified/system/client",
                "+Held0 !Charge1(insufficient_funds) +Freed1 +ClientMailed2 ~CompanyMailed",
            ),
            // No answer in time.
            (
                Voiding,
                "reserved voiding/system/timed_out",
                "+Held0 !Charge0 ~Voiding1(timed_out) .Voided .ClientMailed .CompanyMailed",
            ),
            (
                Failed,
                "reserved voiding/system/timed_out failed/system/timed_out",
                "+Held0 !Charge0 +Voiding1(timed_out) +Voided2 +Freed2 ~ClientMailed ~CompanyMailed",
            ),
            // Cancelled before it was paid.
            (
                Cancelled,
                "reserved voiding/client/cancelled_by_client cancelled",
                "+Held0 !Charge0 +Voiding1(cancelled_by_client) +Voided2 +Freed2 ~ClientMailed ~CompanyMailed",
            ),
            // Cancelled afterwards, by one side and by the other.
            (
                Refunding,
                "reserved paid notified/system/client notified/system/company refunding/client/ill",
                "+Held0 +Charge0 +Paid1 +ClientMailed2 +CompanyMailed3 ~Refunding4(ill) .Refunded .ClientMailed \
                 .CompanyMailed",
            ),
            (
                Cancelled,
                "reserved paid refunding/client/ill cancelled",
                "+Held0 +Charge0 +Paid1 +Refunding2(ill) +Refunded3 +Freed3 ~ClientMailed ~CompanyMailed",
            ),
            (
                Cancelled,
                "reserved paid refunding/company/closed cancelled",
                "+Held0 +Charge0 +Paid1 +Refunding2(closed) +Refunded3 ~ClientMailed ~CompanyMailed",
            ),
            (Completed, "reserved paid completed", "+Held0 +Charge0 +Paid1 +Visited2"),
            (NoShow, "reserved paid no_show/company", "+Held0 +Charge0 +Paid1 !Missed2"),
            // Of a later version.
            (Paid, "reserved paid moved", "+Held0 +Charge0 +Paid1 ~ClientMailed ~CompanyMailed"),
        ] {
            let now = Timestamp::from_second(60).unwrap();
            assert_eq!(written(&of(status, &timeline(entries), now)), expected, "{entries}");
        }
    }

    #[test]
    fn a_mail_is_not_waited_for_without_end() {
        let now = Timestamp::from_second(60 * 60).unwrap();
        let steps = of(BookingStatus::Paid, &timeline("reserved paid notified/system/client"), now);
        assert_eq!(written(&steps), "+Held0 +Charge0 +Paid1 +ClientMailed2");
    }
}
