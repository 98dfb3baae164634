//! What a command makes of the charge of a booking.
//!
//! Commands come twice, late, and in any order. The state of the charge makes that harmless: money enters
//! escrow at most once and leaves it at most once, and a command that was carried out is answered again.

use contracts::messages::payment::{Answer, ChargeDeclined, DeclineReason, Order, PaymentEvent};
use contracts::money::Money;

use super::command::{Action, Command};
use super::statement::RefundReason;

/// The charge of a booking; one that no command came for has none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charge {
    pub order: Order,
    pub state: State,
}

/// Where the money is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In escrow.
    Charged,
    /// With the client, whose wallet did not hold it.
    Declined,
    /// With the client, for good: a charge that comes now is too late.
    Voided,
    /// So much of it with the client again, the rest with the company.
    Refunded { refund: Money },
    /// With the company.
    Settled,
}

/// What is to be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Nothing: it was done before.
    AlreadyDone(State),
    /// Take the money into escrow. Whether the wallet holds it decides between [`State::Charged`] and
    /// [`State::Declined`].
    Take,
    /// Write down that a charge which comes later is too late.
    Refuse { next: State },
    /// Move no money.
    Become { next: State },
    /// Take the money out of escrow: `refund` goes to the client, `rest` to the company.
    GiveBack { refund: Money, rest: Money, reason: RefundReason, next: State },
    /// Take the money out of escrow: all goes to the company.
    PayOut { next: State },
}

/// A command that `booking` never sends to a charge in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Impossible {
    #[error("the command and the charge differ in whose money it is, or how much")]
    OtherMoney,
    #[error("{action:?} cannot follow {state:?}")]
    OutOfOrder { action: Action, state: Option<State> },
}

/// # Errors
/// When the command can never be carried out.
pub fn decide(charge: Option<&Charge>, command: &Command) -> Result<Decision, Impossible> {
    if charge.is_some_and(|charge| charge.order != command.order) {
        return Err(Impossible::OtherMoney);
    }
    let amount = command.order.amount;
    let (action, state) = (command.action, charge.map(|charge| charge.state));
    match (action, state) {
        (Action::Charge, None) => Ok(Decision::Take),
        (Action::Charge, Some(state)) => Ok(Decision::AlreadyDone(state)),

        (Action::Void, None) => Ok(Decision::Refuse { next: State::Voided }),
        (Action::Void, Some(State::Declined)) => Ok(Decision::Become { next: State::Voided }),
        (Action::Void, Some(State::Charged)) => {
            let (reason, next) = (RefundReason::Voided, State::Voided);
            Ok(Decision::GiveBack { refund: amount, rest: Money::ZERO, reason, next })
        }
        (Action::Void, Some(state @ State::Voided)) => Ok(Decision::AlreadyDone(state)),

        (Action::Refund { refund }, Some(State::Charged)) => {
            let (reason, next) = (RefundReason::Cancelled, State::Refunded { refund });
            Ok(Decision::GiveBack { refund, rest: amount - refund, reason, next })
        }
        (Action::Refund { refund }, Some(state)) if state == (State::Refunded { refund }) => {
            Ok(Decision::AlreadyDone(state))
        }

        (Action::Settle, Some(State::Charged)) => Ok(Decision::PayOut { next: State::Settled }),
        (Action::Settle, Some(state @ State::Settled)) => Ok(Decision::AlreadyDone(state)),

        (Action::Void, Some(State::Refunded { .. } | State::Settled))
        | (
            Action::Refund { .. },
            None | Some(State::Declined | State::Voided | State::Refunded { .. } | State::Settled),
        )
        | (Action::Settle, None | Some(State::Declined | State::Voided | State::Refunded { .. })) => {
            Err(Impossible::OutOfOrder { action, state })
        }
    }
}

/// What `booking` hears when `command` has left the charge in `state`.
pub fn answer(command: &Command, state: State) -> PaymentEvent {
    let booking_id = command.order.booking_id;
    let declined = |reason| PaymentEvent::ChargeDeclined(ChargeDeclined { booking_id, reason });
    match command.action {
        Action::Charge => match state {
            State::Charged | State::Refunded { .. } | State::Settled => {
                PaymentEvent::Charged(Answer { booking_id })
            }
            State::Declined => declined(DeclineReason::InsufficientFunds),
            State::Voided => declined(DeclineReason::Voided),
        },
        Action::Void => PaymentEvent::ChargeVoided(Answer { booking_id }),
        Action::Refund { .. } => PaymentEvent::Refunded(Answer { booking_id }),
        Action::Settle => PaymentEvent::Settled(Answer { booking_id }),
    }
}

#[cfg(test)]
mod tests {
    use contracts::ids::{BookingId, CompanyId, UserId};
    use contracts::money::Currency;
    use uuid::Uuid;

