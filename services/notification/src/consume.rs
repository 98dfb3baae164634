//! Message to store: what this service makes of what it hears.

use contracts::envelope::Envelope;
use contracts::messages::Message;
use contracts::messages::booking::{BookingChanged, BookingEvent};
use contracts::messages::company::InvitationEvent;
use contracts::messages::customer::CustomerEvent;
use contracts::messages::notification::Outcome;
use kit::consumer::{Failure, Handler, Incoming, Source, decode};
use kit::context::Context;
use kit::outbox;
use sqlx::PgConnection;

use crate::domain::queue::{Asked, Cause};
use crate::store::{contacts, mails, reminders};

const BOOKINGS: Source = Source::Stream(BookingEvent::TOPIC);
const INVITATIONS: Source = Source::Stream(InvitationEvent::TOPIC);
const CUSTOMERS: Source = Source::Projection(CustomerEvent::TOPIC);

/// Everything that this service listens to.
pub fn sources() -> Vec<Source> {
    vec![CUSTOMERS, BOOKINGS, INVITATIONS]
}

/// The service's handler.
#[derive(Debug, Clone, Copy)]
pub struct Consume;

impl Handler for Consume {
    type Done = ();

    fn concerns(&self, message: &Incoming) -> bool {
        match &message.envelope {
            // What cannot be read is for the handler to refuse.
            Some(envelope) if message.source == BOOKINGS => decode::<BookingEvent>(envelope)
                .map_or(true, |event| event.is_some_and(|event| asks(&event).is_some())),
            _ => true,
        }
    }

    /// A mail may come a moment later.
    fn is_awaited(&self, _message: &Incoming) -> bool {
        false
    }

    async fn handle(
        &self,
        connection: &mut PgConnection,
        messages: &[&Incoming],
        _: &mut outbox::Batch,
    ) -> Result<(), Failure> {
        // Before the people: who asked to be forgotten gets none of these either.
        let of_bookings = messages.iter().filter(|message| message.source == BOOKINGS);
        let asked = of_bookings.filter_map(|message| asked(message.envelope.as_ref()?).transpose());
        hear_of_bookings(connection, &asked.collect::<Result<Vec<_>, _>>()?).await?;
        for message in messages {
            match (message.source, &message.envelope) {
                (BOOKINGS, Some(_)) => {}
                (INVITATIONS, Some(envelope)) => {
                    message.scope(hear_of_invitation(connection, envelope)).await?;
                }
                (CUSTOMERS, Some(envelope)) => message.scope(hear_of_customer(connection, envelope)).await?,
                (CUSTOMERS, None) => {
                    let user_id = message.key.parse();
                    let user_id =
                        user_id.map_err(|_| Failure::Park("the key is not a user id".to_owned()))?;
                    contacts::forget(connection, user_id).await?;
                }
                (Source::Stream(_) | Source::Projection(_), _) => {
                    return Err(Failure::Park("not a message of this topic".to_owned()));
                }
            }
        }
        Ok(())
    }
}

/// What an event asks for: a mail about its booking, or (without an outcome) only that nobody is reminded of it. Most of
/// what is told of bookings and offers asks for nothing.
fn asks(event: &BookingEvent) -> Option<(&BookingChanged, Option<Outcome>)> {
    match event {
        BookingEvent::BookingPaid(booking) => Some((booking, Some(Outcome::Paid))),
        BookingEvent::BookingFailed(booking) => Some((booking, Some(Outcome::Failed))),
        BookingEvent::BookingCancelled(booking) => Some((booking, Some(Outcome::Cancelled))),
        BookingEvent::BookingRefunding(booking) => Some((booking, None)),
        // Not decided yet, or nothing that anybody waits to hear.
        BookingEvent::OfferChanged(_)
        | BookingEvent::BookingReserved(_)
        | BookingEvent::BookingVoiding(_)
        | BookingEvent::BookingCompleted(_)
        | BookingEvent::BookingNoShow(_)
        | BookingEvent::BookingNotified(_) => None,
    }
}

/// What an event says and asks for; `None` was written by a newer release, or asks for nothing.
fn asked(envelope: &Envelope) -> Result<Option<Asked>, Failure> {
    let Some(event) = decode::<BookingEvent>(envelope)? else { return Ok(None) };
    let cause = cause(envelope);
    Ok(asks(&event).map(|(booking, outcome)| Asked { booking: booking.clone(), outcome, cause }))
}

/// Writes down the reminders and mails that events ask for. Events that come again find them there.
async fn hear_of_bookings(connection: &mut PgConnection, all: &[Asked]) -> Result<(), Failure> {
    let paid = all.iter().filter(|asked| asked.outcome == Some(Outcome::Paid));
    reminders::insert(connection, &paid.collect::<Vec<_>>()).await?;
    // Behind the reminders: what takes back those of a booking never comes before it is paid.
    for asked in all {
        if matches!(asked.outcome, Some(Outcome::Cancelled) | None) {
            reminders::withdraw(connection, asked.booking.booking_id).await?;
        }
    }
    Ok(mails::insert(connection, all).await?)
}

/// Writes down the letter.
async fn hear_of_invitation(connection: &mut PgConnection, envelope: &Envelope) -> Result<(), Failure> {
    match decode::<InvitationEvent>(envelope)? {
        Some(InvitationEvent::InvitationMade(invitation)) => {
            Ok(mails::insert_invitation(connection, &invitation, &cause(envelope)).await?)
        }
        // Written by a newer release.
        None => Ok(()),
    }
}

fn cause(envelope: &Envelope) -> Cause {
    let context = Context::of_message(envelope.traceparent.as_deref(), envelope.id);
    Cause { message_id: envelope.id, traceparent: context.trace.to_string() }
}

/// Keeps the contact, and lets go what waited for it.
async fn hear_of_customer(connection: &mut PgConnection, envelope: &Envelope) -> Result<(), Failure> {
    match decode::<CustomerEvent>(envelope)? {
        Some(CustomerEvent::CustomerChanged(customer)) => {
            contacts::keep_newest(connection, &customer, envelope.revision).await?;
            Ok(mails::release(connection, customer.user_id).await?)
        }
        // Written by a newer release.
        None => Ok(()),
    }
}
