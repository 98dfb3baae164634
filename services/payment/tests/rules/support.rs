//! Bookings, what is ordered about them, and where their money is.

use std::time::{Duration, Instant};

use contracts::envelope::Envelope;
use contracts::http::payment::{Transaction, TransactionStatus, TransactionType};
use contracts::ids::{BookingId, CompanyId, TransactionId, UserId};
use contracts::messages::Message as _;
use contracts::messages::payment::{Answer, ChargeDeclined, DeclineReason};
use contracts::messages::payment::{Order, PaymentCommand, PaymentEvent, Refund};
use contracts::money::{Currency, Money};
use jiff::Timestamp;
use kit::consumer::{Failure, Handler as _, Incoming, Source};
use kit::outbox;
use payment::consume::Consume;
use payment::domain::account::Owner;
use payment::store::{ledger, transactions};
use payment::top_ups;
use serde_json::value::{RawValue, to_raw_value};
use sqlx::{PgConnection, PgPool};
use uuid::Uuid;

pub(crate) const IVAN: UserId = UserId(Uuid::from_u128(7));
pub(crate) const SALON: CompanyId = CompanyId(Uuid::from_u128(8));

/// What every booking costs that no test says otherwise of.
pub(crate) const PRICE: Money = Money(1_000);

/// Ivan's booking number `number`.
pub(crate) fn order(number: u128) -> Order {
    Order {
        booking_id: BookingId(Uuid::from_u128(number)),
        user_id: IVAN,
        company_id: SALON,
        amount: PRICE,
        currency: Currency::Rub,
    }
}

pub(crate) fn refund(order: &Order, refund: Money) -> PaymentCommand {
    PaymentCommand::Refund(Refund {
        booking_id: order.booking_id,
        user_id: order.user_id,
        company_id: order.company_id,
        refund,
        rest: order.amount - refund,
        currency: order.currency,
    })
}

pub(crate) fn incoming(kind: &str, key: String, payload: Box<RawValue>) -> Incoming {
    let envelope = Envelope {
        id: Uuid::now_v7(),
        kind: kind.to_owned(),
        schema: 1,
        key: key.clone(),
        revision: 0,
        causation_id: None,
        occurred_at: Timestamp::UNIX_EPOCH,
        traceparent: None,
        payload,
    };
    Incoming { source: Source::Stream(PaymentCommand::TOPIC), key, envelope: Some(envelope) }
}

pub(crate) async fn handle(connection: &mut PgConnection, command: &PaymentCommand) -> Result<(), Failure> {
    handle_all(connection, std::slice::from_ref(command)).await
}

/// Commands that came together, which are sorted by booking.
pub(crate) async fn handle_all(
    connection: &mut PgConnection,
    commands: &[PaymentCommand],
) -> Result<(), Failure> {
    let messages: Vec<_> =
        commands.iter().map(|it| incoming(it.kind(), it.key(), it.payload().unwrap())).collect();
    let mut outgoing = outbox::Batch::default();
    Consume.handle(connection, &messages.iter().collect::<Vec<_>>(), &mut outgoing).await?;
    Ok(outgoing.push(connection).await?)
}

/// Delivers a command in a transaction of its own, and returns what was answered.
///
/// # Errors
/// The reason for which it was parked.
pub(crate) async fn send(pool: &PgPool, command: &PaymentCommand) -> Result<PaymentEvent, String> {
    let mut transaction = pool.begin().await.unwrap();
    match handle(&mut transaction, command).await {
        Ok(()) => {}
        Err(Failure::Park(reason)) => return Err(reason),
        Err(Failure::Retry(error)) => panic!("{error}"),
    }
    transaction.commit().await.unwrap();
    Ok(answers(pool, command).await.pop().unwrap())
}

/// What was answered about the booking of `command`, in order.
pub(crate) async fn answers(pool: &PgPool, command: &PaymentCommand) -> Vec<PaymentEvent> {
    let sql = "select kind, revision, payload from outbox where topic = $1 and key = $2 order by seq";
    let rows: Vec<(String, i64, String)> =
        sqlx::query_as(sql).bind(PaymentEvent::TOPIC).bind(command.key()).fetch_all(pool).await.unwrap();
    rows.into_iter()
        .map(|(kind, revision, payload)| {
            assert_eq!(revision, 0);
            PaymentEvent::parse(&kind, &RawValue::from_string(payload).unwrap()).unwrap().unwrap()
        })
        .collect()
}

