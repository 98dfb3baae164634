//! A company, its offers, and messages as they come.

use std::time::{Duration, Instant};

use booking::booking::{Desk, Request};
use booking::config::Limits;
use booking::consume::Consume;
use booking::domain::offer::Terms;
use booking::store::offers::{self, Offer};
use booking::store::{bookings, companies};
use booking::waiters::Waiters;
use contracts::envelope::Envelope;
use contracts::http::booking::NewOffer;
use contracts::http::company::{CancellationPolicy, Role};
use contracts::ids::{BookingId, CompanyId, OfferId, ServiceId, UserId};
use contracts::messages::Message;
use contracts::messages::company::{CompanyChanged, CompanyMember};
use contracts::messages::payment::{Answer, ChargeDeclined, DeclineReason, PaymentEvent};
use contracts::money::{AmountInput, Money};
use jiff::{SignedDuration, Timestamp};
use kit::consumer::{Failure, Handler as _, Incoming, Source};
use kit::outbox::{self, Outbox};
use sqlx::PgPool;
use uuid::Uuid;

pub(crate) const PRICE: Money = Money(150_050);

pub(crate) fn manager() -> UserId {
    UserId(Uuid::from_u128(0xa))
}

pub(crate) fn client(number: u128) -> UserId {
    UserId(Uuid::from_u128(0x1000 + number))
}

pub(crate) fn company_id() -> CompanyId {
    CompanyId(Uuid::from_u128(0xc))
}

pub(crate) fn company() -> CompanyChanged {
    CompanyChanged {
        company_id: company_id(),
        name: "Клиника «Сердце»".to_owned(),
        description: None,
        address: "Москва, Тверская, 1".to_owned(),
        phone: "+7 495 123-45-67".to_owned(),
        email: None,
        location: None,
        time_zone: "Europe/Moscow".to_owned(),
        cancellation_policy: CancellationPolicy::default(),
        active: true,
        logo: None,
        members: vec![CompanyMember { user_id: manager(), role: Role::Owner }],
    }
}

pub(crate) async fn tell_company(pool: &PgPool, company: &CompanyChanged, revision: i64) {
    let mut transaction = pool.begin().await.unwrap();
    companies::keep_newest(&mut transaction, company, revision).await.unwrap();
    transaction.commit().await.unwrap();
}

pub(crate) async fn now(pool: &PgPool) -> Timestamp {
    booking::store::now(&mut pool.acquire().await.unwrap()).await.unwrap()
}

/// An offer of the company that begins in so many hours.
pub(crate) async fn offer(pool: &PgPool, service: i16, hours: i64) -> OfferId {
    offer_at(pool, service, now(pool).await + SignedDuration::from_hours(hours), PRICE).await.unwrap()
}

pub(crate) async fn offer_at(
    pool: &PgPool,
    service: i16,
    starts_at: Timestamp,
    price: Money,
) -> sqlx::Result<OfferId> {
    let body = NewOffer {
        service_id: ServiceId(service),
        price: AmountInput::of(price),
        datetime: starts_at.to_string(),
        duration_min: None,
        description: None,
    };
    let terms =
        Terms::parse(&body, Timestamp::UNIX_EPOCH.max(starts_at - SignedDuration::from_hours(1))).unwrap();
    let id = OfferId(Uuid::now_v7());
    offers::insert(&mut *pool.acquire().await?, id, company_id(), &terms).await?;
    Ok(id)
}

pub(crate) async fn read(pool: &PgPool, id: OfferId) -> Offer {
    offers::find(&mut pool.acquire().await.unwrap(), id).await.unwrap().unwrap()
}

/// A company with one offer.
pub(crate) async fn market(pool: &PgPool) -> OfferId {
    tell_company(pool, &company(), 1).await;
    offer(pool, 20, 48).await
}

pub(crate) fn desk(pool: &PgPool) -> Desk {
    Desk {
        pool: pool.clone(),
        outbox: Outbox::default(),
        waiters: Waiters::default(),
        limits: Limits { undecided_limit: 3, failed_limit_per_hour: 10, charge_seconds: 60 },
    }
}

pub(crate) fn request(client_id: UserId, offer_id: OfferId) -> Request {
    Request { client_id, offer_id, expected_price: None, idempotency_key: None }
}

/// Books without waiting for an outcome: the desk's places are all taken.
pub(crate) async fn reserve(pool: &PgPool, client_id: UserId, offer_id: OfferId) -> BookingId {
    let desk = desk(pool);
    let _places = occupy(&desk);
    desk.book(&request(client_id, offer_id)).await.unwrap().id
}

