//! A client is reminded of his visit in time, once, and of none that will not be.

use contracts::messages::Message as _;
use contracts::messages::booking::{BookingChanged, BookingEvent};
use contracts::messages::notification::Outcome;
use jiff::{SignedDuration, Timestamp};
use kit::consumer::Source;
use notification::domain::queue::{About, Claimed};
use notification::sender::Delivery;
use notification::store::{mails, reminders};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    age, booking, claim, everybody_is_known, handle_all, hear_of_booking, incoming, note, outcomes_told,
};

/// A paid booking of a visit that begins so many minutes from now.
async fn paid(pool: &PgPool, id: u128, minutes: i64) -> BookingChanged {
    let starts_at = now(pool).await + SignedDuration::from_mins(minutes);
    let booking = BookingChanged { starts_at, ..booking(id) };
    hear_of_booking(pool, BookingEvent::BookingPaid(booking.clone())).await;
    booking
}

async fn now(pool: &PgPool) -> Timestamp {
    let text: String =
        sqlx::query_scalar("select to_char(now() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')")
            .fetch_one(pool)
            .await
            .unwrap();
    text.parse().unwrap()
}

/// As if so many minutes had gone by; what is due then is queued and handed over.
async fn pass(pool: &PgPool, minutes: i32) -> Vec<Outcome> {
    sqlx::query(
        "update reminders
         set due_at = due_at - make_interval(mins => $1),
             useful_until = useful_until - make_interval(mins => $1)",
    )
    .bind(minutes)
    .execute(pool)
    .await
    .unwrap();
    let mut connection = pool.acquire().await.unwrap();
    while reminders::queue_due(&mut connection, 100).await.unwrap() > 0 {}
    let mut outcomes = Vec::new();
    loop {
        let claimed = claim(pool, 100).await;
        if claimed.is_empty() {
            return outcomes;
        }
        outcomes.extend(claimed.iter().filter_map(reminder_of));
        let done: Vec<_> = claimed.into_iter().map(|mail| Delivery { mail, result: Ok(()) }).collect();
        note(pool, &done).await;
    }
}

fn reminder_of(mail: &Claimed) -> Option<Outcome> {
    match mail.about {
        About::Booking { outcome, .. } if outcome.is_reminder() => {
            assert_eq!(mail.reader.email, "client@example.com");
            Some(outcome)
        }
        _ => None,
    }
}

