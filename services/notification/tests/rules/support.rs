//! Bookings, people, and what became of their mails.

use std::net::{SocketAddr, TcpListener};

use contracts::envelope::Envelope;
use contracts::http::booking::{BookingStatus, OfferStatus};
use contracts::http::company::CancellationPolicy;
use contracts::ids::{BookingId, CompanyId, OfferId, ServiceId, UserId};
use contracts::messages::Message;
use contracts::messages::booking::{BookedCompany, BookedService, BookingChanged, BookingEvent};
use contracts::messages::company::{InvitationEvent, InvitationMade};
use contracts::messages::customer::{CustomerChanged, CustomerEvent};
use contracts::messages::notification::{Audience, MailSent, NotificationEvent, Outcome};
use contracts::money::{Currency, Money};
use jiff::Timestamp;
use kit::config;
use kit::consumer::{Failure, Handler as _, Incoming, Source};
use kit::mail::Mailer;
use kit::outbox::{self, Outbox};
use kit::seal::Seal;
use notification::consume::Consume;
use notification::domain::queue::{About, Claimed};
use notification::mail::Portal;
use notification::sender::{Delivery, Sender};
use notification::store::mails;
use serde_json::value::RawValue;
use sqlx::PgPool;
use uuid::Uuid;

pub(crate) const CLIENT: UserId = UserId(Uuid::from_u128(1));
pub(crate) const OWNER: UserId = UserId(Uuid::from_u128(2));
pub(crate) const MANAGER: UserId = UserId(Uuid::from_u128(3));

pub(crate) fn booking(id: u128) -> BookingChanged {
    BookingChanged {
        booking_id: BookingId(Uuid::from_u128(id)),
        offer_id: OfferId(Uuid::from_u128(id)),
        status: BookingStatus::Paid,
        booking_revision: 2,
        offer_status: OfferStatus::Booked,
        client_id: CLIENT,
        company: BookedCompany {
            id: CompanyId(Uuid::from_u128(4)),
            name: "Барбершоп".to_owned(),
            address: "Москва, Тверская, 1".to_owned(),
            phone: "+7 495 123-45-67".to_owned(),
            location: None,
            time_zone: "Europe/Moscow".to_owned(),
            cancellation_policy: CancellationPolicy { free_until_hours: 24, late_refund_percent: 0 },
        },
        service: BookedService {
            id: ServiceId(7),
            name_ru: "Мужская стрижка/бритье".to_owned(),
            name_en: "Men's haircut and shave".to_owned(),
        },
        starts_at: Timestamp::from_second(1_800_000_000).unwrap(),
        duration_min: 60,
        price: Money(150_000),
        currency: Currency::Rub,
        reason: None,
        words: None,
        refund: None,
        member_ids: vec![OWNER, MANAGER],
    }
}

pub(crate) fn customer(user_id: UserId, email: &str) -> CustomerChanged {
    CustomerChanged {
        user_id,
        email: email.to_owned(),
        first_name: "Иван".to_owned(),
        last_name: "Петров".to_owned(),
        phone: None,
        locale: "ru".to_owned(),
        time_zone: "Europe/Moscow".to_owned(),
    }
}

/// A message that comes for the first time.
pub(crate) fn incoming<M: Message>(source: Source, message: &M, revision: i64) -> Incoming {
    let envelope = Envelope {
        id: Uuid::now_v7(),
        kind: message.kind().to_owned(),
        schema: message.schema(),
        key: message.key(),
        revision,
        causation_id: None,
        occurred_at: Timestamp::from_second(1_700_000_000).unwrap(),
        traceparent: None,
        payload: message.payload().unwrap(),
    };
    Incoming { source, key: message.key(), envelope: Some(envelope) }
}

pub(crate) async fn hear<M: Message>(pool: &PgPool, source: Source, message: &M, revision: i64) {
    handle(pool, &incoming(source, message, revision)).await.unwrap();
}

pub(crate) async fn handle(pool: &PgPool, incoming: &Incoming) -> Result<(), Failure> {
    handle_all(pool, &[incoming]).await
}

/// Messages that came together.
pub(crate) async fn handle_all(pool: &PgPool, messages: &[&Incoming]) -> Result<(), Failure> {
    let mut transaction = pool.begin().await.unwrap();
    let result = Consume.handle(&mut transaction, messages, &mut outbox::Batch::default()).await;
    transaction.commit().await.unwrap();
    result
}