/// Takes all the places of those who wait, so that nobody else does.
pub(crate) fn occupy(desk: &Desk) -> Vec<booking::waiters::Waiter> {
    std::iter::from_fn(|| desk.waiters.register(BookingId(Uuid::new_v4()))).collect()
}

pub(crate) fn charged(booking_id: BookingId) -> PaymentEvent {
    PaymentEvent::Charged(Answer { booking_id })
}

pub(crate) fn declined(booking_id: BookingId) -> PaymentEvent {
    let reason = DeclineReason::InsufficientFunds;
    PaymentEvent::ChargeDeclined(ChargeDeclined { booking_id, reason })
}

pub(crate) fn voided(booking_id: BookingId) -> PaymentEvent {
    PaymentEvent::ChargeVoided(Answer { booking_id })
}

pub(crate) fn settled(booking_id: BookingId) -> PaymentEvent {
    PaymentEvent::Settled(Answer { booking_id })
}

pub(crate) fn refunded(booking_id: BookingId) -> PaymentEvent {
    PaymentEvent::Refunded(Answer { booking_id })
}

/// A message as it comes from Kafka.
pub(crate) fn incoming<M: Message>(message: &M, source: Source, revision: i64) -> Incoming {
    Incoming {
        source,
        key: message.key(),
        envelope: Some(Envelope {
            id: Uuid::now_v7(),
            kind: message.kind().to_owned(),
            schema: message.schema(),
            key: message.key(),
            revision,
            causation_id: None,
            occurred_at: Timestamp::UNIX_EPOCH,
            traceparent: None,
            payload: message.payload().unwrap(),
        }),
    }
}

/// Hands a message to the service's handler, in a transaction of its own.
pub(crate) async fn hear(pool: &PgPool, message: &Incoming) -> Result<(), Failure> {
    hear_all(pool, &[message]).await
}

/// Hands messages to the service's handler, in one transaction.
pub(crate) async fn hear_all(pool: &PgPool, messages: &[&Incoming]) -> Result<(), Failure> {
    let mut messages = messages.to_vec();
    messages.sort_by(|a, b| a.key.cmp(&b.key));
    let mut transaction = pool.begin().await?;
    let mut outgoing = outbox::Batch::default();
    Consume { waiters: Waiters::default() }.handle(&mut transaction, &messages, &mut outgoing).await?;
    outgoing.push(&mut transaction).await?;
    transaction.commit().await?;
    Ok(())
}

pub(crate) async fn answer(pool: &PgPool, event: &PaymentEvent) -> Result<(), Failure> {
    hear(pool, &incoming(event, Source::Stream(PaymentEvent::TOPIC), 0)).await
}

/// What `probe` finds, as soon as it does.
pub(crate) async fn until<T>(what: &str, mut probe: impl AsyncFnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = probe().await {
            return found;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{what}: not within 30 s");
        tokio::task::yield_now().await;
    }
}

/// A booking's status and reason.
pub(crate) async fn status(pool: &PgPool, id: BookingId) -> (String, Option<String>) {
    sqlx::query_as("select status, reason from bookings where id = $1")
        .bind(id.0)
        .fetch_one(pool)
        .await
        .unwrap()
}

/// The kinds of all messages in the outbox, in order.
pub(crate) async fn told(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar("select kind from outbox order by seq").fetch_all(pool).await.unwrap()
}

/// The revisions of the messages about offers, in order.
pub(crate) async fn revisions(pool: &PgPool, offer_id: OfferId) -> Vec<i64> {
    sqlx::query_scalar("select revision from outbox where key = $1 order by seq")
        .bind(offer_id.to_string())
        .fetch_all(pool)
        .await
        .unwrap()
}

/// As if the booking's time in its state were over.
pub(crate) async fn run_out(pool: &PgPool, id: BookingId) {
    sqlx::query("update bookings set due_at = now() where id = $1").bind(id.0).execute(pool).await.unwrap();
    let mut transaction = pool.begin().await.unwrap();
    booking::sagas::tick(&mut transaction, id).await.unwrap();
    transaction.commit().await.unwrap();
}

/// A person's or the timer's input to the saga.
pub(crate) async fn input(
    pool: &PgPool,
    id: BookingId,
    input: booking::domain::saga::Input,
) -> booking::sagas::Outcome {
    let mut transaction = pool.begin().await.unwrap();
    let mut locked = bookings::lock(&mut transaction, &[id], bookings::Whose::Anybodys).await.unwrap();
    let mut outgoing = outbox::Batch::default();
    let outcome =
        booking::sagas::apply(&mut transaction, &mut locked[0], input, None, &mut outgoing).await.unwrap();
    bookings::save(&mut transaction, &locked).await.unwrap();
    outgoing.push(&mut transaction).await.unwrap();
    transaction.commit().await.unwrap();
    outcome
}