async fn waiting(pool: &PgPool) -> i64 {
    sqlx::query_scalar("select count(*) from reminders").fetch_one(pool).await.unwrap()
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_client_is_reminded_a_day_and_two_hours_before_and_the_others_hear_of_it(pool: PgPool) {
    everybody_is_known(&pool).await;
    paid(&pool, 10, 30 * 60).await;
    assert_eq!(pass(&pool, 0).await, []);
    assert_eq!(pass(&pool, 6 * 60 - 1).await, []);
    assert_eq!(pass(&pool, 1).await, [Outcome::Reminder24h]);
    assert_eq!(pass(&pool, 22 * 60 - 1).await, []);
    assert_eq!(pass(&pool, 1).await, [Outcome::Reminder2h]);
    assert_eq!(pass(&pool, 24 * 60).await, []);
    let told: Vec<_> = outcomes_told(&pool).await.into_iter().filter(|it| it.is_reminder()).collect();
    assert_eq!(told, [Outcome::Reminder24h, Outcome::Reminder2h]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn who_books_late_is_reminded_only_of_what_is_still_to_come(pool: PgPool) {
    everybody_is_known(&pool).await;
    paid(&pool, 10, 24 * 60 - 1).await;
    paid(&pool, 11, 2 * 60 - 1).await;
    assert_eq!(waiting(&pool).await, 1);
    assert_eq!(pass(&pool, 22 * 60).await, [Outcome::Reminder2h]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_cancelled_visit_is_not_reminded_of_also_when_it_is_told_again(pool: PgPool) {
    everybody_is_known(&pool).await;
    for (id, event) in [
        (10, BookingEvent::BookingRefunding as fn(BookingChanged) -> BookingEvent),
        (11, BookingEvent::BookingCancelled),
    ] {
        let booking = paid(&pool, id, 30 * 60).await;
        assert_eq!(waiting(&pool).await, 2);
        hear_of_booking(&pool, event(booking)).await;
        assert_eq!(waiting(&pool).await, 0);
    }
    // Published again it is another message.
    paid(&pool, 11, 30 * 60).await;
    assert_eq!(pass(&pool, 30 * 60).await, []);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn what_comes_together_is_written_down_and_a_visit_cancelled_at_once_is_not_reminded_of(pool: PgPool) {
    everybody_is_known(&pool).await;
    let starts_at = now(&pool).await + SignedDuration::from_hours(30);
    let booking = |id| BookingChanged { starts_at, ..booking(id) };
    let events = [
        BookingEvent::BookingPaid(booking(10)),
        // Published again, it comes as another message.
        BookingEvent::BookingPaid(booking(10)),
        BookingEvent::BookingPaid(booking(11)),
        BookingEvent::BookingRefunding(booking(11)),
        BookingEvent::BookingCancelled(booking(11)),
        BookingEvent::BookingFailed(booking(12)),
    ];
    let messages = events.map(|event| incoming(Source::Stream(BookingEvent::TOPIC), &event, 1));
    handle_all(&pool, &messages.iter().collect::<Vec<_>>()).await.unwrap();
    assert_eq!(waiting(&pool).await, 2);
    let mails = "select booking_id, count(*) from mails group by booking_id order by booking_id";
    let mails: Vec<(Uuid, i64)> = sqlx::query_as(mails).fetch_all(&pool).await.unwrap();
    assert_eq!(mails, [(10, 3), (11, 6), (12, 3)].map(|(id, mails)| (booking(id).booking_id.0, mails)));
}

/// As if the first reminder were due: a mail.
async fn due(pool: &PgPool) {
    sqlx::query("update reminders set due_at = now() where outcome = 'reminder_24h'")
        .execute(pool)
        .await
        .unwrap();
    reminders::queue_due(&mut pool.acquire().await.unwrap(), 1).await.unwrap();
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_reminder_that_waits_for_the_mail_server_goes_with_its_visit(pool: PgPool) {
    everybody_is_known(&pool).await;
    for (id, tries) in [(10, 0), (11, 1), (12, 2)] {
        let booking = paid(&pool, id, 30 * 60).await;
        pass(&pool, 0).await;
        due(&pool).await;
        // Tried, and refused for the moment.
        for _ in 0..tries {
            let [mail] = <[Claimed; 1]>::try_from(claim(&pool, 100).await).unwrap();
            let error = notification::sender::Error::Mail(kit::mail::Error::Broken);
            note(&pool, &[Delivery { mail, result: Err(error) }]).await;
            age(&pool, 60).await;
        }
        hear_of_booking(&pool, BookingEvent::BookingRefunding(booking)).await;
        age(&pool, 3_600).await;
        assert_eq!(claim(&pool, 100).await, [], "{tries} tries");
        assert_eq!(waiting(&pool).await, 0);
    }
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_reminder_of_somebody_unknown_goes_with_its_visit_too(pool: PgPool) {
    let booking = paid(&pool, 10, 30 * 60).await;
    due(&pool).await;
    assert_eq!(claim(&pool, 100).await, []);
    hear_of_booking(&pool, BookingEvent::BookingRefunding(booking)).await;
    everybody_is_known(&pool).await;
    age(&pool, 60).await;
    assert!(claim(&pool, 100).await.iter().all(|mail| reminder_of(mail).is_none()));
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_reminder_that_the_mail_server_kept_waiting_for_too_long_does_not_go_out(pool: PgPool) {
    everybody_is_known(&pool).await;
    paid(&pool, 10, 30 * 60).await;
    pass(&pool, 0).await;
    due(&pool).await;
    sqlx::query("update mails set useful_until = now() where outcome = 'reminder_24h'")
        .execute(&pool)
        .await
        .unwrap();
    assert_eq!(claim(&pool, 100).await, []);
    let mut connection = pool.acquire().await.unwrap();
    mails::withdraw_late(&mut connection).await.unwrap();
    age(&pool, 3_600).await;
    assert_eq!(mails::look(&mut connection).await.unwrap().alarming(), 0);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn the_same_event_again_reminds_nobody_twice(pool: PgPool) {
    everybody_is_known(&pool).await;
    let booking = paid(&pool, 10, 30 * 60).await;
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking.clone())).await;
    assert_eq!(waiting(&pool).await, 2);
    assert_eq!(pass(&pool, 6 * 60).await, [Outcome::Reminder24h]);
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking)).await;
    assert_eq!(waiting(&pool).await, 1);
    assert_eq!(pass(&pool, 22 * 60).await, [Outcome::Reminder2h]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn after_an_outage_nobody_is_reminded_of_what_is_over(pool: PgPool) {
    everybody_is_known(&pool).await;
    paid(&pool, 10, 30 * 60).await;
    paid(&pool, 11, 40 * 60).await;
    // The first visit has begun; the second is an hour and a half away.
    let mut late = pass(&pool, 38 * 60 + 30).await;
    late.sort();
    assert_eq!(late, [Outcome::Reminder2h]);
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(mails::look(&mut connection).await.unwrap().alarming(), 0);
}
