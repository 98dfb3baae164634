//! The saga at work: lock, ask [`saga::advance`], save, tell, send, in the caller's transaction.

use contracts::http::booking::OfferStatus;
use contracts::ids::BookingId;
use contracts::messages::Message as _;
use contracts::messages::booking::{BookedService, BookingChanged, BookingEvent};
use contracts::messages::notification::MailSent;
use contracts::messages::payment::{Order, PaymentCommand, Refund};
use kit::outbox;
use sqlx::PgConnection;

use crate::domain::saga::{self, Effect, Input, Refusal, State, Step};
use crate::store::bookings::{self, Booking, Change, Locked, Saved, Whose};
use crate::store::offers::Fate;

/// What an input came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Moved(State),
    AlreadyDone,
    Refused(Refusal),
    Impossible,
}

/// Commands carry no revision: they are no state of anything.
const OF_A_COMMAND: i64 = 0;

/// A booking was made: payment is to charge, and the others learn of it.
///
/// # Errors
/// When the database is away.
pub async fn begin(
    connection: &mut PgConnection,
    booking: &Booking,
    offer_revision: i64,
) -> Result<(), outbox::Error> {
    let saved = Saved {
        revision: booking.revision,
        member_ids: Vec::new(),
        offer_status: OfferStatus::Reserved,
        offer_revision,
    };
    let mut messages = outbox::Batch::default();
    messages.add(&PaymentCommand::Charge(order(booking)), OF_A_COMMAND)?;
    messages.add(&event(booking, saved), offer_revision)?;
    messages.push(connection).await
}

/// Moves a locked booking by `input`, with everything that follows; what it says is added to `outgoing`, for the caller to
/// push. `words` are those of the person who wants it.
///
/// # Errors
/// When the database is away.
pub async fn apply(
    connection: &mut PgConnection,
    locked: Locked,
    input: Input,
    words: Option<&str>,
    outgoing: &mut outbox::Batch,
) -> Result<Outcome, outbox::Error> {
    let Locked { mut booking, resent, now, .. } = locked;
    let (next, effects) = match saga::advance(booking.state, input, booking.visit, now) {
        Step::Moved { next, effects } => (next, effects),
        Step::AlreadyDone => return Ok(Outcome::AlreadyDone),
        Step::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
        Step::Impossible => return Ok(Outcome::Impossible),
    };
    if next == booking.state {
        return resend(connection, &booking, &effects, resent, now, outgoing).await;
    }
    let (mut fate, mut commands) = (Fate::Unchanged, Vec::new());
    for effect in effects {
        match effect {
            Effect::KeepOffer => fate = Fate::Booked,
            Effect::ReopenOffer => fate = Fate::Reopened,
            Effect::WithdrawOffer => fate = Fate::Withdrawn,
            Effect::VoidCharge | Effect::Refund(_) | Effect::Settle => {
                commands.extend(command(&booking, effect))
            }
        }
    }
    booking.state = next;
    let (reason, _) = next.columns();
    let change = Change {
        id: booking.id,
        offer_id: booking.offer_id,
        state: next,
        due_at: next.due_at(booking.visit, 0, now),
        fate,
        at: now,
        actor: input.actor(),
        detail: words.or(reason),
    };
    let saved = bookings::change(connection, &change).await?;
    for command in commands {
        outgoing.add(&command, OF_A_COMMAND)?;
    }
    let offer_revision = saved.offer_revision;
    outgoing.add(&event(&booking, saved), offer_revision)?;
    count(&booking, now);
    Ok(Outcome::Moved(next))
}

/// For the metrics: bookings by what became of them, and how long the client waited for it. A transaction that is rolled
/// back and done again counts twice.
fn count(booking: &Booking, now: jiff::Timestamp) {
    let outcome = booking.state.status().as_str();
    metrics::counter!("bookings_total", "outcome" => outcome).increment(1);
    if matches!(booking.state, State::Paid | State::Failed(_)) {
        let waited = now.duration_since(booking.created_at).as_secs_f64();
        metrics::histogram!("booking_decided_seconds", "outcome" => outcome).record(waited);
    }
}

