//! The saga in the database: what payment says, again, late, or never.

use booking::domain::saga::{Input, Side};
use booking::sagas::Outcome;
use contracts::http::booking::OfferStatus;
use contracts::ids::BookingId;
use contracts::messages::Message as _;
use contracts::messages::company::CompanyChanged;
use contracts::messages::notification::{Audience, MailSent, NotificationEvent, Outcome as MailOutcome};
use contracts::messages::payment::{PaymentCommand, PaymentEvent};
use contracts::money::Money;
use jiff::Timestamp;
use kit::consumer::{Failure, Incoming, Source};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    PRICE, answer, charged, client, company, declined, hear, hear_all, incoming, input, manager, market,
    offer, read, refunded, reserve, revisions, run_out, status, tell_company, told, voided,
};

async fn timeline(pool: &PgPool) -> Vec<(String, String, Option<String>)> {
    sqlx::query_as("select status, actor, detail from timeline order by at, id")
        .fetch_all(pool)
        .await
        .unwrap()
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_charge_makes_the_booking_paid_and_the_offer_booked_once(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    for _ in 0..2 {
        answer(&pool, &charged(id)).await.unwrap();
    }
    assert_eq!(status(&pool, id).await, ("paid".to_owned(), None));
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Booked);
    assert_eq!(told(&pool).await, ["Charge", "BookingReserved", "BookingPaid"]);
    assert_eq!(revisions(&pool, offer_id).await, [2, 3]);
    let members: Vec<uuid::Uuid> =
        sqlx::query_scalar("select unnest(member_ids) from bookings").fetch_all(&pool).await.unwrap();
    assert_eq!(members, [manager().0], "everybody who acts for the company is told");
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_declined_charge_releases_the_offer_once(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    answer(&pool, &declined(id)).await.unwrap();
    let next = reserve(&pool, client(2), offer_id).await;
    // It comes again when the offer is another's already.
    answer(&pool, &declined(id)).await.unwrap();
    assert_eq!(status(&pool, id).await, ("failed".to_owned(), Some("insufficient_funds".to_owned())));
    assert_eq!(status(&pool, next).await.0, "reserved");
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Reserved);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_charge_that_comes_too_late_is_undone_before_the_offer_is_free(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    run_out(&pool, id).await;
    assert_eq!(status(&pool, id).await, ("voiding".to_owned(), Some("timed_out".to_owned())));
    answer(&pool, &charged(id)).await.unwrap();
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Reserved, "the money is not back yet");
    answer(&pool, &voided(id)).await.unwrap();
    assert_eq!(status(&pool, id).await, ("failed".to_owned(), Some("timed_out".to_owned())));
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Open);
    let expected = ["Charge", "BookingReserved", "VoidCharge", "BookingVoiding", "BookingFailed"];
    assert_eq!(told(&pool).await, expected);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_command_is_sent_again_as_a_new_message_but_not_while_the_last_has_not_left(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    run_out(&pool, id).await;
    run_out(&pool, id).await;
    let voids = async || told(&pool).await.iter().filter(|kind| *kind == "VoidCharge").count();
    assert_eq!(voids().await, 1, "Kafka is away: the first one has not left");
    // The relay publishes.
    let sent: Vec<uuid::Uuid> = sqlx::query_scalar("delete from outbox where topic = $1 returning id")
        .bind(PaymentCommand::TOPIC)
        .fetch_all(&pool)
        .await
        .unwrap();
    run_out(&pool, id).await;
    assert_eq!(voids().await, 1);
    let again: uuid::Uuid =
        sqlx::query_scalar("select id from outbox where kind = 'VoidCharge'").fetch_one(&pool).await.unwrap();
    assert!(!sent.contains(&again));
    assert_eq!(timeline(&pool).await.len(), 2, "nothing happened but a question");
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn time_moves_nothing_that_was_decided_meanwhile(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    answer(&pool, &charged(id)).await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(booking::sagas::tick(&mut connection, id).await.unwrap(), Outcome::AlreadyDone);
    assert_eq!(status(&pool, id).await.0, "paid");
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_freed_offer_whose_time_has_come_or_whose_company_is_inactive_is_not_open(pool: PgPool) {
    for (change, revision) in [("begun", 1), ("inactive", 2)] {
        let offer_id = market(&pool).await;
        let id = reserve(&pool, client(1), offer_id).await;
        if change == "begun" {
            let late = "update offers set starts_at = now() - interval '1 second' where id = $1";
            sqlx::query(late).bind(offer_id.0).execute(&pool).await.unwrap();
        } else {
            tell_company(&pool, &CompanyChanged { active: false, ..company() }, revision).await;
        }
        answer(&pool, &declined(id)).await.unwrap();
        assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Expired, "{change}");
    }
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_cancelled_booking_is_refunded_first_and_the_first_cancel_decides(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    answer(&pool, &charged(id)).await.unwrap();
    let cancel = |by, refund| input(&pool, id, Input::Cancel { by, refund });
    assert!(matches!(cancel(Side::Client, Money(50)).await, Outcome::Moved(_)));
    assert_eq!(cancel(Side::Client, PRICE).await, Outcome::AlreadyDone);
    assert!(matches!(cancel(Side::Company, PRICE).await, Outcome::Refused(_)));
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Booked);
    for _ in 0..2 {
        answer(&pool, &refunded(id)).await.unwrap();
    }
    assert_eq!(status(&pool, id).await, ("cancelled".to_owned(), Some("cancelled_by_client".to_owned())));
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Open);
    let refund: String = sqlx::query_scalar(
        "select (payload::jsonb ->> 'refund') || ' ' || (payload::jsonb ->> 'rest') from outbox where kind = 'Refund'",
    )
    .fetch_one(&pool)
    .await
    .unwrap();
    assert_eq!(refund, "0.50 1500.00");
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn an_offer_that_its_company_cancelled_is_not_offered_again(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    input(&pool, id, Input::Cancel { by: Side::Company, refund: PRICE }).await;
    answer(&pool, &voided(id)).await.unwrap();
    assert_eq!(status(&pool, id).await, ("cancelled".to_owned(), Some("cancelled_by_company".to_owned())));
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Withdrawn);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn what_payment_cannot_have_said_is_set_aside(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    let nobodys = contracts::ids::BookingId(uuid::Uuid::nil());
    for event in [voided(id), refunded(id), charged(nobodys)] {
        let failure = answer(&pool, &event).await.unwrap_err();
        assert!(matches!(failure, Failure::Park(_)), "{event:?}: {failure}");
    }
    assert_eq!(status(&pool, id).await.0, "reserved");
}

/// A mail went out, in the far future and so many seconds.
fn mail(booking_id: BookingId, audience: Audience, seconds: i64) -> Incoming {
    let sent = NotificationEvent::MailSent(MailSent {
        booking_id,
        outcome: MailOutcome::Paid,
        audience,
        user_id: client(1),
        sent_at: Timestamp::from_second(4_000_000_000 + seconds).unwrap(),
    });
    incoming(&sent, Source::Stream(NotificationEvent::TOPIC), 0)
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_mail_that_went_out_is_in_the_timeline_and_is_told(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    answer(&pool, &charged(id)).await.unwrap();
    hear(&pool, &mail(id, Audience::Client, 0)).await.unwrap();
    let expected =
        [("reserved", "client", None), ("paid", "system", None), ("notified", "system", Some("client"))];
    let expected = expected
        .map(|(status, actor, detail)| (status.to_owned(), actor.to_owned(), detail.map(str::to_owned)));
    assert_eq!(timeline(&pool).await, expected);
    assert_eq!(told(&pool).await.last().unwrap(), "BookingNotified");
    assert_eq!(revisions(&pool, offer_id).await, [2, 3, 4]);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn every_pair_of_answers_ends_alike_in_either_order(pool: PgPool) {
    // What payment may say of a booking whose charge was voided while it happened.
    let answers: [fn(BookingId) -> PaymentEvent; 3] = [charged, declined, voided];
    for (index, first) in answers.iter().enumerate() {
        for second in answers.iter().skip(index + 1) {
            let mut ends = Vec::new();
            for order in [[first, second], [second, first]] {
                let offer_id = market(&pool).await;
                let id = reserve(&pool, client(1), offer_id).await;
                run_out(&pool, id).await;
                for event in order {
                    answer(&pool, &event(id)).await.unwrap();
                }
                ends.push((status(&pool, id).await, read(&pool, offer_id).await.status));
                // So that the next one may have the same start.
                sqlx::query("update offers set status = 'withdrawn' where status = 'open'")
                    .execute(&pool)
                    .await
                    .unwrap();
            }
            assert_eq!(ends[0], ends[1]);
        }
    }
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn news_of_many_bookings_takes_effect_in_one_transaction(pool: PgPool) {
    let offers = [market(&pool).await, offer(&pool, 20, 49).await, offer(&pool, 20, 50).await];
    let mut ids = Vec::new();
    for (number, offer_id) in (1..).zip(offers) {
        ids.push(reserve(&pool, client(number), offer_id).await);
    }
    let of_payment = |event| incoming(&event, Source::Stream(PaymentEvent::TOPIC), 0);
    let messages = [
        // Answered twice, and both mails have gone out already: one told of, with both lines.
        of_payment(charged(ids[0])),
        of_payment(charged(ids[0])),
        mail(ids[0], Audience::Client, 0),
        mail(ids[0], Audience::Company, 1),
        of_payment(declined(ids[1])),
        of_payment(charged(ids[2])),
    ];
    hear_all(&pool, &messages.iter().collect::<Vec<_>>()).await.unwrap();
    let mut ends = Vec::new();
    for (id, offer_id) in ids.iter().zip(offers) {
        ends.push((status(&pool, *id).await.0, read(&pool, offer_id).await.status));
    }
    assert_eq!(
        ends,
        [
            ("paid".to_owned(), OfferStatus::Booked),
            ("failed".to_owned(), OfferStatus::Open),
            ("paid".to_owned(), OfferStatus::Booked),
        ]
    );
    assert_eq!(told(&pool).await[6..], ["BookingPaid", "BookingNotified", "BookingFailed", "BookingPaid"]);
    assert_eq!(revisions(&pool, offers[0]).await, [2, 3, 4]);
    let lines = timeline(&pool).await;
    let notified: Vec<_> = lines.iter().filter(|(status, ..)| status == "notified").collect();
    assert_eq!((lines.len(), notified.len()), (8, 2));
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn bad_news_of_one_booking_undoes_the_transaction_for_all(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    let of_payment = |event| incoming(&event, Source::Stream(PaymentEvent::TOPIC), 0);
    let (good, bad) = (of_payment(charged(id)), of_payment(charged(BookingId(Uuid::max()))));
    let failure = hear_all(&pool, &[&good, &bad]).await.unwrap_err();
    assert!(matches!(failure, Failure::Park(_)), "{failure}");
    assert_eq!(status(&pool, id).await.0, "reserved");
    // As the consumer does then: each alone.
    hear(&pool, &good).await.unwrap();
    assert_eq!(status(&pool, id).await.0, "paid");
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn news_of_two_bookings_of_one_offer_leaves_it_as_the_later_one_has_it(pool: PgPool) {
    let of_payment = |event| incoming(&event, Source::Stream(PaymentEvent::TOPIC), 0);
    let hours = |number: i64| 50 + number;
    for (number, (event, expected)) in (0..)
        .zip([(charged as fn(BookingId) -> PaymentEvent, OfferStatus::Booked), (declined, OfferStatus::Open)])
    {
        tell_company(&pool, &company(), 1).await;
        let offer_id = offer(&pool, 20, hours(number)).await;
        let over = reserve(&pool, client(1), offer_id).await;
        answer(&pool, &declined(over)).await.unwrap();
        let next = reserve(&pool, client(2), offer_id).await;
        // The mail about the one that is over went out late.
        let messages = [mail(over, Audience::Client, number), of_payment(event(next))];
        hear_all(&pool, &messages.iter().collect::<Vec<_>>()).await.unwrap();
        assert_eq!(read(&pool, offer_id).await.status, expected);
        assert_eq!(revisions(&pool, offer_id).await, [2, 3, 4, 5, 6]);
        let stored = sqlx::query_scalar::<_, i64>("select revision from offers where id = $1");
        assert_eq!(stored.bind(offer_id.0).fetch_one(&pool).await.unwrap(), 6);
    }
}
