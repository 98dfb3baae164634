//! A final event writes down one mail for each who should know, once.

use contracts::messages::Message as _;
use contracts::messages::booking::{BookingChanged, BookingEvent, OfferChanged};
use contracts::messages::customer::CustomerEvent;
use contracts::messages::notification::{Audience, Outcome};
use jiff::Timestamp;
use kit::consumer::{Failure, Handler as _, Incoming, Source};
use notification::consume::Consume;
use notification::domain::queue::{About, Claimed};
use sqlx::PgPool;

use crate::support::{
    CLIENT, MANAGER, OWNER, age, audience, booking, claim, customer, everybody_is_known, handle, handle_all,
    hear_of_booking, hear_of_customer, incoming, outcome, states,
};

/// Whether the consumer hands it over at all.
fn concerns(event: &BookingEvent) -> bool {
    Consume.concerns(&incoming(Source::Stream(BookingEvent::TOPIC), event, 1))
}

/// Whom a mail goes to and as what.
fn reader(mail: &Claimed) -> (Audience, String) {
    (audience(mail), mail.reader.email.clone())
}

fn client_name(mail: &Claimed) -> Option<&str> {
    match &mail.about {
        About::Booking { client_name, .. } => client_name.as_deref(),
        About::Invitation { .. } => panic!("an invitation"),
    }
}

