//! What `booking` orders, once it makes sense.

use contracts::messages::payment::{Order, PaymentCommand, Refund};
use contracts::money::{LARGEST, Money};

/// What shall become of the money of one booking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// Whose money, and how much: above zero, at most [`LARGEST`].
    pub order: Order,
    pub action: Action,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Take it from the client into escrow.
    Charge,
    /// See that it is with the client, and stays there.
    Void,
    /// Give `refund` back to the client, and the rest to the company.
    Refund { refund: Money },
    /// Give all to the company.
    Settle,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the command names an amount that nobody can pay")]
pub struct Unpayable;

impl TryFrom<PaymentCommand> for Command {
    type Error = Unpayable;

    fn try_from(command: PaymentCommand) -> Result<Self, Unpayable> {
        let (order, action) = match command {
            PaymentCommand::Charge(order) => (order, Action::Charge),
            PaymentCommand::VoidCharge(order) => (order, Action::Void),
            PaymentCommand::Refund(refund) => (order_of(&refund)?, Action::Refund { refund: refund.refund }),
            PaymentCommand::Settle(order) => (order, Action::Settle),
        };
        if order.amount == Money::ZERO || !in_range(order.amount) {
            return Err(Unpayable);
        }
        Ok(Self { order, action })
    }
}

/// Both parts are in range before they are added, so the sum cannot overflow.
fn order_of(refund: &Refund) -> Result<Order, Unpayable> {
    if !in_range(refund.refund) || !in_range(refund.rest) {
        return Err(Unpayable);
    }
    Ok(Order {
        booking_id: refund.booking_id,
        user_id: refund.user_id,
        company_id: refund.company_id,
        amount: refund.refund + refund.rest,
        currency: refund.currency,
    })
}

fn in_range(amount: Money) -> bool {
    Money::ZERO <= amount && amount <= LARGEST
}

#[cfg(test)]
mod tests {
    use contracts::ids::{BookingId, CompanyId, UserId};
    use contracts::money::Currency;
    use uuid::Uuid;

    use super::*;

    fn order(amount: i64) -> Order {
        Order {
            booking_id: BookingId(Uuid::from_u128(1)),
            user_id: UserId(Uuid::from_u128(2)),
            company_id: CompanyId(Uuid::from_u128(3)),
            amount: Money(amount),
            currency: Currency::Rub,
        }
    }

    fn refund(refund: i64, rest: i64) -> PaymentCommand {
        let Order { booking_id, user_id, company_id, currency, .. } = order(1);
        let (refund, rest) = (Money(refund), Money(rest));
        PaymentCommand::Refund(Refund { booking_id, user_id, company_id, refund, rest, currency })
    }

    #[test]
    fn a_refund_is_about_the_sum_of_its_parts() {
        for (parts, amount) in [((70, 30), 100), ((100, 0), 100), ((0, 100), 100)] {
            let command = Command::try_from(refund(parts.0, parts.1)).unwrap();
            let action = Action::Refund { refund: Money(parts.0) };
            assert_eq!(command, Command { order: order(amount), action });
        }
    }

    #[test]
    fn what_nobody_can_pay_is_no_command() {
        for amount in [0, -1, i64::MIN, LARGEST.0 + 1, i64::MAX] {
            for command in [PaymentCommand::Charge, PaymentCommand::VoidCharge, PaymentCommand::Settle] {
                assert_eq!(Command::try_from(command(order(amount))), Err(Unpayable), "{amount}");
            }
        }
        for (back, rest) in [(0, 0), (-1, 2), (2, -1), (i64::MAX, i64::MAX), (LARGEST.0, 1)] {
            assert_eq!(Command::try_from(refund(back, rest)), Err(Unpayable), "{back} + {rest}");
        }
        assert!(Command::try_from(PaymentCommand::Charge(order(LARGEST.0))).is_ok());
    }
}
