//! From the queue to the mail server.
//!
//! No transaction is open while a mail is handed over. A mail is claimed for the time of a lease, handed over,
//! and noted as sent together with the message that says so. A mail server may take far longer than the lease:
//! it is renewed for as long as a mail is under way. A process that dies in between leaves mails, as many as it
//! hands over at the same time, that are claimed again when their lease ends: they go out twice, under the same
//! Message-ID.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use contracts::ids::InvitationId;
use contracts::messages::booking::BookingChanged;
use contracts::messages::company::InvitationMade;
use contracts::messages::notification::NotificationEvent;
use kit::context::{self, Context};
use kit::mail::Mailer;
use kit::outbox::{self, Outbox};
use kit::seal::Seal;
use kit::telemetry;
use sqlx::PgPool;
use tokio::task::{self, JoinError, JoinSet};
use tokio::time::{Instant, sleep_until, timeout_at};
use tokio_util::sync::CancellationToken;
use tracing::Instrument as _;

use crate::domain::queue::{About, Claimed, MailId, Trouble};
use crate::mail::{Content, Invitation, Mail, Portal};
use crate::store::mails::{self, Postponed};

/// Mails handed over at the same time.
const AT_ONCE: usize = 24;

/// So many that are done are worth a transaction at once.
const ENOUGH: usize = AT_ONCE / 2;

/// How often the queue is looked at, and what is done is noted, when there are few mails.
const TICK: Duration = Duration::from_millis(50);

/// Between two tries to reach a mail server or a database that is away.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the leases of mails under way are renewed: a lease outlives a turn or two that fail.
const RENEW_EVERY: Duration = Duration::from_secs(3);

/// What mails under way are given at the end: some time less than the process has, for the last turn.
const END_WITHIN: Duration = Duration::from_secs(3);