async fn readers(pool: &PgPool) -> Vec<(Audience, String)> {
    let mut readers: Vec<_> = claim(pool, 100).await.iter().map(reader).collect();
    readers.sort();
    readers
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn everybody_who_should_know_gets_a_mail_of_his_own(pool: PgPool) {
    everybody_is_known(&pool).await;
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    let expected = [
        (Audience::Client, "client@example.com".to_owned()),
        (Audience::Company, "manager@example.com".to_owned()),
        (Audience::Company, "owner@example.com".to_owned()),
    ];
    assert_eq!(readers(&pool).await, expected);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn who_is_client_and_company_gets_a_mail_as_each(pool: PgPool) {
    everybody_is_known(&pool).await;
    let own = BookingChanged { member_ids: vec![CLIENT, CLIENT], ..booking(10) };
    hear_of_booking(&pool, BookingEvent::BookingPaid(own)).await;
    let client = "client@example.com".to_owned();
    assert_eq!(readers(&pool).await, [(Audience::Client, client.clone()), (Audience::Company, client)]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn the_same_outcome_told_again_makes_no_other_mails(pool: PgPool) {
    everybody_is_known(&pool).await;
    for _ in 0..2 {
        // Published again it is another message, which the inbox does not know.
        hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    }
    assert_eq!(states(&pool).await.len(), 3);
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(11))).await;
    assert_eq!(states(&pool).await.len(), 6);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn each_outcome_of_a_booking_is_told(pool: PgPool) {
    everybody_is_known(&pool).await;
    for event in [
        BookingEvent::BookingPaid(booking(10)),
        BookingEvent::BookingCancelled(booking(11)),
        BookingEvent::BookingFailed(booking(12)),
    ] {
        assert!(concerns(&event), "{}", event.kind());
        hear_of_booking(&pool, event).await;
    }
    let mut outcomes: Vec<_> = claim(&pool, 100).await.iter().map(outcome).collect();
    outcomes.sort();
    let expected = [[Outcome::Paid; 3], [Outcome::Failed; 3], [Outcome::Cancelled; 3]].concat();
    assert_eq!(outcomes, expected);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn what_is_not_decided_makes_no_mail(pool: PgPool) {
    let booking = booking(10);
    let offer = OfferChanged {
        offer_id: booking.offer_id,
        company_id: booking.company.id,
        service_id: booking.service.id,
        starts_at: booking.starts_at,
        duration_min: booking.duration_min,
        price: booking.price,
        currency: booking.currency,
        status: booking.offer_status,
    };
    for event in [
        BookingEvent::OfferChanged(offer),
        BookingEvent::BookingReserved(booking.clone()),
        BookingEvent::BookingVoiding(booking.clone()),
        BookingEvent::BookingCompleted(booking.clone()),
        BookingEvent::BookingNoShow(booking.clone()),
        BookingEvent::BookingNotified(booking.clone()),
    ] {
        assert!(!concerns(&event), "{}", event.kind());
        hear_of_booking(&pool, event).await;
    }
    // It withdraws reminders.
    let refunding = BookingEvent::BookingRefunding(booking.clone());
    assert!(concerns(&refunding));
    hear_of_booking(&pool, refunding).await;
    assert_eq!(states(&pool).await, Vec::<String>::new());
}

#[test]
fn what_cannot_be_read_is_not_passed_over() {
    let event = BookingEvent::BookingReserved(booking(10));
    let mut message = incoming(Source::Stream(BookingEvent::TOPIC), &event, 1);
    assert!(!Consume.concerns(&message));
    if let Some(envelope) = &mut message.envelope {
        envelope.payload = serde_json::value::to_raw_value(&()).unwrap();
    }
    assert!(Consume.concerns(&message));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn the_company_reads_the_clients_name_if_we_know_it(pool: PgPool) {
    hear_of_customer(&pool, customer(OWNER, "owner@example.com"), 1).await;
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    assert_eq!(client_name(&claim(&pool, 100).await[0]), None);
    hear_of_customer(&pool, customer(CLIENT, "client@example.com"), 1).await;
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(11))).await;
    for mail in claim(&pool, 100).await {
        assert_eq!(client_name(&mail), Some("Иван Петров"));
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_waits_for_its_contact_and_goes_when_it_comes(pool: PgPool) {
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    assert_eq!(claim(&pool, 100).await, []);
    let waiting = ["client waiting 0", "company waiting 0", "company waiting 0"];
    assert_eq!(states(&pool).await, waiting);
    hear_of_customer(&pool, customer(CLIENT, "client@example.com"), 1).await;
    let claimed = claim(&pool, 100).await;
    assert_eq!(
        claimed.iter().map(reader).collect::<Vec<_>>(),
        [(Audience::Client, "client@example.com".to_owned())]
    );
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_contact_that_came_unseen_is_found_when_the_lease_ends(pool: PgPool) {
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    assert_eq!(claim(&pool, 100).await, []);
    // As if the claim had not seen the contact yet, nor the contact the waiting mail.
    sqlx::query("insert into contacts values ($1, 'client@example.com', 'Иван', 'Петров', 'ru', 1)")
        .bind(CLIENT.0)
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(claim(&pool, 100).await, []);
    age(&pool, 10).await;
    assert_eq!(claim(&pool, 100).await.len(), 1);
    assert_eq!(states(&pool).await[0], "client queued 0");
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_changed_contact_leaves_a_mail_alone_that_is_under_way(pool: PgPool) {
    everybody_is_known(&pool).await;
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    assert_eq!(claim(&pool, 100).await.len(), 3);
    hear_of_customer(&pool, customer(CLIENT, "other@example.com"), 2).await;
    assert_eq!(claim(&pool, 100).await, []);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn an_older_contact_does_not_replace_a_newer_one(pool: PgPool) {
    hear_of_customer(&pool, customer(CLIENT, "new@example.com"), 2).await;
    hear_of_customer(&pool, customer(CLIENT, "old@example.com"), 1).await;
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    assert_eq!(claim(&pool, 100).await[0].reader.email, "new@example.com");
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn who_asked_to_be_forgotten_gets_no_mail(pool: PgPool) {
    everybody_is_known(&pool).await;
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    let source = Source::Projection(CustomerEvent::TOPIC);
    for user_id in [CLIENT, OWNER, MANAGER] {
        handle(&pool, &Incoming { source, key: user_id.to_string(), envelope: None }).await.unwrap();
    }
    assert_eq!(claim(&pool, 100).await, []);
    age(&pool, 3_600).await;
    assert_eq!(claim(&pool, 100).await, []);
    assert_eq!(states(&pool).await, ["client failed 0", "company failed 0", "company failed 0"]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn who_is_forgotten_together_with_what_he_would_be_told_gets_no_mail(pool: PgPool) {
    everybody_is_known(&pool).await;
    let gone = Incoming {
        source: Source::Projection(CustomerEvent::TOPIC),
        key: CLIENT.to_string(),
        envelope: None,
    };
    let starts_at = Timestamp::from_second(4_000_000_000).unwrap();
    let paid = BookingEvent::BookingPaid(BookingChanged { starts_at, ..booking(10) });
    let paid = incoming(Source::Stream(BookingEvent::TOPIC), &paid, 1);
    handle_all(&pool, &[&gone, &paid]).await.unwrap();
    assert_eq!(states(&pool).await, ["client failed 0", "company queued 0", "company queued 0"]);
    let reminders = sqlx::query_scalar::<_, i64>("select count(*) from reminders");
    assert_eq!(reminders.fetch_one(&pool).await.unwrap(), 0);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn what_is_no_message_of_its_topic_is_parked(pool: PgPool) {
    for (source, key) in [
        (Source::Projection(CustomerEvent::TOPIC), "nobody"),
        (Source::Stream(BookingEvent::TOPIC), "11111111-1111-1111-1111-111111111111"),
        (Source::Stream("booksvc.other"), "11111111-1111-1111-1111-111111111111"),
    ] {
        let outcome = handle(&pool, &Incoming { source, key: key.to_owned(), envelope: None }).await;
        assert!(matches!(outcome, Err(Failure::Park(_))), "{source:?}");
    }
}
