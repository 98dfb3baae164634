//! How commands move the money of bookings: lock, decide, move, answer.
//!
//! The charge of a booking is locked or made first, then the client's wallet, then the company's. The messages of one
//! transaction are about many bookings, so two replicas can still wait for each other's charges and wallets; PostgreSQL
//! ends that with a deadlock error for one of them, which tries again.

use std::collections::HashMap;

use contracts::ids::BookingId;
use contracts::messages::payment::{Order, PaymentEvent};
use contracts::money::Money;
use kit::consumer::Failure;
use sqlx::PgConnection;

use crate::domain::account::Owner;
use crate::domain::charge::{Decision, State, answer, decide};
use crate::domain::command::{Action, Command};
use crate::domain::statement::{Line, RefundReason};
use crate::store::{charges, ledger, transactions};

/// Carries `commands` out, each unless that was done before, and says what to answer to each of them either way. Those of
/// one booking lie together and are carried out in their order.
///
/// # Errors
/// [`Failure::Park`] when one of them can never be carried out, [`Failure::Retry`] when something is away.
pub async fn carry_out(
    connection: &mut PgConnection,
    commands: &[Command],
) -> Result<Vec<PaymentEvent>, Failure> {
    let mut answers = Vec::with_capacity(commands.len());
    // Nearly all are charges of bookings that nothing was heard of before: those in a row are taken together. What gives
    // money back ends the row, so that whoever comes behind it may find it in his wallet.
    for run in
        commands.chunk_by(|a, b| is_charge(a) && is_charge(b) && a.order.booking_id != b.order.booking_id)
    {
        let charges: Vec<_> = run.iter().filter(|it| is_charge(it)).map(|it| &it.order).collect();
        let mut taken = take(connection, &charges).await?;
        for command in run {
            let state = match taken.remove(&command.order.booking_id) {
                Some(state) => state,
                None => carry_out_one(connection, command).await?,
            };
            answers.push(answer(command, state));
        }
    }
    Ok(answers)
}

fn is_charge(command: &Command) -> bool {
    command.action == Action::Charge
}

async fn carry_out_one(connection: &mut PgConnection, command: &Command) -> Result<State, Failure> {
    let order = &command.order;
    let charge = charges::lock(connection, order.booking_id).await?;
    let decision =
        decide(charge.as_ref(), command).map_err(|impossible| Failure::Park(impossible.to_string()))?;
    Ok(match decision {
        Decision::AlreadyDone(state) => state,
        Decision::Take => {
            take(connection, &[order]).await?.remove(&order.booking_id).ok_or_else(made_by_another)?
        }
        Decision::Refuse { next } => {
            let opened = charges::insert(connection, &[order], next).await?;
            if opened.is_empty() {
                return Err(made_by_another());
            }
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
    })
}

/// While partitions change hands, two replicas can have the first command of a booking at once, and neither finds a
/// charge to lock. Whoever comes second waits for the first, and finds its charge when he tries again.
fn made_by_another() -> Failure {
    Failure::Retry(sqlx::Error::RowNotFound)
}

/// Takes the money of those orders that nothing was heard of before, in their order, and tells the state that each of
/// them is in then.
async fn take(
    connection: &mut PgConnection,
    orders: &[&Order],
) -> Result<HashMap<BookingId, State>, Failure> {
    let new = charges::insert(connection, orders, State::Charged).await?;
    if new.is_empty() {
        return Ok(HashMap::new());
    }
    let orders: Vec<&Order> = orders.iter().copied().filter(|it| new.contains(&it.booking_id)).collect();
    let clients: Vec<_> = orders.iter().map(|order| order.user_id).collect();
    let mut balances = ledger::lock(connection, &clients).await?;
    let (held, declined): (Vec<_>, Vec<_>) = orders.into_iter().partition(|order| {
        let balance = balances.get_mut(&order.user_id).filter(|balance| **balance >= order.amount);
        balance.map(|balance| *balance = *balance - order.amount).is_some()
    });
    ledger::hold(connection, &held).await?;
    for order in &declined {
        charges::set_state(connection, order.booking_id, State::Declined).await?;
    }
    let held = held.into_iter().map(|order| (order, Line::Paid, State::Charged));
    let declined = declined.into_iter().map(|order| (order, Line::Declined, State::Declined));
    let ended: Vec<_> = held.chain(declined).collect();
    let lines: Vec<_> = ended.iter().map(|(order, line, _)| (*order, *line)).collect();
    transactions::insert(connection, &lines).await?;
    Ok(ended.into_iter().map(|(order, _, state)| (order.booking_id, state)).collect())
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
    transactions::insert(connection, &[(order, Line::Refunded { refund, reason })]).await
}

async fn pay_out(connection: &mut PgConnection, order: &Order, amount: Money) -> sqlx::Result<()> {
    if amount == Money::ZERO {
        return Ok(());
    }
    ledger::release(connection, order.booking_id, Owner::Company(order.company_id), amount).await
}
