use std::collections::HashMap;

use anyhow::Context as _;
use contracts::envelope::Envelope;
use contracts::http::booking::{BookingStatus, OfferStatus};
use contracts::messages::Message;
use contracts::messages::booking::{BookingChanged, BookingEvent};
use contracts::messages::company::{CompanyEvent, InvitationEvent};
use contracts::messages::customer::CustomerEvent;
use contracts::messages::notification::{MailSent, NotificationEvent};
use contracts::messages::payment::{PaymentCommand, PaymentEvent};
use sqlx::PgConnection;
use sqlx::postgres::PgRow;
use uuid::Uuid;

use crate::inbox;
use crate::process::Process;
use crate::stack::{SERVICES, Stack};
use crate::topics::Record as TopicRecord;

/// Everything that the stack has stored, told and sent.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) offers: Vec<Offer>,
    pub(super) bookings: Vec<Booking>,
    pub(super) charges: Vec<Charge>,
    pub(super) entries: Vec<Entry>,
    pub(super) wallets: Vec<Wallet>,
    pub(super) transactions: Vec<Transaction>,
    pub(super) mails: Vec<Mail>,
    /// By person.
    pub(super) addresses: HashMap<Uuid, String>,
    /// Invitations that were told, and the states of their letters.
    pub(super) invitations: Vec<Uuid>,
    pub(super) letters: HashMap<Uuid, String>,
    pub(super) received: Vec<Received>,
    pub(super) booking_events: Vec<Event<BookingEvent>>,
    pub(super) commands: Vec<Event<PaymentCommand>>,
    pub(super) answers: Vec<Event<PaymentEvent>>,
    pub(super) sent: Vec<MailSent>,
    pub(super) companies: Projected,
    pub(super) profiles: Projected,
    pub(super) dead_letters: Vec<DeadLetter>,
}

/// A table whose every row is told whole: its rows' revisions, and those that were told last.
#[derive(Debug, Default)]
pub(super) struct Projected {
    pub(super) stored: HashMap<Uuid, i64>,
    pub(super) told: HashMap<Uuid, i64>,
}

#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) id: Uuid,
    pub(super) status: OfferStatus,
    pub(super) revision: i64,
}

