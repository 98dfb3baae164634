//! Message to domain call: what this service makes of what it hears.

use contracts::messages::Message as _;
use contracts::messages::payment::PaymentCommand;
use kit::consumer::{Failure, Handler, Incoming, Source, decode};
use kit::outbox;
use sqlx::PgConnection;

use crate::commands;
use crate::domain::command::Command;

/// Everything that this service listens to.
pub fn sources() -> Vec<Source> {
    vec![Source::Stream(PaymentCommand::TOPIC)]
}

/// Answers carry no revision: they are no state of anything.
const OF_AN_ANSWER: i64 = 0;

/// The service's handler.
#[derive(Debug, Clone, Copy)]
pub struct Consume;

impl Handler for Consume {
    type Done = ();

    async fn handle(
        &self,
        connection: &mut PgConnection,
        messages: &[&Incoming],
        outgoing: &mut outbox::Batch,
    ) -> Result<(), Failure> {
        let commands = messages.iter().map(|message| read(message)).collect::<Result<Vec<_>, _>>()?;
        let answers = commands::carry_out(connection, &commands).await?;
        for (message, answer) in messages.iter().zip(answers) {
            message.scope(async { outgoing.add(&answer, OF_AN_ANSWER) }).await?;
        }
        Ok(())
    }
}

fn read(message: &Incoming) -> Result<Command, Failure> {
    let Some(envelope) = &message.envelope else {
        return Err(Failure::Park("a command cannot be a tombstone".to_owned()));
    };
    let Some(command) = decode::<PaymentCommand>(envelope)? else {
        // What we do not understand must not look as if it had been done.
        return Err(Failure::Park(format!("{} is no command of ours", envelope.kind)));
    };
    Command::try_from(command).map_err(|error| Failure::Park(error.to_string()))
}
