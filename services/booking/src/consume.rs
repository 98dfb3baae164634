//! Message to domain call: what this service makes of what it hears.

use contracts::ids::{BookingId, UserId};
use contracts::messages::Message;
use contracts::messages::company::CompanyEvent;
use contracts::messages::customer::CustomerEvent;
use contracts::messages::notification::NotificationEvent;
use contracts::messages::payment::PaymentEvent;
use kit::consumer::{Failure, Handler, Incoming, Source, decode};
use kit::outbox;
use sqlx::PgConnection;

use crate::domain::saga::Input;
use crate::sagas::{self, Outcome};
use crate::store::bookings::Whose;
use crate::store::{bookings, clients, companies};
use crate::waiters::Waiters;

/// Everything that this service listens to.
pub fn sources() -> Vec<Source> {
    vec![
        Source::Projection(CompanyEvent::TOPIC),
        Source::Projection(CustomerEvent::TOPIC),
        Source::Stream(PaymentEvent::TOPIC),
        Source::Stream(NotificationEvent::TOPIC),
    ]
}

/// The service's handler.
#[derive(Debug, Clone)]
pub struct Consume {
    pub waiters: Waiters,
}

impl Handler for Consume {
    async fn handle(
        &self,
        connection: &mut PgConnection,
        message: &Incoming,
        outgoing: &mut outbox::Batch,
    ) -> Result<(), Failure> {
        match message.source {
            Source::Projection(CompanyEvent::TOPIC) => company(connection, message).await,
            Source::Projection(CustomerEvent::TOPIC) => customer(connection, message).await,
            Source::Stream(PaymentEvent::TOPIC) => payment(connection, message, outgoing).await,
            Source::Stream(NotificationEvent::TOPIC) => notification(connection, message, outgoing).await,
            Source::Projection(topic) | Source::Stream(topic) => {
                Err(Failure::Park(format!("nobody asked for {topic}")))
            }
        }
    }

    fn committed(&self, messages: &[&Incoming]) {
        for message in messages.iter().filter(|message| message.source == Source::Stream(PaymentEvent::TOPIC))
        {
            if let Ok(id) = message.key.parse::<BookingId>() {
                self.waiters.wake(id);
            }
        }
    }
}

async fn company(connection: &mut PgConnection, message: &Incoming) -> Result<(), Failure> {
    let Some(envelope) = &message.envelope else {
        return Err(Failure::Park("a company is never gone".to_owned()));
    };
    match decode::<CompanyEvent>(envelope)? {
        Some(CompanyEvent::CompanyChanged(company)) => {
            Ok(companies::keep_newest(connection, &company, envelope.revision).await?)
        }
        // Written by a newer release.
        None => Ok(()),
    }
}

async fn customer(connection: &mut PgConnection, message: &Incoming) -> Result<(), Failure> {
    let Some(envelope) = &message.envelope else {
        let user_id: UserId =
            message.key.parse().map_err(|_| Failure::Park("the key is not a user id".to_owned()))?;
        return Ok(clients::forget(connection, user_id).await?);
    };
    match decode::<CustomerEvent>(envelope)? {
        Some(CustomerEvent::CustomerChanged(client)) => {
            Ok(clients::keep_newest(connection, &client, envelope.revision).await?)
        }
        None => Ok(()),
    }
}

async fn payment(
    connection: &mut PgConnection,
    message: &Incoming,
    outgoing: &mut outbox::Batch,
) -> Result<(), Failure> {
    let envelope = present(message)?;
    let Some(event) = decode::<PaymentEvent>(envelope)? else { return Ok(()) };
    let (id, input) = match event {
        PaymentEvent::Charged(answer) => (answer.booking_id, Input::Charged),
        PaymentEvent::ChargeDeclined(answer) => (answer.booking_id, Input::ChargeDeclined(answer.reason)),
        PaymentEvent::ChargeVoided(answer) => (answer.booking_id, Input::ChargeVoided),
        PaymentEvent::Refunded(answer) => (answer.booking_id, Input::Refunded),
        PaymentEvent::Settled(answer) => (answer.booking_id, Input::Settled),
    };
    let Some(locked) = bookings::lock(connection, id, Whose::Anybodys).await? else {
        return Err(Failure::Park(format!("{} of a booking that was never made", envelope.kind)));
    };
    let status = locked.booking.state.status();
    match sagas::apply(connection, locked, input, None, outgoing).await? {
        Outcome::Moved(_) | Outcome::AlreadyDone => Ok(()),
        Outcome::Refused(_) | Outcome::Impossible => {
            Err(Failure::Park(format!("{} of a booking that is {}", envelope.kind, status.as_str())))
        }
    }
}

async fn notification(
    connection: &mut PgConnection,
    message: &Incoming,
    outgoing: &mut outbox::Batch,
) -> Result<(), Failure> {
    let envelope = present(message)?;
    match decode::<NotificationEvent>(envelope)? {
        Some(NotificationEvent::MailSent(mail)) => {
            if sagas::notified(connection, &mail, outgoing).await? {
                return Ok(());
            }
            Err(Failure::Park("a mail about a booking that was never made".to_owned()))
        }
        None => Ok(()),
    }
}

fn present(message: &Incoming) -> Result<&contracts::envelope::Envelope, Failure> {
    message.envelope.as_ref().ok_or_else(|| Failure::Park("a tombstone in a stream".to_owned()))
}