pub(crate) async fn hear_of_booking(pool: &PgPool, event: BookingEvent) {
    hear(pool, Source::Stream(BookingEvent::TOPIC), &event, 1).await;
}

pub(crate) async fn hear_of_customer(pool: &PgPool, customer: CustomerChanged, revision: i64) {
    let event = CustomerEvent::CustomerChanged(customer);
    hear(pool, Source::Projection(CustomerEvent::TOPIC), &event, revision).await;
}

/// All three people of a booking are known.
pub(crate) async fn everybody_is_known(pool: &PgPool) {
    for (user_id, name) in [(CLIENT, "client"), (OWNER, "owner"), (MANAGER, "manager")] {
        hear_of_customer(pool, customer(user_id, &format!("{name}@example.com")), 1).await;
    }
}

pub(crate) async fn claim(pool: &PgPool, limit: usize) -> Vec<Claimed> {
    let mut connection = pool.acquire().await.unwrap();
    mails::claim(&mut connection, limit).await.unwrap()
}

/// As if so much time had gone by.
pub(crate) async fn age(pool: &PgPool, seconds: i32) {
    sqlx::query(
        "update mails
         set next_attempt_at = next_attempt_at - make_interval(secs => $1),
             created_at = created_at - make_interval(secs => $1)",
    )
    .bind(f64::from(seconds))
    .execute(pool)
    .await
    .unwrap();
}

/// A sender whose mail server is away: nobody listens there any more.
pub(crate) fn sender() -> Sender {
    sender_to(TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap())
}

pub(crate) fn sender_to(address: SocketAddr) -> Sender {
    let mail_from = "BookSvc <no-reply@booksvc.localhost>".parse().unwrap();
    Sender {
        mailer: Mailer::new(&config::Mail { smtp_url: format!("smtp://{address}"), mail_from }).unwrap(),
        portal: Portal::new("http://localhost:3000"),
        outbox: Outbox::default(),
        seal: seal(),
    }
}

/// What `company` seals the tokens of invitations with.
pub(crate) fn seal() -> Seal {
    "0f".repeat(32).parse().unwrap()
}

/// Who a mail about a booking speaks to.
pub(crate) fn audience(mail: &Claimed) -> Audience {
    match mail.about {
        About::Booking { audience, .. } => audience,
        About::Invitation { .. } => panic!("an invitation"),
    }
}

/// What a mail about a booking says.
pub(crate) fn outcome(mail: &Claimed) -> Outcome {
    match mail.about {
        About::Booking { outcome, .. } => outcome,
        About::Invitation { .. } => panic!("an invitation"),
    }
}

/// Notes `done` as the sender does.
pub(crate) async fn note(pool: &PgPool, done: &[Delivery]) {
    sender().turn(pool, done, &[], 0).await.unwrap();
}

/// `audience state attempts` of every mail, ordered.
pub(crate) async fn states(pool: &PgPool) -> Vec<String> {
    sqlx::query_scalar("select concat_ws(' ', audience, state, attempts) from mails order by 1, id")
        .fetch_all(pool)
        .await
        .unwrap()
}

/// What the outbox says went out, with the id of the message that asked for it.
pub(crate) async fn told(pool: &PgPool) -> Vec<(MailSent, Option<Uuid>)> {
    let rows: Vec<(String, String, Option<Uuid>, String)> =
        sqlx::query_as("select kind, key, causation_id, payload from outbox order by seq")
            .fetch_all(pool)
            .await
            .unwrap();
    rows.into_iter()
        .map(|(kind, key, causation_id, payload)| {
            let payload = RawValue::from_string(payload).unwrap();
            let Some(NotificationEvent::MailSent(sent)) = NotificationEvent::parse(&kind, &payload).unwrap()
            else {
                panic!("{kind} is not ours");
            };
            assert_eq!(key, sent.booking_id.to_string());
            (sent, causation_id)
        })
        .collect()
}

/// What the outbox says went out.
pub(crate) async fn outcomes_told(pool: &PgPool) -> Vec<Outcome> {
    told(pool).await.into_iter().map(|(sent, _)| sent.outcome).collect()
}

pub(crate) async fn hear_of_invitation(pool: &PgPool, invitation: InvitationMade) {
    let event = InvitationEvent::InvitationMade(invitation);
    hear(pool, Source::Stream(InvitationEvent::TOPIC), &event, 1).await;
}
