//! The saga in the database: what payment says, again, late, or never.

use booking::domain::saga::{Input, Side};
use booking::sagas::Outcome;
use contracts::http::booking::OfferStatus;
use contracts::messages::Message as _;
use contracts::messages::company::CompanyChanged;
use contracts::messages::notification::{Audience, MailSent, NotificationEvent, Outcome as MailOutcome};
use contracts::messages::payment::{PaymentCommand, PaymentEvent};
use contracts::money::Money;
use jiff::Timestamp;
use kit::consumer::{Failure, Source};
use sqlx::PgPool;

use crate::support::{
    PRICE, answer, charged, client, company, declined, hear, incoming, input, manager, market, read,
    refunded, reserve, revisions, run_out, status, tell_company, told, voided,
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

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_mail_that_went_out_is_in_the_timeline_and_is_told(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    answer(&pool, &charged(id)).await.unwrap();
    let sent = NotificationEvent::MailSent(MailSent {
        booking_id: id,
        outcome: MailOutcome::Paid,
        audience: Audience::Client,
        user_id: client(1),
        sent_at: Timestamp::from_second(4_000_000_000).unwrap(),
    });
    hear(&pool, &incoming(&sent, Source::Stream(NotificationEvent::TOPIC), 0)).await.unwrap();
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
    let answers: [fn(contracts::ids::BookingId) -> PaymentEvent; 3] = [charged, declined, voided];
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
