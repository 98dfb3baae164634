//! A mail in the queue, and what becomes of it.

use std::fmt;

use contracts::ids::{BookingId, InvitationId};
use contracts::locale::Locale;
use contracts::messages::booking::BookingChanged;
use contracts::messages::notification::{Audience, Outcome};
use jiff::Timestamp;
use kit::mail;
use uuid::Uuid;

/// The longest wait between two tries while trouble may pass.
const LONGEST_WAIT_SECONDS: i32 = 60;

/// The waits after each refusal for good; behind them a mail is given up. They are two days together: what is
/// refused for a wrong sender, a full quota or a broken template goes out when somebody has mended that.
const AFTER_REFUSAL_MINUTES: [i32; 12] = [1, 5, 30, 120, 360, 360, 360, 360, 360, 360, 360, 360];

/// A mail. UUIDv7.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MailId(pub Uuid);

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a piece of work is done: the message that asked for it, and the trace that it belongs to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cause {
    pub message_id: Uuid,
    pub traceparent: String,
}

/// What an event about a booking asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    pub booking: BookingChanged,
    /// What its people are told; `None` when it is only that nobody is reminded any more.
    pub outcome: Option<Outcome>,
    pub cause: Cause,
}

/// A mail that is ours to hand over, until its lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub id: MailId,
    pub about: About,
    pub tries: Tries,
    pub cause: Cause,
    pub reader: Reader,
    /// When it was asked for.
    pub created_at: Timestamp,
}

/// What a mail is about; the payload of the event that asked for it is JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    Booking {
        id: BookingId,
        outcome: Outcome,
        audience: Audience,
        payload: String,
        /// The client's whole name, when we know him.
        client_name: Option<String>,
    },
    Invitation {
        id: InvitationId,
        payload: String,
    },
}

impl About {
    /// For logs.
    pub fn id(&self) -> String {
        match self {
            Self::Booking { id, .. } => format!("booking {id}"),
            Self::Invitation { id, .. } => format!("invitation {id}"),
        }
    }
}

/// Whom a mail goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reader {
    pub email: String,
    /// May be empty.
    pub first_name: String,
    pub locale: Locale,
}

/// How often a mail was not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tries {
    pub attempts: i32,
    /// Those of them that a mail server refused for good.
    pub refusals: i32,
}

/// What becomes of a mail that was not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Again { wait_seconds: i32 },
    GiveUp,
}

/// Why a mail was not handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// There was no mail server. That says nothing about the mail.
    Away,
    /// Something that may pass.
    Passing,
    /// Something that hardly passes by itself.
    Lasting,
}

impl Trouble {
    pub fn of(error: &mail::Error) -> Self {
        if error.is_away() {
            Self::Away
        } else if error.is_permanent() {
            Self::Lasting
        } else {
            Self::Passing
        }
    }

    /// Waits of 1, 2, 4 … seconds, and much longer ones after a refusal for good. Only what is refused for good
    /// is ever given up, so that an outage of the mail server, however long, loses nothing.
    pub fn after(self, before: Tries) -> (Tries, Next) {
        let attempts = before.attempts.saturating_add(1);
        match self {
            Self::Away => (before, Next::Again { wait_seconds: 0 }),
            Self::Passing => {
                let doubled = 2_i32.checked_pow(before.attempts.unsigned_abs());
                let wait_seconds = doubled.unwrap_or(LONGEST_WAIT_SECONDS).min(LONGEST_WAIT_SECONDS);
                (Tries { attempts, ..before }, Next::Again { wait_seconds })
            }
            Self::Lasting => {
                let refusals = before.refusals.saturating_add(1);
                let wait = usize::try_from(before.refusals).ok().and_then(|it| AFTER_REFUSAL_MINUTES.get(it));
                let next = wait.map_or(Next::GiveUp, |minutes| Next::Again { wait_seconds: minutes * 60 });
                (Tries { attempts, refusals }, next)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tries(attempts: i32, refusals: i32) -> Tries {
        Tries { attempts, refusals }
    }

    #[test]
    fn passing_trouble_waits_longer_each_time_and_for_ever() {
        for (attempts, wait_seconds) in [(0, 1), (1, 2), (2, 4), (5, 32), (6, 60), (40, 60), (i32::MAX, 60)] {
            let (after, next) = Trouble::Passing.after(tries(attempts, 0));
            assert_eq!(after, tries(attempts.saturating_add(1), 0));
            assert_eq!(next, Next::Again { wait_seconds }, "{attempts}");
        }
    }

    #[test]
    fn what_is_refused_for_good_waits_much_longer_and_is_given_up_after_two_days() {
        let (mut now, mut waited_minutes, mut whole_seconds) = (Tries::default(), Vec::new(), 0);
        let given_up = loop {
            let (after, next) = Trouble::Lasting.after(now);
            assert_eq!(after, tries(now.attempts + 1, now.refusals + 1));
            now = after;
            match next {
                Next::Again { wait_seconds } => {
                    waited_minutes.push(wait_seconds / 60);
                    whole_seconds += wait_seconds;
                }
                Next::GiveUp => break now,
            }
        };
        assert_eq!(waited_minutes, [1, 5, 30, 120, 360, 360, 360, 360, 360, 360, 360, 360]);
        assert_eq!(given_up, tries(13, 13));
        assert!((48 * 60 * 60..54 * 60 * 60).contains(&whole_seconds), "{whole_seconds}");
        // However long it was in trouble before.
        let again = Next::Again { wait_seconds: 60 };
        assert_eq!(Trouble::Lasting.after(tries(40, 0)), (tries(41, 1), again));
        assert_eq!(Trouble::Lasting.after(tries(i32::MAX, i32::MAX)).1, Next::GiveUp);
    }

    #[test]
    fn an_outage_costs_no_attempt() {
        assert_eq!(Trouble::Away.after(tries(3, 1)), (tries(3, 1), Next::Again { wait_seconds: 0 }));
    }
}
