//! Message to store: what this service makes of what it hears.

use contracts::ids::UserId;
use contracts::messages::Message;
use contracts::messages::customer::CustomerEvent;
use kit::consumer::{Failure, Handler, Incoming, Source, decode};
use sqlx::PgConnection;

use crate::store::contacts;

/// Everything that this service listens to.
pub fn sources() -> Vec<Source> {
    vec![Source::Projection(CustomerEvent::TOPIC)]
}

/// The service's handler.
#[derive(Debug, Clone, Copy)]
pub struct Consume;

impl Handler for Consume {
    async fn handle(&self, connection: &mut PgConnection, message: &Incoming) -> Result<(), Failure> {
        let Some(envelope) = &message.envelope else {
            let user_id: UserId =
                message.key.parse().map_err(|_| Failure::Park("the key is not a user id".to_owned()))?;
            return Ok(contacts::forget(connection, user_id).await?);
        };
        match decode::<CustomerEvent>(envelope)? {
            Some(CustomerEvent::CustomerChanged(customer)) => {
                Ok(contacts::keep_newest(connection, &customer, envelope.revision).await?)
            }
            // Written by a newer release.
            None => Ok(()),
        }
    }
}
