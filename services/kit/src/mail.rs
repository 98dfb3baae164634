//! Handing mails to the mail server.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp;
use lettre::transport::smtp::response::{Code, Severity};
use lettre::{Address, Message};
use tokio::time::timeout;
use uuid::Uuid;

use crate::config;

/// Connections to the mail server, kept for the next mail.
mod connections;

use connections::Connections;

/// Of connecting, up to where a mail server waits for a mail.
const GREETED_WITHIN: Duration = Duration::from_secs(5);

/// Of handing over one mail, up to the answer to its end. A mail server may look into a mail for long before it
/// answers, and has the mail then: who does not wait for that sends it again, and again.
const TAKEN_WITHIN: Duration = Duration::from_secs(2 * 60);

/// The mail server, and whom mails are from.
#[derive(Clone)]
pub struct Mailer {
    connections: Arc<Connections>,
    from: Mailbox,
}

/// No message quotes a person's address, nor the mail server's own words about one.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the mail server's address {0}")]
    Setting(&'static str),
    #[error("address a mail")]
    Address(#[from] lettre::address::AddressError),
    #[error("write a mail")]
    Message(#[from] lettre::error::Error),
    #[error("name the kind of a part")]
    ContentType(#[from] lettre::message::header::ContentTypeErr),
    #[error("reach the mail server")]
    Unreachable(#[source] io::Error),
    #[error("be greeted by the mail server")]
    Unwelcome(#[source] smtp::Error),
    #[error("be greeted by the mail server in time")]
    Silent,
    #[error("hand a mail over: status {0}")]
    Refused(Code),
    #[error("hand a mail over: the mail server cannot take such a mail")]
    Unsupported,
    #[error("hand a mail over: the connection broke")]
    Broken,
    #[error("hand a mail over in time")]
    Timeout,
}

impl Error {
    /// Whether the same mail could never be handed over; otherwise a later try may succeed.
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Setting(_)
            | Self::Address(_)
            | Self::Message(_)
            | Self::ContentType(_)
            | Self::Unsupported => true,
            Self::Refused(code) => code.severity == Severity::PermanentNegativeCompletion,
            Self::Unreachable(_) | Self::Unwelcome(_) | Self::Silent | Self::Broken | Self::Timeout => false,
        }
    }

    /// Whether it was not about this mail: there is no mail server that could be asked.
    pub fn is_away(&self) -> bool {
        match self {
            Self::Unreachable(_) | Self::Unwelcome(_) | Self::Silent => true,
            Self::Setting(_)
            | Self::Address(_)
            | Self::Message(_)
            | Self::ContentType(_)
            | Self::Refused(_)
            | Self::Unsupported
            | Self::Broken
            | Self::Timeout => false,
        }
    }
}

impl Mailer {
    /// Connects nothing yet.
    ///
    /// # Errors
    /// When the address of the mail server is unusable.
    pub fn new(config: &config::Mail) -> Result<Self, Error> {
        let connections = Arc::new(Connections::of_url(&config.smtp_url)?);
        Ok(Self { connections, from: config.mail_from.clone() })
    }

    /// Our own address.
    pub fn address(&self) -> &str {
        self.from.email.as_ref()
    }

    /// A mail from us to one address. Its `Message-ID` is made of `id` alone, so that a repeat can be known.
    ///
    /// # Errors
    /// When `to` is no address.
    pub fn mail(&self, id: Uuid, to: &str) -> Result<MessageBuilder, Error> {
        Ok(Message::builder()
            .message_id(Some(format!("<{id}@{}>", self.from.email.domain())))
            .from(self.from.clone())
            .to(Mailbox::new(None, to.parse::<Address>()?)))
    }

    /// # Errors
    /// When the mail server did not take it, or not in time: then it may have it or not.
    pub async fn send(&self, mail: Message) -> Result<(), Error> {
        fail::fail_point!("mail.before_send");
        let connection = timeout(GREETED_WITHIN, self.connections.take()).await;
        let mut connection = connection.map_err(|_| Error::Silent)??;
        let sent = timeout(TAKEN_WITHIN, connection.send(mail.envelope(), &mail.formatted())).await;
        // On an error the connection ends here: what it would say next is the answer to this mail.
        sent.map_err(|_| Error::Timeout)?.map_err(|error| match error.status() {
            Some(code) => Error::Refused(code),
            None if error.is_client() => Error::Unsupported,
            None => Error::Broken,
        })?;
        self.connections.put(connection);
        fail::fail_point!("mail.after_send");
        Ok(())
    }

    /// [`Mailer::send`] for somebody who waits: the whole of it ends within `limit`.
    ///
    /// # Errors
    /// Those of [`Mailer::send`].
    pub async fn send_within(&self, limit: Duration, mail: Message) -> Result<(), Error> {
        // What is dropped at the limit holds the connection, so that ends too.
        timeout(limit, self.send(mail)).await.map_err(|_| Error::Timeout)?
    }
}