    use super::*;

    const AMOUNT: Money = Money(100);
    const REFUND: Action = Action::Refund { refund: Money(70) };
    const REFUNDED: State = State::Refunded { refund: Money(70) };

    const STATES: [Option<State>; 6] = [
        None,
        Some(State::Declined),
        Some(State::Charged),
        Some(State::Voided),
        Some(REFUNDED),
        Some(State::Settled),
    ];

    fn order(amount: Money) -> Order {
        Order {
            booking_id: BookingId(Uuid::from_u128(1)),
            user_id: UserId(Uuid::from_u128(2)),
            company_id: CompanyId(Uuid::from_u128(3)),
            amount,
            currency: Currency::Rub,
        }
    }

    fn decided(state: Option<State>, action: Action) -> Result<Decision, Impossible> {
        let charge = state.map(|state| Charge { order: order(AMOUNT), state });
        decide(charge.as_ref(), &Command { order: order(AMOUNT), action })
    }

    /// One cell of the table in a few words.
    fn in_words(state: Option<State>, action: Action) -> String {
        match decided(state, action) {
            Ok(Decision::AlreadyDone(same)) if Some(same) == state => "again".to_owned(),
            Ok(Decision::AlreadyDone(other)) => format!("again, but {other:?}"),
            Ok(Decision::Take) => "take".to_owned(),
            Ok(Decision::Refuse { next }) => format!("refuse {next:?}"),
            Ok(Decision::Become { next }) => format!("{next:?}"),
            Ok(Decision::GiveBack { refund, rest, reason, next: State::Refunded { refund: kept } }) => {
                format!("{reason:?} {}/{} kept {}", refund.0, rest.0, kept.0)
            }
            Ok(Decision::GiveBack { refund, rest, reason, next }) => {
                format!("{reason:?} {}/{} {next:?}", refund.0, rest.0)
            }
            Ok(Decision::PayOut { next }) => format!("pay {next:?}"),
            Err(Impossible::OutOfOrder { .. }) => "—".to_owned(),
            Err(Impossible::OtherMoney) => "other money".to_owned(),
        }
    }

    #[test]
    fn every_command_meets_every_state() {
        let back = "Voided 100/0 Voided";
        let shared = "Cancelled 70/30 kept 70";
        #[rustfmt::skip]
        let table = [
            // the charge is:  none             Declined  Charged        Voided   Refunded  Settled
            (Action::Charge, ["take",          "again",  "again",       "again", "again",  "again"]),
            (Action::Void,   ["refuse Voided", "Voided", back,          "again", "—",      "—"]),
            (REFUND,         ["—",             "—",      shared,        "—",     "again",  "—"]),
            (Action::Settle, ["—",             "—",      "pay Settled", "—",     "—",      "again"]),
        ];
        for (action, cells) in table {
            assert_eq!(STATES.map(|state| in_words(state, action)), cells, "{action:?}");
        }
    }

    #[test]
    fn another_share_is_no_repeat() {
        let other = Action::Refund { refund: Money(71) };
        let expected = Impossible::OutOfOrder { action: other, state: Some(REFUNDED) };
        assert_eq!(decided(Some(REFUNDED), other), Err(expected));
    }

    #[test]
    fn a_command_about_other_money_is_impossible_in_every_state() {
        let others = [
            order(AMOUNT + Money(1)),
            Order { user_id: UserId(Uuid::from_u128(9)), ..order(AMOUNT) },
            Order { company_id: CompanyId(Uuid::from_u128(9)), ..order(AMOUNT) },
        ];
        for other in others {
            for state in STATES.into_iter().flatten() {
                for action in [Action::Charge, Action::Void, REFUND, Action::Settle] {
                    let charge = Charge { order: order(AMOUNT), state };
                    let command = Command { order: other.clone(), action };
                    assert_eq!(decide(Some(&charge), &command), Err(Impossible::OtherMoney));
                }
            }
        }
    }

    #[test]
    fn the_answer_to_a_charge_tells_whether_the_money_was_taken() {
        let booking_id = order(AMOUNT).booking_id;
        let charged = PaymentEvent::Charged(Answer { booking_id });
        let declined = |reason| PaymentEvent::ChargeDeclined(ChargeDeclined { booking_id, reason });
        for (state, expected) in [
            (State::Charged, charged.clone()),
            (State::Declined, declined(DeclineReason::InsufficientFunds)),
            (State::Voided, declined(DeclineReason::Voided)),
            (REFUNDED, charged.clone()),
            (State::Settled, charged),
        ] {
            let command = Command { order: order(AMOUNT), action: Action::Charge };
            assert_eq!(answer(&command, state), expected);
        }
    }
}