pub(crate) fn charged(order: &Order) -> PaymentEvent {
    PaymentEvent::Charged(Answer { booking_id: order.booking_id })
}

pub(crate) fn declined(order: &Order, reason: DeclineReason) -> PaymentEvent {
    PaymentEvent::ChargeDeclined(ChargeDeclined { booking_id: order.booking_id, reason })
}

pub(crate) fn voided(order: &Order) -> PaymentEvent {
    PaymentEvent::ChargeVoided(Answer { booking_id: order.booking_id })
}

pub(crate) fn refunded(order: &Order) -> PaymentEvent {
    PaymentEvent::Refunded(Answer { booking_id: order.booking_id })
}

pub(crate) fn settled(order: &Order) -> PaymentEvent {
    PaymentEvent::Settled(Answer { booking_id: order.booking_id })
}

/// A payload that no command has.
pub(crate) fn nothing() -> Box<RawValue> {
    to_raw_value(&()).unwrap()
}

pub(crate) async fn top_up(pool: &PgPool, user_id: UserId, amount: Money) -> TransactionId {
    top_ups::top_up(pool, user_id, amount, None).await.unwrap().transaction_id
}

/// What Ivan has, what the salon has, and what is in escrow.
pub(crate) async fn money(pool: &PgPool) -> (Money, Money, Money) {
    let mut connection = pool.acquire().await.unwrap();
    let client = ledger::balance(&mut connection, Owner::Client(IVAN)).await.unwrap();
    let company = ledger::balance(&mut connection, Owner::Company(SALON)).await.unwrap();
    (client, company, sum(pool, "account = 'escrow'").await)
}

/// Until a statement of this database waits for a lock.
pub(crate) async fn until_somebody_waits(pool: &PgPool) {
    let waiting = "select count(*)
                   from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock'";
    let began = Instant::now();
    while sqlx::query_scalar::<_, i64>(waiting).fetch_one(pool).await.unwrap() == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "nobody waits");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Of the ledger entries that fulfil `condition`.
pub(crate) async fn sum(pool: &PgPool, condition: &'static str) -> Money {
    let sql = format!("select coalesce(sum(amount), 0)::bigint from ledger_entries where {condition}");
    Money(sqlx::query_scalar(sqlx::AssertSqlSafe(sql)).fetch_one(pool).await.unwrap())
}

/// All that a client reads, newest first.
pub(crate) async fn statement(pool: &PgPool, user_id: UserId) -> Vec<Transaction> {
    let mut connection = pool.acquire().await.unwrap();
    transactions::list(&mut connection, user_id, None, 1_000).await.unwrap()
}

/// What Ivan reads about a booking, oldest first: type, status, amount and reason.
pub(crate) async fn lines(
    pool: &PgPool,
    order: &Order,
) -> Vec<(TransactionType, TransactionStatus, Money, Option<String>)> {
    let mut lines: Vec<_> = statement(pool, order.user_id)
        .await
        .into_iter()
        .filter(|line| line.booking_id == Some(order.booking_id))
        .map(|line| (line.kind, line.status, line.amount, line.reason))
        .collect();
    lines.reverse();
    lines
}

/// What holds at any time: each transfer has two sides that sum to zero, and every wallet holds the sum of
/// its entries.
pub(crate) async fn assert_balanced(pool: &PgPool) {
    let lopsided = "select count(*) from (
                        select from ledger_entries
                        group by transfer_id
                        having sum(amount) <> 0 or count(*) <> 2
                    ) lopsided";
    assert_eq!(sqlx::query_scalar::<_, i64>(lopsided).fetch_one(pool).await.unwrap(), 0);
    let wrong = "select count(*)
                 from wallets
                 full join (
                     select account, owner_id, sum(amount) as entered
                     from ledger_entries
                     where owner_id is not null
                     group by account, owner_id
                 ) entries on (account, entries.owner_id) = (owner_kind, wallets.owner_id)
                 where coalesce(balance, 0) <> coalesce(entered, 0)";
    assert_eq!(sqlx::query_scalar::<_, i64>(wrong).fetch_one(pool).await.unwrap(), 0);
}