/// What hands mails over.
#[derive(Clone)]
pub struct Sender {
    pub mailer: Mailer,
    pub portal: Portal,
    pub outbox: Outbox,
    /// Opens the tokens of invitations.
    pub seal: Seal,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("read what a mail is about")]
    Payload(#[from] serde_json::Error),
    #[error("open the token of an invitation")]
    Token,
    #[error("fill a template")]
    Template(#[from] askama::Error),
    #[error(transparent)]
    Mail(#[from] kit::mail::Error),
}

impl Error {
    fn trouble(&self) -> Trouble {
        match self {
            // A later release may understand it.
            Self::Payload(_) | Self::Token | Self::Template(_) => Trouble::Lasting,
            Self::Mail(error) => Trouble::of(error),
        }
    }
}

/// A mail that was tried, and how that went.
pub struct Delivery {
    pub mail: Claimed,
    pub result: Result<(), Error>,
}

impl Delivery {
    fn trouble(&self) -> Option<Trouble> {
        self.result.as_ref().err().map(Error::trouble)
    }
}

/// Mails that are being handed over. Dropping it breaks them off.
#[derive(Default)]
struct UnderWay {
    work: JoinSet<Delivery>,
    mails: HashMap<task::Id, MailId>,
}

impl UnderWay {
    fn begin(&mut self, sender: Arc<Sender>, mail: Claimed) {
        let id = mail.id;
        let work = self.work.spawn(async move { sender.deliver(mail).await });
        self.mails.insert(work.id(), id);
    }

    /// Waits for the next one that is done; `None` when there is none to wait for.
    async fn next(&mut self) -> Option<Result<Delivery, JoinError>> {
        let ended = self.work.join_next_with_id().await?;
        // One that panicked goes too: nobody renews its lease.
        self.mails.remove(&ended.as_ref().map_or_else(JoinError::id, |(id, _)| *id));
        Some(ended.map(|(_, delivery)| delivery))
    }

    fn len(&self) -> usize {
        self.mails.len()
    }

    fn is_empty(&self) -> bool {
        self.mails.is_empty()
    }

    fn ids(&self) -> Vec<MailId> {
        self.mails.values().copied().collect()
    }
}

impl Sender {
    /// Hands mails over until `stop`, gives those under way a moment then, and notes them. What needs longer is
    /// broken off, and goes out again when its lease ends.
    pub async fn run(self, pool: PgPool, stop: CancellationToken) {
        let sender = Arc::new(self);
        let mut under_way = UnderWay::default();
        let mut done = Vec::new();
        let mut at_once = AT_ONCE;
        let mut renewed = Instant::now();
        while !stop.is_cancelled() {
            let away = done.iter().any(|delivery: &Delivery| delivery.trouble() == Some(Trouble::Away));
            // Without a mail server one mail a second asks for it, and the first answer opens the gates.
            if away {
                at_once = 1;
            } else if !done.is_empty() {
                at_once = AT_ONCE;
            }
            let free = if away { 0 } else { at_once.saturating_sub(under_way.len()) };
            let now = Instant::now();
            let renew = if now - renewed >= RENEW_EVERY { under_way.ids() } else { Vec::new() };
            let turn = sender.turn(&pool, &done, &renew, free).await;
            let pause = if away || turn.is_err() { PAUSE } else { TICK };
            match turn {
                Ok(claimed) => {
                    done.clear();
                    if now - renewed >= RENEW_EVERY {
                        renewed = now;
                    }
                    for mail in claimed {
                        under_way.begin(sender.clone(), mail);
                    }
                }
                // What is done stays so, to be noted when the database is back.
                Err(error) => {
                    tracing::warn!(error = telemetry::chain(&error), "the queue of mails is out of reach");
                }
            }
            let until = Instant::now() + pause;
            loop {
                if done.len() >= ENOUGH && pause == TICK {
                    break;
                }
                tokio::select! {
                    () = stop.cancelled() => break,
                    () = sleep_until(until) => break,
                    Some(delivery) = under_way.next() => done.extend(finished(delivery)),
                }
            }
        }
        let end = Instant::now() + END_WITHIN;
        while let Ok(Some(delivery)) = timeout_at(end, under_way.next()).await {
            done.extend(finished(delivery));
        }
        if !under_way.is_empty() {
            tracing::warn!(mails = under_way.len(), "mails are broken off and go out again");
        }
        if let Err(error) = sender.turn(&pool, &done, &[], 0).await {
            tracing::warn!(error = telemetry::chain(&error), "mails are not noted and go out again");
        }
    }

    /// Notes what is `done`, renews the leases of `under_way`, and claims up to `free` mails.
    ///
    /// # Errors
    /// When the database is away; nothing is noted then, nothing renewed and nothing claimed.
    pub async fn turn(
        &self,
        pool: &PgPool,
        done: &[Delivery],
        under_way: &[MailId],
        free: usize,
    ) -> Result<Vec<Claimed>, outbox::Error> {
        if done.is_empty() && under_way.is_empty() && free == 0 {
            return Ok(Vec::new());
        }
        let delivered: Vec<_> = done.iter().filter(|it| it.result.is_ok()).map(|it| it.mail.id).collect();
        let postponed: Vec<_> = done.iter().filter_map(postponed).collect();
        let mut transaction = pool.begin().await?;
        let sent = mails::mark_sent(&mut transaction, &delivered).await?;
        mails::postpone(&mut transaction, &postponed).await?;
        // Before the claim: a lease that ended while the database was away is ours again, and no second mail.
        mails::renew(&mut transaction, under_way).await?;
        let claimed = mails::claim(&mut transaction, free).await?;
        let mut messages = outbox::Batch::default();
        for (sent, cause) in &sent {
            let message = NotificationEvent::MailSent(sent.clone());
            let context = Context::of_message(Some(&cause.traceparent), cause.message_id);
            messages.add_of(&context, &message, 0)?;
        }
        messages.push(&mut transaction).await?;
        if sent.is_empty() {
            transaction.commit().await?;
        } else {
            fail::fail_point!("sender.before_commit");
            self.outbox.commit_in_background(transaction).await?;
            fail::fail_point!("sender.after_commit");
        }
        for (sent, _) in &sent {
            let (outcome, audience) = (sent.outcome.as_str(), sent.audience.as_str());
            metrics::counter!("mails_sent_total", "outcome" => outcome, "audience" => audience).increment(1);
        }
        Ok(claimed)
    }

    /// Hands one mail over, or says why that did not work.
    pub async fn deliver(&self, mail: Claimed) -> Delivery {
        let context = Context::of_message(Some(&mail.cause.traceparent), mail.cause.message_id);
        let span = tracing::info_span!(
            "mail.deliver",
            trace_id = context.trace.id(),
            mail_id = %mail.id,
            about = mail.about.id(),
        );
        let work = async {
            let result = self.hand_over(&mail).await;
            match &result {
                Ok(()) => tracing::debug!("mail sent"),
                Err(error) => {
                    metrics::counter!("mails_refused_total").increment(1);
                    tracing::warn!(error = telemetry::chain(error), "mail not sent");
                }
            }
            result
        };
        let result = context::scope(context, work.instrument(span)).await;
        Delivery { mail, result }
    }

    async fn hand_over(&self, mail: &Claimed) -> Result<(), Error> {
        let content = self.write(mail)?;
        let envelope = self.mailer.mail(mail.id.0, &mail.reader.email)?;
        Ok(self.mailer.send(content.put_into(envelope)?).await?)
    }

    fn write(&self, mail: &Claimed) -> Result<Content, Error> {
        let (locale, reader) = (mail.reader.locale, mail.reader.first_name.as_str());
        match &mail.about {
            About::Booking { outcome, audience, payload, client_name, .. } => {
                let booking: BookingChanged = serde_json::from_str(payload)?;
                let mail = Mail {
                    outcome: *outcome,
                    audience: *audience,
                    locale,
                    reader,
                    client: client_name.as_deref(),
                    booking: &booking,
                    written_at: mail.created_at,
                    organizer: self.mailer.address(),
                };
                Ok(mail.write(&self.portal)?)
            }
            About::Invitation { id, payload } => {
                let invitation: InvitationMade = serde_json::from_str(payload)?;
                let token = self.open(*id, &invitation.sealed_token).ok_or(Error::Token)?;
                Ok(Invitation { locale, reader, invitation: &invitation, token: &token }
                    .write(&self.portal)?)
            }
        }
    }

    fn open(&self, id: InvitationId, sealed: &str) -> Option<String> {
        let sealed = STANDARD.decode(sealed).ok()?;
        String::from_utf8(self.seal.open(id.0.as_bytes(), &sealed).ok()?).ok()
    }
}

fn finished(delivery: Result<Delivery, JoinError>) -> Option<Delivery> {
    delivery
        .inspect_err(|error| tracing::error!(error = telemetry::chain(error), "a mail waits for its lease"))
        .ok()
}

fn postponed(delivery: &Delivery) -> Option<Postponed> {
    let error = delivery.result.as_ref().err()?;
    let (tries, next) = error.trouble().after(delivery.mail.tries);
    Some(Postponed { id: delivery.mail.id, tries, next, error: error.to_string() })
}