/// Sends the command of a waiting state once more, as a new message, so that a lost answer comes again.
async fn resend(
    connection: &mut PgConnection,
    booking: &Booking,
    effects: &[Effect],
    resent: i16,
    now: jiff::Timestamp,
    outgoing: &mut outbox::Batch,
) -> Result<Outcome, outbox::Error> {
    let due_at = booking.state.due_at(booking.visit, resent.saturating_add(1), now);
    bookings::save_resent(connection, booking.id, due_at).await?;
    // One that has not left yet would only be the first of a heap.
    if !bookings::has_unsent(connection, booking.id, PaymentCommand::TOPIC).await? {
        for command in effects.iter().filter_map(|effect| command(booking, *effect)) {
            outgoing.add(&command, OF_A_COMMAND)?;
        }
    }
    Ok(Outcome::Moved(booking.state))
}

/// A mail about a booking went out. False when there is no such booking.
///
/// # Errors
/// When the database is away.
pub async fn notified(
    connection: &mut PgConnection,
    mail: &MailSent,
    outgoing: &mut outbox::Batch,
) -> Result<bool, outbox::Error> {
    let status = if mail.outcome.is_reminder() { "reminded" } else { "notified" };
    let noted = bookings::note(connection, mail.booking_id, mail.sent_at, status, mail.audience).await?;
    let Some((booking, saved)) = noted else { return Ok(false) };
    let offer_revision = saved.offer_revision;
    let changed = changed(&booking, saved);
    outgoing.add(&BookingEvent::BookingNotified(changed), offer_revision)?;
    Ok(true)
}

/// The command that an effect asks for; `None` for those that concern the offer.
fn command(booking: &Booking, effect: Effect) -> Option<PaymentCommand> {
    match effect {
        Effect::VoidCharge => Some(PaymentCommand::VoidCharge(order(booking))),
        Effect::Settle => Some(PaymentCommand::Settle(order(booking))),
        Effect::Refund(refund) => Some(PaymentCommand::Refund(Refund {
            booking_id: booking.id,
            user_id: booking.client_id,
            company_id: booking.company.id,
            refund,
            rest: booking.price - refund,
            currency: booking.currency,
        })),
        Effect::KeepOffer | Effect::ReopenOffer | Effect::WithdrawOffer => None,
    }
}

fn order(booking: &Booking) -> Order {
    Order {
        booking_id: booking.id,
        user_id: booking.client_id,
        company_id: booking.company.id,
        amount: booking.price,
        currency: booking.currency,
    }
}

/// How the others are told which state a booking has come to.
fn event(booking: &Booking, saved: Saved) -> BookingEvent {
    let changed = changed(booking, saved);
    match booking.state {
        State::Reserved => BookingEvent::BookingReserved(changed),
        State::Voiding(_) => BookingEvent::BookingVoiding(changed),
        State::Paid => BookingEvent::BookingPaid(changed),
        State::Refunding { .. } => BookingEvent::BookingRefunding(changed),
        State::Failed(_) => BookingEvent::BookingFailed(changed),
        State::Cancelled { .. } => BookingEvent::BookingCancelled(changed),
        State::Completed => BookingEvent::BookingCompleted(changed),
        State::NoShow => BookingEvent::BookingNoShow(changed),
    }
}

fn changed(booking: &Booking, saved: Saved) -> BookingChanged {
    use contracts::locale::Locale;
    let (reason, refund) = booking.state.columns();
    BookingChanged {
        booking_id: booking.id,
        offer_id: booking.offer_id,
        status: booking.state.status(),
        booking_revision: saved.revision,
        offer_status: saved.offer_status,
        client_id: booking.client_id,
        company: booking.company.clone(),
        service: BookedService {
            id: booking.service.id,
            name_ru: booking.service.name(Locale::Ru).to_owned(),
            name_en: booking.service.name(Locale::En).to_owned(),
        },
        starts_at: booking.visit.starts_at,
        duration_min: booking.visit.duration_min,
        price: booking.price,
        currency: booking.currency,
        reason: reason.map(str::to_owned),
        refund,
        member_ids: saved.member_ids,
    }
}

/// Time has moved a booking on, unless something else did first.
///
/// # Errors
/// When the database is away.
pub async fn tick(connection: &mut PgConnection, id: BookingId) -> Result<Outcome, outbox::Error> {
    match bookings::lock(connection, id, Whose::Anybodys).await? {
        Some(locked) if locked.is_due => {
            let mut outgoing = outbox::Batch::default();
            let outcome = apply(connection, locked, Input::Due, None, &mut outgoing).await?;
            outgoing.push(connection).await?;
            Ok(outcome)
        }
        _ => Ok(Outcome::AlreadyDone),
    }
}
