//! Message to domain call: what this service makes of what it hears.

use contracts::ids::{BookingId, UserId};
use contracts::messages::Message;
use contracts::messages::company::CompanyEvent;
use contracts::messages::customer::CustomerEvent;
use contracts::messages::notification::{MailSent, NotificationEvent};
use contracts::messages::payment::PaymentEvent;
use kit::consumer::{Failure, Handler, Incoming, Source, decode};
use kit::outbox;
use sqlx::PgConnection;

use crate::domain::saga::Input;
use crate::sagas::{self, Outcome};
use crate::store::bookings::{Booking, Locked, Whose};
use crate::store::{bookings, clients, companies};
use crate::waiters::Waiters;

const COMPANIES: Source = Source::Projection(CompanyEvent::TOPIC);
const CUSTOMERS: Source = Source::Projection(CustomerEvent::TOPIC);
const PAYMENTS: Source = Source::Stream(PaymentEvent::TOPIC);
const MAILS: Source = Source::Stream(NotificationEvent::TOPIC);

/// Everything that this service listens to.
pub fn sources() -> Vec<Source> {
    vec![COMPANIES, CUSTOMERS, PAYMENTS, MAILS]
}

/// The service's handler.
#[derive(Debug, Clone)]
pub struct Consume {
    pub waiters: Waiters,
}

impl Handler for Consume {
    /// Bookings that there was news of, as they are then.
    type Done = Vec<Booking>;

    async fn handle(
        &self,
        connection: &mut PgConnection,
        messages: &[&Incoming],
        outgoing: &mut outbox::Batch,
    ) -> Result<Vec<Booking>, Failure> {
        let mut of_bookings = Vec::new();
        for message in messages {
            match message.source {
                COMPANIES => message.scope(company(connection, message)).await?,
                CUSTOMERS => message.scope(customer(connection, message)).await?,
                PAYMENTS => of_bookings.extend(payment(message)?),
                MAILS => of_bookings.extend(mail(message)?),
                Source::Projection(topic) | Source::Stream(topic) => {
                    return Err(Failure::Park(format!("nobody asked for {topic}")));
                }
            }
        }
        bookings(connection, &of_bookings, outgoing).await
    }

    /// Clients wait to hear of their money; what a mail or a company did may come a moment later.
    fn is_awaited(&self, message: &Incoming) -> bool {
        message.source == PAYMENTS
    }

    fn committed(&self, bookings: Vec<Booking>) {
        for booking in bookings {
            self.waiters.wake(booking.id, Some(booking));
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

/// A message about a booking, which the saga does not know yet.
struct News<'a> {
    message: &'a Incoming,
    kind: &'a str,
    booking_id: BookingId,
    what: What,
}

enum What {
    Answer(Input),
    Mail(MailSent),
}

/// `None` was written by a newer release.
fn payment(message: &Incoming) -> Result<Option<News<'_>>, Failure> {
    let envelope = present(message)?;
    let Some(event) = decode::<PaymentEvent>(envelope)? else { return Ok(None) };
    let (booking_id, input) = match event {
        PaymentEvent::Charged(answer) => (answer.booking_id, Input::Charged),
        PaymentEvent::ChargeDeclined(answer) => (answer.booking_id, Input::ChargeDeclined(answer.reason)),
        PaymentEvent::ChargeVoided(answer) => (answer.booking_id, Input::ChargeVoided),
        PaymentEvent::Refunded(answer) => (answer.booking_id, Input::Refunded),
        PaymentEvent::Settled(answer) => (answer.booking_id, Input::Settled),
    };
    Ok(Some(News { message, kind: &envelope.kind, booking_id, what: What::Answer(input) }))
}

/// `None` was written by a newer release.
fn mail(message: &Incoming) -> Result<Option<News<'_>>, Failure> {
    let envelope = present(message)?;
    let Some(NotificationEvent::MailSent(mail)) = decode(envelope)? else { return Ok(None) };
    let booking_id = mail.booking_id;
    Ok(Some(News { message, kind: &envelope.kind, booking_id, what: What::Mail(mail) }))
}

/// Locks all bookings that there is news of, lets the saga move them, and saves them together. The news of one booking
/// lies together. Tells what they are then.
async fn bookings(
    connection: &mut PgConnection,
    news: &[News<'_>],
    outgoing: &mut outbox::Batch,
) -> Result<Vec<Booking>, Failure> {
    let ids: Vec<BookingId> = news.iter().map(|news| news.booking_id).collect();
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut all = bookings::lock(connection, &ids, Whose::Anybodys).await?;
    for of_one in news.chunk_by(|a, b| a.booking_id == b.booking_id) {
        let [News { kind, booking_id, .. }, ..] = of_one else { continue };
        let Some(locked) = all.iter_mut().find(|locked| locked.booking.id == *booking_id) else {
            return Err(Failure::Park(format!("{kind} of a booking that was never made")));
        };
        let (mut mails, mut last) = (Vec::new(), None);
        for News { message, kind, what, .. } in of_one {
            match what {
                What::Answer(input) => {
                    message.scope(answer(connection, locked, *input, kind, outgoing)).await?;
                }
                What::Mail(mail) => {
                    mails.push(mail);
                    last = Some(message);
                }
            }
        }
        if let Some(message) = last {
            message.scope(async { sagas::notified(locked, &mails, outgoing) }).await?;
        }
        let (offer_id, offer) = (locked.booking.offer_id, locked.offer);
        // Another booking of the same offer goes on from there.
        for other in all.iter_mut().filter(|other| other.booking.offer_id == offer_id) {
            other.offer = offer;
        }
    }
    bookings::save(connection, &all).await?;
    Ok(all.into_iter().map(|locked| locked.booking).collect())
}

async fn answer(
    connection: &mut PgConnection,
    locked: &mut Locked,
    input: Input,
    kind: &str,
    outgoing: &mut outbox::Batch,
) -> Result<(), Failure> {
    let status = locked.booking.state.status();
    match sagas::apply(connection, locked, input, None, outgoing).await? {
        Outcome::Moved(_) | Outcome::AlreadyDone => Ok(()),
        Outcome::Refused(_) | Outcome::Impossible => {
            Err(Failure::Park(format!("{kind} of a booking that is {}", status.as_str())))
        }
    }
}

fn present(message: &Incoming) -> Result<&contracts::envelope::Envelope, Failure> {
    message.envelope.as_ref().ok_or_else(|| Failure::Park("a tombstone in a stream".to_owned()))
}
