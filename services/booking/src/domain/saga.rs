//! The saga of a booking, from the click to the money: what can happen, and what follows.
//!
//! ```text
//!            Charged                       Complete, NoShow, Due (48 h after the end)
//! Reserved ──────────► Paid ───────────────────────────► Completed, NoShow   + Settle
//!    │                  │ Cancel + Refund      Refunded
//!    │                  └────────► Refunding ──────────► Cancelled, offer free
//!    │ ChargeDeclined
//!    ├────────────────────────────► Failed, offer free
//!    │ Due, Cancel + VoidCharge   ChargeVoided
//!    └────────► Voiding ──────────► Failed or Cancelled, offer free
//! ```
//!
//! Three rules shape it. Money goes back before the slot does: a booking that can no longer become paid waits
//! in `Voiding` or `Refunding` until payment has confirmed. A charge that was not answered in time is unknown,
//! not declined, so only the answer to `VoidCharge` ends `Voiding`. And whatever comes again, or too late,
//! is `AlreadyDone`. An order to payment is sent again (`Due`) until payment has answered it.
//!
//! [`advance`] only decides. [`crate::sagas`] asks it and sends what follows, in a transaction whose owner has locked the
//! booking and saves it.

use contracts::http::booking::{Actor, BookingStatus};
use contracts::messages::payment::DeclineReason;
use contracts::money::Money;
use jiff::{SignedDuration, Timestamp};

/// How long after its end a paid booking counts as completed, when nobody says otherwise.
pub const SETTLE_AFTER: SignedDuration = SignedDuration::from_hours(48);

/// Where a booking stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum State {
    /// The offer is held, and the charge is on its way.
    Reserved,
    /// It cannot become paid any more; payment is asked to undo the charge, if there was one.
    Voiding(Undone),
    /// The offer is the client's, and his money in escrow.
    Paid,
    /// Payment is asked to share out the escrow.
    Refunding {
        by: Side,
        refund: Money,
    },
    Failed(FailReason),
    /// With what the client got back, if it had been paid.
    Cancelled {
        by: Side,
        refund: Option<Money>,
    },
    Completed,
    NoShow,
}

/// Why a charge is being undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Undone {
    /// Payment did not answer in time.
    TimedOut,
    Cancelled {
        by: Side,
    },
}

/// Who cancels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    Client,
    Company,
}

/// Why a booking did not become paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FailReason {
    Declined(DeclineReason),
    TimedOut,
}

/// What happens to a booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    // Payment's answers
    Charged,
    ChargeDeclined(DeclineReason),
    ChargeVoided,
    Refunded,
    Settled,
    // People's wishes
    /// `refund` is what the policy gives a client back, should it have been paid.
    Cancel {
        by: Side,
        refund: Money,
    },
    Complete,
    NoShow,
    /// Its time in this state is over.
    Due,
}

/// What follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// To be saved and told, with its effects, in one transaction.
    Moved { next: State, effects: Vec<Effect> },
    /// Nothing is left to do: it happened before, or something else made it pointless.
    AlreadyDone,
    /// Payment has done what this state asked of it: time has nothing more to do here, and nobody is told.
    Settled,
    /// A person may not do this now.
    Refused(Refusal),
    /// Payment cannot have said this: one of us is wrong, and a person must look.
    Impossible,
}

/// What else changes with the state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Ask payment to see that nothing is charged.
    VoidCharge,
    /// Ask payment to share out the escrow: `refund` to the client, the rest to the company.
    Refund(Money),
    /// Ask payment to give the escrow to the company.
    Settle,
    /// The offer is the client's.
    KeepOffer,
    /// The offer can be booked again, if its time has not come and its company is active.
    ReopenOffer,
    /// The company does not want it booked again.
    WithdrawOffer,
}

/// Why a person may not do what he wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Refusal {
    /// Cancelling ends when the visit begins.
    Begun,
    /// A visit that has not begun can be neither completed nor missed.
    NotBegun,
    /// The booking is not paid, or not yet.
    NotPaid,
    /// The booking has ended in another way.
    Over,
}

/// When the visit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    pub starts_at: Timestamp,
    pub duration_min: i32,
}

impl Visit {
    pub fn ends_at(self) -> Timestamp {
        self.starts_at
            .saturating_add(SignedDuration::from_mins(self.duration_min.into()))
            .unwrap_or(Timestamp::MAX)
    }
}