#[derive(Debug, Clone)]
pub(super) struct Booking {
    pub(super) id: Uuid,
    pub(super) offer_id: Uuid,
    pub(super) client_id: Uuid,
    pub(super) price: i64,
    pub(super) status: BookingStatus,
    pub(super) refund: Option<i64>,
    pub(super) member_ids: Vec<Uuid>,
    pub(super) revision: i64,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Charge {
    pub(super) booking_id: Uuid,
    pub(super) user_id: Uuid,
    pub(super) amount: i64,
    pub(super) state: String,
    pub(super) refund: Option<i64>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Entry {
    pub(super) transfer_id: Uuid,
    pub(super) account: String,
    pub(super) owner_id: Option<Uuid>,
    pub(super) amount: i64,
    pub(super) booking_id: Option<Uuid>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Wallet {
    pub(super) owner_kind: String,
    pub(super) owner_id: Uuid,
    pub(super) balance: i64,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Transaction {
    pub(super) user_id: Uuid,
    #[sqlx(rename = "type")]
    pub(super) kind: String,
    pub(super) status: String,
    pub(super) amount: i64,
    pub(super) booking_id: Option<Uuid>,
}

#[derive(Debug, Clone, sqlx::FromRow)]
pub(super) struct Mail {
    pub(super) id: Uuid,
    pub(super) booking_id: Uuid,
    pub(super) outcome: String,
    pub(super) audience: String,
    pub(super) user_id: Uuid,
    pub(super) state: String,
    /// Whether it went out while the inbox ran as it runs now: the inbox forgets all when it ends.
    pub(super) is_kept: bool,
    /// Whether it reminded of a visit that had begun or was cancelled by then.
    pub(super) is_too_late: bool,
}

/// What lies in the inbox.
#[derive(Debug, Clone)]
pub(super) struct Received {
    /// `None` for one that our programs did not name.
    pub(super) id: Option<Uuid>,
    /// The booking that it links to.
    pub(super) booking_id: Option<Uuid>,
    pub(super) recipients: Vec<String>,
}

#[derive(Debug, Clone)]
pub(super) struct Event<M> {
    pub(super) id: Uuid,
    pub(super) key: String,
    pub(super) revision: i64,
    pub(super) message: M,
}

#[derive(Debug, Clone)]
pub(super) struct DeadLetter {
    pub(super) service: &'static str,
    pub(super) topic: String,
    pub(super) reason: String,
}

pub(super) async fn read(stack: &Stack) -> anyhow::Result<Record> {
    let mut record = Record::default();
    read_bookings(&mut stack.database("booking").await?, &mut record).await?;
    read_money(&mut stack.database("payment").await?, &mut record).await?;
    read_mails(&mut stack.database("notification").await?, &mut record).await?;
    record.received = stack.inbox.all().await?.iter().map(received).collect();
    record.booking_events = messages(&stack.topics.read(BookingEvent::TOPIC).await?)?;
    record.commands = messages(&stack.topics.read(PaymentCommand::TOPIC).await?)?;
    record.answers = messages(&stack.topics.read(PaymentEvent::TOPIC).await?)?;
    let sent: Vec<Event<NotificationEvent>> = messages(&stack.topics.read(NotificationEvent::TOPIC).await?)?;
    record.sent = sent
        .into_iter()
        .map(|event| match event.message {
            NotificationEvent::MailSent(sent) => sent,
        })
        .collect();
    let invitations: Vec<Event<InvitationEvent>> =
        messages(&stack.topics.read(InvitationEvent::TOPIC).await?)?;
    record.invitations = invitations
        .into_iter()
        .map(|event| match event.message {
            InvitationEvent::InvitationMade(invitation) => invitation.invitation_id.0,
        })
        .collect();
    let select = "select id, revision from companies";
    record.companies = projected(stack, "company", select, CompanyEvent::TOPIC).await?;
    let select = "select user_id, revision from profiles";
    record.profiles = projected(stack, "customer", select, CustomerEvent::TOPIC).await?;
    for service in SERVICES {
        let letters: Vec<(String, String)> = sqlx::query_as("select topic, reason from dead_letters")
            .fetch_all(&mut stack.database(service).await?)
            .await?;
        let letters = letters.into_iter().map(|(topic, reason)| DeadLetter { service, topic, reason });
        record.dead_letters.extend(letters);
    }
    Ok(record)
}

async fn read_bookings(database: &mut PgConnection, record: &mut Record) -> anyhow::Result<()> {
    let offers: Vec<(Uuid, String, i64)> =
        sqlx::query_as("select id, status, revision from offers").fetch_all(&mut *database).await?;
    for (id, status, revision) in offers {
        let status = OfferStatus::parse(&status).with_context(|| format!("offer {id} is {status}"))?;
        record.offers.push(Offer { id, status, revision });
    }
    type Row = (Uuid, Uuid, Uuid, i64, String, Option<i64>, Vec<Uuid>, i64);
    let select = "select id, offer_id, client_id, price, status, refund, member_ids, revision from bookings";
    let bookings: Vec<Row> = sqlx::query_as(select).fetch_all(database).await?;
    for (id, offer_id, client_id, price, status, refund, member_ids, revision) in bookings {
        let status = BookingStatus::parse(&status).with_context(|| format!("booking {id} is {status}"))?;
        record.bookings.push(Booking {
            id,
            offer_id,
            client_id,
            price,
            status,
            refund,
            member_ids,
            revision,
        });
    }
    Ok(())
}

async fn read_money(database: &mut PgConnection, record: &mut Record) -> anyhow::Result<()> {
    let select = "select booking_id, user_id, amount, state, refund from charges";
    record.charges = rows(database, select).await?;
    let select = "select transfer_id, account, owner_id, amount, booking_id from ledger_entries";
    record.entries = rows(database, select).await?;
    record.wallets = rows(database, "select owner_kind, owner_id, balance from wallets").await?;
    let select = "select user_id, type, status, amount, booking_id from transactions";
    record.transactions = rows(database, select).await?;
    Ok(())
}

async fn read_mails(database: &mut PgConnection, record: &mut Record) -> anyhow::Result<()> {
    let inbox_age = Process::of_stack("mailhog")?.age()?;
    // A mail that is being handed over when its visit is cancelled may take two minutes. Invitations are about no booking.
    let select = "select id, booking_id, outcome, audience, user_id, state,
                         coalesce(sent_at > now() - make_interval(secs => $1), false) as is_kept,
                         coalesce(
                             outcome in ('reminder_24h', 'reminder_2h')
                             and (sent_at > (booking ->> 'starts_at')::timestamptz
                                  or exists (
                                      select
                                      from mails as other
                                      where other.booking_id = mails.booking_id
                                        and other.outcome = 'cancelled'
                                        and other.created_at < mails.sent_at - interval '2 minutes'
                                  )),
                             false
                         ) as is_too_late
                  from mails
                  where booking_id is not null";
    record.mails = sqlx::query_as(select).bind(inbox_age.as_secs_f64()).fetch_all(&mut *database).await?;
    let addresses: Vec<(Uuid, String)> =
        sqlx::query_as("select user_id, email from contacts").fetch_all(&mut *database).await?;
    record.addresses = addresses.into_iter().collect();
    let letters: Vec<(Uuid, String)> =
        sqlx::query_as("select invitation_id, state from mails where invitation_id is not null")
            .fetch_all(database)
            .await?;
    record.letters = letters.into_iter().collect();
    Ok(())
}

async fn rows<T>(database: &mut PgConnection, select: &'static str) -> sqlx::Result<Vec<T>>
where
    T: for<'row> sqlx::FromRow<'row, PgRow> + Send + Unpin,
{
    sqlx::query_as(select).fetch_all(database).await
}

async fn projected(
    stack: &Stack,
    service: &str,
    select: &'static str,
    topic: &'static str,
) -> anyhow::Result<Projected> {
    let stored: Vec<(Uuid, i64)> =
        sqlx::query_as(select).fetch_all(&mut stack.database(service).await?).await?;
    let mut told = HashMap::new();
    for TopicRecord { key, envelope } in stack.topics.read(topic).await? {
        let id: Uuid = key.parse().with_context(|| format!("{topic} has the key {key}"))?;
        match envelope {
            Some(envelope) => told.insert(id, envelope.revision),
            None => told.remove(&id),
        };
    }
    Ok(Projected { stored: stored.into_iter().collect(), told })
}

fn messages<M: Message>(records: &[TopicRecord]) -> anyhow::Result<Vec<Event<M>>> {
    records.iter().filter_map(|record| record.envelope.as_ref()).map(message).collect()
}

fn message<M: Message>(envelope: &Envelope) -> anyhow::Result<Event<M>> {
    let Envelope { id, kind, key, revision, payload, .. } = envelope;
    let message = M::parse(kind, payload).with_context(|| format!("message {id}"))?;
    let message = message.with_context(|| format!("message {id} is a {kind}, which nobody knows"))?;
    Ok(Event { id: *id, key: key.clone(), revision: *revision, message })
}

fn received(mail: &inbox::Mail) -> Received {
    let name = mail.message_id.split('@').next().unwrap_or_default();
    let link = mail.text.split("/bookings/").nth(1);
    let linked = link.and_then(|link| link.get(..36));
    Received {
        id: name.parse().ok(),
        booking_id: linked.and_then(|id| id.parse().ok()),
        recipients: mail.recipients.clone(),
    }
}

/// The booking that an event tells of; an offer's own event tells of none.
pub(super) fn booking_of(event: &BookingEvent) -> Option<&BookingChanged> {
    match event {
        BookingEvent::OfferChanged(_) => None,
        BookingEvent::BookingReserved(booking)
        | BookingEvent::BookingVoiding(booking)
        | BookingEvent::BookingPaid(booking)
        | BookingEvent::BookingRefunding(booking)
        | BookingEvent::BookingFailed(booking)
        | BookingEvent::BookingCancelled(booking)
        | BookingEvent::BookingCompleted(booking)
        | BookingEvent::BookingNoShow(booking)
        | BookingEvent::BookingNotified(booking) => Some(booking),
    }
}
