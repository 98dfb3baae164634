//! Message to store: what this service makes of what it hears.

use contracts::envelope::Envelope;
use contracts::ids::UserId;
use contracts::messages::Message;
use contracts::messages::booking::{BookingChanged, BookingEvent};
use contracts::messages::company::InvitationEvent;
use contracts::messages::customer::CustomerEvent;
use contracts::messages::notification::Outcome;
use kit::consumer::{Failure, Handler, Incoming, Source, decode};
use kit::{context, outbox};
use sqlx::PgConnection;

use crate::domain::queue::Cause;
use crate::domain::recipients::recipients;
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
    fn concerns(&self, message: &Incoming) -> bool {
        match &message.envelope {
            // What cannot be read is for the handler to refuse.
            Some(envelope) if message.source == BOOKINGS => decode::<BookingEvent>(envelope)
                .map_or(true, |event| event.is_some_and(|event| asks(&event).is_some())),
            _ => true,
        }
    }

    async fn handle(
        &self,
        connection: &mut PgConnection,
        message: &Incoming,
        _: &mut outbox::Batch,
    ) -> Result<(), Failure> {
        match (message.source, &message.envelope) {
            (BOOKINGS, Some(envelope)) => hear_of_booking(connection, envelope).await,
            (INVITATIONS, Some(envelope)) => hear_of_invitation(connection, envelope).await,
            (CUSTOMERS, Some(envelope)) => hear_of_customer(connection, envelope).await,
            (CUSTOMERS, None) => {
                let user_id: UserId =
                    message.key.parse().map_err(|_| Failure::Park("the key is not a user id".to_owned()))?;
                Ok(contacts::forget(connection, user_id).await?)
            }
            (Source::Stream(_) | Source::Projection(_), _) => {
                Err(Failure::Park("not a message of this topic".to_owned()))
            }
        }
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

/// Writes down the mails that a final event asks for. An event that comes again finds them there.
async fn hear_of_booking(connection: &mut PgConnection, envelope: &Envelope) -> Result<(), Failure> {
    let event = decode::<BookingEvent>(envelope)?;
    // `None` was written by a newer release.
    let Some((booking, outcome)) = event.as_ref().and_then(asks) else { return Ok(()) };
    let cause = cause(envelope);
    match outcome {
        Some(Outcome::Paid) => reminders::insert(connection, booking, &cause).await?,
        Some(Outcome::Cancelled) | None => reminders::withdraw(connection, booking.booking_id).await?,
        Some(_) => {}
    }
    if let Some(outcome) = outcome {
        mails::insert(connection, outcome, booking, &recipients(booking), &cause).await?;
    }
    Ok(())
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
    Cause { message_id: envelope.id, traceparent: context::current().trace.to_string() }
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