/// What `input` makes of a booking in `state`. Every pair is in the table below.
pub fn advance(state: State, input: Input, visit: Visit, now: Timestamp) -> Step {
    let begun = now >= visit.starts_at;
    match state {
        State::Reserved => match input {
            Input::Charged => moved(State::Paid, &[Effect::KeepOffer]),
            Input::ChargeDeclined(reason) => {
                moved(State::Failed(FailReason::Declined(reason)), &[Effect::ReopenOffer])
            }
            Input::Cancel { .. } if begun => Step::Refused(Refusal::Begun),
            Input::Cancel { by, .. } => {
                moved(State::Voiding(Undone::Cancelled { by }), &[Effect::VoidCharge])
            }
            Input::Due => moved(State::Voiding(Undone::TimedOut), &[Effect::VoidCharge]),
            Input::Complete | Input::NoShow => Step::Refused(Refusal::NotPaid),
            Input::ChargeVoided | Input::Refunded | Input::Settled => Step::Impossible,
        },
        State::Voiding(undone) => match input {
            Input::ChargeVoided => match undone {
                Undone::TimedOut => moved(State::Failed(FailReason::TimedOut), &[Effect::ReopenOffer]),
                Undone::Cancelled { by } => moved(State::Cancelled { by, refund: None }, &[freed(by)]),
            },
            // Only the answer to `VoidCharge` decides.
            Input::Charged | Input::ChargeDeclined(_) => Step::AlreadyDone,
            Input::Cancel { by, .. } => match undone {
                Undone::Cancelled { by: other } if other != by => Step::Refused(Refusal::Over),
                Undone::Cancelled { .. } | Undone::TimedOut => Step::AlreadyDone,
            },
            Input::Due => moved(state, &[Effect::VoidCharge]),
            Input::Complete | Input::NoShow => Step::Refused(Refusal::NotPaid),
            Input::Refunded | Input::Settled => Step::Impossible,
        },
        State::Paid => match input {
            Input::Cancel { .. } if begun => Step::Refused(Refusal::Begun),
            Input::Cancel { by, refund } => moved(State::Refunding { by, refund }, &[Effect::Refund(refund)]),
            Input::Complete | Input::NoShow if !begun => Step::Refused(Refusal::NotBegun),
            Input::Complete | Input::Due => moved(State::Completed, &[Effect::Settle]),
            Input::NoShow => moved(State::NoShow, &[Effect::Settle]),
            Input::Charged => Step::AlreadyDone,
            Input::ChargeDeclined(_) | Input::ChargeVoided | Input::Refunded | Input::Settled => {
                Step::Impossible
            }
        },
        State::Refunding { by, refund } => match input {
            Input::Refunded => moved(State::Cancelled { by, refund: Some(refund) }, &[freed(by)]),
            Input::Charged => Step::AlreadyDone,
            Input::Cancel { by: other, .. } if other != by => Step::Refused(Refusal::Over),
            Input::Cancel { .. } => Step::AlreadyDone,
            Input::Due => moved(state, &[Effect::Refund(refund)]),
            Input::Complete | Input::NoShow => Step::Refused(Refusal::Over),
            Input::ChargeDeclined(_) | Input::ChargeVoided | Input::Settled => Step::Impossible,
        },
        State::Cancelled { by, .. } => match input {
            Input::Cancel { by: other, .. } if other == by => Step::AlreadyDone,
            Input::Cancel { .. } | Input::Complete | Input::NoShow => Step::Refused(Refusal::Over),
            Input::Charged
            | Input::ChargeDeclined(_)
            | Input::ChargeVoided
            | Input::Refunded
            | Input::Settled
            | Input::Due => Step::AlreadyDone,
        },
        State::Completed => match input {
            Input::Settled => Step::Settled,
            Input::Due => moved(state, &[Effect::Settle]),
            Input::Complete => Step::AlreadyDone,
            Input::Cancel { .. } | Input::NoShow => Step::Refused(Refusal::Over),
            Input::Charged | Input::ChargeDeclined(_) | Input::ChargeVoided | Input::Refunded => {
                Step::AlreadyDone
            }
        },
        State::NoShow => match input {
            Input::Settled => Step::Settled,
            Input::Due => moved(state, &[Effect::Settle]),
            Input::NoShow => Step::AlreadyDone,
            Input::Cancel { .. } | Input::Complete => Step::Refused(Refusal::Over),
            Input::Charged | Input::ChargeDeclined(_) | Input::ChargeVoided | Input::Refunded => {
                Step::AlreadyDone
            }
        },
        State::Failed(_) => match input {
            Input::Cancel { .. } | Input::Complete | Input::NoShow => Step::Refused(Refusal::Over),
            Input::Charged
            | Input::ChargeDeclined(_)
            | Input::ChargeVoided
            | Input::Refunded
            | Input::Settled
            | Input::Due => Step::AlreadyDone,
        },
    }
}

fn moved(next: State, effects: &[Effect]) -> Step {
    Step::Moved { next, effects: effects.to_vec() }
}

/// What becomes of an offer whose booking was cancelled.
fn freed(by: Side) -> Effect {
    match by {
        Side::Client => Effect::ReopenOffer,
        Side::Company => Effect::WithdrawOffer,
    }
}

