//! The saga at work, in the caller's transaction: he locks bookings, [`apply`] asks [`saga::advance`] what becomes of them
//! and says what is to be told and sent, and he saves them.

use contracts::http::booking::{Actor, OfferStatus};
use contracts::ids::{BookingId, UserId};
use contracts::messages::Message as _;
use contracts::messages::booking::{BookedService, BookingChanged, BookingEvent};
use contracts::messages::notification::MailSent;
use contracts::messages::payment::{Order, PaymentCommand, Refund};
use kit::outbox;
use sqlx::PgConnection;

use crate::domain::saga::{self, Effect, Input, Refusal, State, Step};
use crate::store::bookings::{self, Booking, Fate, Locked, Whose};
use crate::store::timeline;

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
    let mut messages = outbox::Batch::default();
    messages.add(&PaymentCommand::Charge(order(booking)), OF_A_COMMAND)?;
    messages.add(&event(booking, None, OfferStatus::Reserved, &[]), offer_revision)?;
    messages.push(connection).await
}

/// Moves a locked booking by `input`, with everything that follows, for the caller to save; what it says is added to
/// `outgoing`, for the caller to push. `words` are those of the person who wants it.
///
/// # Errors
/// When the database is away.
pub async fn apply(
    connection: &mut PgConnection,
    locked: &mut Locked,
    input: Input,
    words: Option<&str>,
    outgoing: &mut outbox::Batch,
) -> Result<Outcome, outbox::Error> {
    let booking = &locked.booking;
    let (next, effects) = match saga::advance(booking.state, input, booking.visit, locked.now) {
        Step::Moved { next, effects } => (next, effects),
        Step::AlreadyDone => return Ok(Outcome::AlreadyDone),
        Step::Settled => {
            locked.rest();
            return Ok(Outcome::AlreadyDone);
        }
        Step::Refused(refusal) => return Ok(Outcome::Refused(refusal)),
        Step::Impossible => return Ok(Outcome::Impossible),
    };
    if next == booking.state {
        return resend(connection, locked, &effects, outgoing).await;
    }
    let mut fate = Fate::Unchanged;
    for effect in effects {
        match effect {
            Effect::KeepOffer => fate = Fate::Booked,
            Effect::ReopenOffer => fate = Fate::Reopened,
            Effect::WithdrawOffer => fate = Fate::Withdrawn,
            Effect::VoidCharge | Effect::Refund(_) | Effect::Settle => {
                if let Some(command) = command(booking, effect) {
                    outgoing.add(&command, OF_A_COMMAND)?;
                }
            }
        }
    }
    let (reason, _) = next.columns();
    locked.turn(next, fate, input.actor(), words.or(reason));
    let written = words_of_cancel(connection, &locked.booking).await?;
    let event = event(&locked.booking, written, locked.offer.status, &locked.member_ids);
    outgoing.add(&event, locked.offer.revision)?;
    count(&locked.booking, locked.now);
    Ok(Outcome::Moved(next))
}

/// What the person wrote whose cancel has come to its end. He did so when it began, and the timeline has kept it; of one who
/// wrote nothing it has the state's reason.
async fn words_of_cancel(connection: &mut PgConnection, booking: &Booking) -> sqlx::Result<Option<String>> {
    let State::Cancelled { .. } = booking.state else { return Ok(None) };
    let (reason, _) = booking.state.columns();
    let detail = timeline::detail_of_undoing(connection, booking.id).await?;
    Ok(detail.filter(|words| Some(words.as_str()) != reason))
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
    locked: &mut Locked,
    effects: &[Effect],
    outgoing: &mut outbox::Batch,
) -> Result<Outcome, outbox::Error> {
    locked.resend();
    let booking = &locked.booking;
    // One that has not left yet would only be the first of a heap. Time moves each booking in a transaction of its own, so
    // none is in `outgoing`.
    if !bookings::has_unsent(connection, booking.id, PaymentCommand::TOPIC).await? {
        for command in effects.iter().filter_map(|effect| command(booking, *effect)) {
            outgoing.add(&command, OF_A_COMMAND)?;
        }
    }
    Ok(Outcome::Moved(booking.state))
}

/// Mails about a locked booking went out: adds their lines to the timeline, for the caller to save, and says so once.
///
/// # Errors
/// When the message cannot be written.
pub fn notified(
    locked: &mut Locked,
    mails: &[&MailSent],
    outgoing: &mut outbox::Batch,
) -> Result<(), outbox::Error> {
    for mail in mails {
        let status = if mail.outcome.is_reminder() { "reminded" } else { "notified" };
        locked.note(mail.sent_at, status, Actor::System, mail.audience.as_str());
    }
    locked.revise();
    let changed = changed(&locked.booking, locked.offer.status, &locked.member_ids);
    outgoing.add(&BookingEvent::BookingNotified(changed), locked.offer.revision)
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
fn event(
    booking: &Booking,
    words: Option<String>,
    offer_status: OfferStatus,
    member_ids: &[UserId],
) -> BookingEvent {
    let changed = BookingChanged { words, ..changed(booking, offer_status, member_ids) };
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

fn changed(booking: &Booking, offer_status: OfferStatus, member_ids: &[UserId]) -> BookingChanged {
    use contracts::locale::Locale;
    let (reason, refund) = booking.state.columns();
    BookingChanged {
        booking_id: booking.id,
        offer_id: booking.offer_id,
        status: booking.state.status(),
        booking_revision: booking.revision,
        offer_status,
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
        words: None,
        refund,
        member_ids: member_ids.to_vec(),
    }
}

/// Time has moved a booking on, unless something else did first.
///
/// # Errors
/// When the database is away.
pub async fn tick(connection: &mut PgConnection, id: BookingId) -> Result<Outcome, outbox::Error> {
    let mut locked = bookings::lock(connection, &[id], Whose::Anybodys).await?;
    let Some(due) = locked.first_mut().filter(|it| it.is_due) else { return Ok(Outcome::AlreadyDone) };
    let mut outgoing = outbox::Batch::default();
    let outcome = apply(connection, due, Input::Due, None, &mut outgoing).await?;
    bookings::save(connection, &locked).await?;
    outgoing.push(connection).await?;
    Ok(outcome)
}
