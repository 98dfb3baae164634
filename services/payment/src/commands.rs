//! How a command moves the money of a booking: lock, decide, move, answer.
//!
//! The charge is locked or made first, then the client's wallet, then the company's. The messages of one
//! transaction are about many bookings, so two replicas can still wait for each other's wallets; PostgreSQL
//! ends that with a deadlock error for one of them, which tries again.

use contracts::messages::payment::{Order, PaymentEvent};
use contracts::money::Money;
use kit::consumer::Failure;
use kit::database;
use sqlx::PgConnection;

use crate::domain::account::Owner;
use crate::domain::charge::{Decision, State, answer, decide};
use crate::domain::command::Command;
use crate::domain::statement::{Line, RefundReason};
use crate::store::{charges, ledger, transactions};

/// Carries `command` out, unless that was done before, and says what to answer either way.
///
/// # Errors
/// [`Failure::Park`] when the command can never be carried out, [`Failure::Retry`] when something is away.
pub async fn carry_out(connection: &mut PgConnection, command: &Command) -> Result<PaymentEvent, Failure> {
    let order = &command.order;
    let charge = charges::lock(connection, order.booking_id).await?;
    let decision =
        decide(charge.as_ref(), command).map_err(|impossible| Failure::Park(impossible.to_string()))?;
    let state = match decision {
        Decision::AlreadyDone(state) => state,
        Decision::Take => take(connection, order).await?,
        Decision::Refuse { next } => {
            open(connection, order, next).await?;
            next
        }
        Decision::Become { next } => {
            charges::set_state(connection, order.booking_id, next).await?;
            next
        }
        Decision::GiveBack { refund, rest, reason, next } => {
            charges::set_state(connection, order.booking_id, next).await?;
            give_back(connection, order, refund, reason).await?;
            pay_out(connection, order, rest).await?;
            next
        }
        Decision::PayOut { next } => {
            charges::set_state(connection, order.booking_id, next).await?;
            pay_out(connection, order, order.amount).await?;
            next
        }
    };
    Ok(answer(command, state))
}

/// Writes the first state of a charge.
///
/// While partitions change hands, two replicas can have the first command of a booking at once, and neither
/// finds a row to lock. Whoever comes second waits here for the first, and finds its row when he tries
/// again.
async fn open(connection: &mut PgConnection, order: &Order, state: State) -> Result<(), Failure> {
    charges::insert(connection, order, state).await.map_err(|error| match database::constraint(&error) {
        Some("charges_once_a_booking") => Failure::Retry(error),
        _ => error.into(),
    })
}

async fn take(connection: &mut PgConnection, order: &Order) -> Result<State, Failure> {
    open(connection, order, State::Charged).await?;
    if ledger::hold(connection, order.booking_id, Owner::Client(order.user_id), order.amount).await? {
        transactions::insert(connection, order, Line::Paid).await?;
        return Ok(State::Charged);
    }
    charges::set_state(connection, order.booking_id, State::Declined).await?;
    transactions::insert(connection, order, Line::Declined).await?;
    Ok(State::Declined)
}

async fn give_back(
    connection: &mut PgConnection,
    order: &Order,
    refund: Money,
    reason: RefundReason,
) -> sqlx::Result<()> {
    if refund == Money::ZERO {
        return Ok(());
    }
    ledger::release(connection, order.booking_id, Owner::Client(order.user_id), refund).await?;
    transactions::insert(connection, order, Line::Refunded { refund, reason }).await
}

async fn pay_out(connection: &mut PgConnection, order: &Order, amount: Money) -> sqlx::Result<()> {
    if amount == Money::ZERO {
        return Ok(());
    }
    ledger::release(connection, order.booking_id, Owner::Company(order.company_id), amount).await
}