impl State {
    /// When [`Input::Due`] comes, if this state does not end before, or is [`Step::Settled`]; `resent` counts how often it has
    /// come in it.
    pub fn due_at(self, visit: Visit, resent: i16, now: Timestamp) -> Option<Timestamp> {
        let after = |pause: SignedDuration| now.checked_add(pause).ok();
        match self {
            // Set when it is made, from the service's configuration.
            Self::Reserved => None,
            Self::Voiding(_) | Self::Refunding { .. } => after(resend_after(resent)),
            Self::Completed | Self::NoShow => after(settle_again_after(resent)),
            Self::Paid => Some(visit.ends_at().saturating_add(SETTLE_AFTER).unwrap_or(Timestamp::MAX)),
            Self::Failed(_) | Self::Cancelled { .. } => None,
        }
    }

    /// Whether what becomes of it is payment's word.
    pub fn waits_for_payment(self) -> bool {
        matches!(self, Self::Reserved | Self::Voiding(_) | Self::Refunding { .. })
    }

    /// Whether the client, and who acts for the company, get a mail.
    pub fn is_told_by_mail(self) -> bool {
        matches!(self, Self::Paid | Self::Failed(_) | Self::Cancelled { .. })
    }

    pub fn status(self) -> BookingStatus {
        match self {
            Self::Reserved => BookingStatus::Reserved,
            Self::Voiding(_) => BookingStatus::Voiding,
            Self::Paid => BookingStatus::Paid,
            Self::Refunding { .. } => BookingStatus::Refunding,
            Self::Failed(_) => BookingStatus::Failed,
            Self::Cancelled { .. } => BookingStatus::Cancelled,
            Self::Completed => BookingStatus::Completed,
            Self::NoShow => BookingStatus::NoShow,
        }
    }

    /// The state's data as columns: why, by a stable name, and what the client gets back.
    pub fn columns(self) -> (Option<&'static str>, Option<Money>) {
        match self {
            Self::Reserved | Self::Paid | Self::Completed | Self::NoShow => (None, None),
            Self::Voiding(Undone::TimedOut) | Self::Failed(FailReason::TimedOut) => (Some("timed_out"), None),
            Self::Voiding(Undone::Cancelled { by }) => (Some(by.reason()), None),
            Self::Failed(FailReason::Declined(reason)) => (Some(reason.as_str()), None),
            Self::Refunding { by, refund } => (Some(by.reason()), Some(refund)),
            Self::Cancelled { by, refund } => (Some(by.reason()), refund),
        }
    }

    /// The inverse of [`State::status`] and [`State::columns`]; `None` for a row that no state makes.
    pub fn from_columns(status: &str, reason: Option<&str>, refund: Option<Money>) -> Option<Self> {
        let by = reason.and_then(Side::of_reason);
        Some(match BookingStatus::parse(status)? {
            BookingStatus::Reserved => Self::Reserved,
            BookingStatus::Voiding if reason == Some("timed_out") => Self::Voiding(Undone::TimedOut),
            BookingStatus::Voiding => Self::Voiding(Undone::Cancelled { by: by? }),
            BookingStatus::Paid => Self::Paid,
            BookingStatus::Refunding => Self::Refunding { by: by?, refund: refund? },
            BookingStatus::Failed if reason == Some("timed_out") => Self::Failed(FailReason::TimedOut),
            BookingStatus::Failed => Self::Failed(FailReason::Declined(DeclineReason::parse(reason?)?)),
            BookingStatus::Cancelled => Self::Cancelled { by: by?, refund },
            BookingStatus::Completed => Self::Completed,
            BookingStatus::NoShow => Self::NoShow,
        })
    }
}

/// As below, and after some minutes every half hour: nobody waits for it, and an order that payment cannot take ends up in its
/// `dead_letters` each time.
fn settle_again_after(resent: i16) -> SignedDuration {
    if resent < 6 { resend_after(resent) } else { SignedDuration::from_mins(30) }
}

/// 5, 10, 20 and then every 60 s.
fn resend_after(resent: i16) -> SignedDuration {
    SignedDuration::from_secs(match resent {
        0 => 5,
        1 => 10,
        2 => 20,
        _ => 60,
    })
}

impl Side {
    fn reason(self) -> &'static str {
        match self {
            Self::Client => "cancelled_by_client",
            Self::Company => "cancelled_by_company",
        }
    }

    fn of_reason(reason: &str) -> Option<Self> {
        [Self::Client, Self::Company].into_iter().find(|side| side.reason() == reason)
    }
}

impl Input {
    /// Who made it happen, for the timeline.
    pub fn actor(self) -> Actor {
        match self {
            Self::Cancel { by: Side::Client, .. } => Actor::Client,
            Self::Cancel { by: Side::Company, .. } | Self::Complete | Self::NoShow => Actor::Company,
            Self::Charged
            | Self::ChargeDeclined(_)
            | Self::ChargeVoided
            | Self::Refunded
            | Self::Settled
            | Self::Due => Actor::System,
        }
    }
}

#[cfg(test)]
mod tests;
