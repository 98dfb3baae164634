//! What people want of a booking once it is made: cancel it, complete it, say that nobody came.

use contracts::http::booking::CancellationQuote;
use contracts::ids::BookingId;
use contracts::money::Money;
use jiff::Timestamp;
use kit::outbox;
use tokio::time::Instant;

use crate::booking::{Desk, WAIT};
use crate::domain::cancellation;
use crate::domain::saga::{Input, Refusal, Side, State, Step, advance};
use crate::error::Error;
use crate::sagas::{self, Outcome};
use crate::store;
use crate::store::bookings::{self, Booking, Whose};

/// What a person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// `expected_refund` is what the person was quoted.
    Cancel {
        expected_refund: Option<Money>,
    },
    Complete,
    NoShow,
}

impl Desk {
    /// Does it, or finds that it was done before, and waits for what payment says, but not for ever.
    ///
    /// # Errors
    /// Why it may not be done; then nothing has changed.
    pub async fn fulfil(
        &self,
        id: BookingId,
        whose: Whose,
        wish: Wish,
        words: Option<&str>,
    ) -> Result<Booking, Error> {
        let deadline = Instant::now() + WAIT;
        let waiter = self.waiters.register(id);
        let mut transaction = self.pool.begin().await?;
        let mut found = bookings::lock(&mut transaction, &[id], whose).await?;
        let locked = found.first_mut().ok_or(Error::NoBooking)?;
        let input = match wish {
            Wish::Cancel { expected_refund } => {
                let by = side(whose);
                let refund = refund(&locked.booking, by, locked.now);
                // One who has cancelled already is not quoted anew.
                let is_new = matches!(locked.booking.state, State::Reserved | State::Paid);
                if is_new && expected_refund.is_some_and(|expected| expected != refund) {
                    return Err(Error::QuoteChanged);
                }
                Input::Cancel { by, refund }
            }
            Wish::Complete => Input::Complete,
            Wish::NoShow => Input::NoShow,
        };
        let mut outgoing = outbox::Batch::default();
        match sagas::apply(&mut transaction, locked, input, words, &mut outgoing).await? {
            Outcome::Moved(_) | Outcome::AlreadyDone => {}
            Outcome::Refused(refusal) => return Err(Error::RefusedBySaga(refusal)),
            Outcome::Impossible => return Err(Error::RefusedBySaga(Refusal::Over)),
        }
        let booking = locked.booking.clone();
        bookings::save(&mut transaction, &found).await?;
        outgoing.push(&mut transaction).await?;
        self.outbox.commit(transaction).await?;
        Ok(self.outcome(booking, waiter, deadline).await)
    }

    /// What a client who cancels now would get back.
    ///
    /// # Errors
    /// When he cannot cancel any more.
    pub async fn quote(&self, booking: &Booking) -> Result<CancellationQuote, Error> {
        let now = store::now(&mut *self.pool.acquire().await?).await?;
        let by = Side::Client;
        let refund = refund(booking, by, now);
        if let Step::Refused(refusal) =
            advance(booking.state, Input::Cancel { by, refund }, booking.visit, now)
        {
            return Err(Error::RefusedBySaga(refusal));
        }
        let policy = booking.company.cancellation_policy;
        Ok(CancellationQuote {
            refund,
            price: booking.price,
            currency: booking.currency,
            free_until: cancellation::free_until(policy, booking.visit.starts_at),
        })
    }
}

/// A client cancels what is his, everybody else acts for the company.
fn side(whose: Whose) -> Side {
    match whose {
        Whose::Client(_) => Side::Client,
        Whose::Anybodys | Whose::Company(_) => Side::Company,
    }
}

/// By the policy that the booking was made under; what was never charged comes back whole.
fn refund(booking: &Booking, by: Side, now: Timestamp) -> Money {
    let by_policy = || {
        let policy = booking.company.cancellation_policy;
        cancellation::refund(policy, booking.price, booking.visit.starts_at, by, now)
    };
    match booking.state {
        State::Refunding { refund, .. } => refund,
        State::Cancelled { refund, .. } => refund.unwrap_or(booking.price),
        State::Reserved | State::Voiding(_) | State::Failed(_) => booking.price,
        State::Paid | State::Completed | State::NoShow => by_policy(),
    }
}
