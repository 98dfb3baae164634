//! An offer is sold once, and a request takes effect once.

use std::collections::BTreeSet;

use booking::booking::Request;
use booking::consume::Consume;
use booking::domain::saga::State;
use booking::error::{Error, NotToBeHad};
use contracts::http::booking::OfferStatus;
use contracts::ids::{BookingId, OfferId};
use contracts::messages::Message as _;
use contracts::messages::payment::PaymentEvent;
use contracts::money::Money;
use kit::consumer::{Handler as _, Source};
use kit::outbox;
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    answer, charged, client, company, declined, desk, incoming, market, occupy, offer, read, request,
    reserve, status, tell_company, told, until,
};

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn of_fifty_clients_one_has_the_offer(pool: PgPool) {
    let offer_id = market(&pool).await;
    let desk = desk(&pool);
    let _places = occupy(&desk);
    let mut clients = JoinSet::new();
    for number in 0..50 {
        let desk = desk.clone();
        clients.spawn(async move { desk.book(&request(client(number), offer_id)).await });
    }
    let (winners, others): (Vec<_>, Vec<_>) = clients.join_all().await.into_iter().partition(Result::is_ok);
    assert_eq!(winners.len(), 1);
    for other in others {
        assert!(matches!(other, Err(Error::NotToBeHad(NotToBeHad::Taken))), "{other:?}");
    }
    assert_eq!(told(&pool).await, ["Charge", "BookingReserved"]);
    assert_eq!(read(&pool, offer_id).await.status, OfferStatus::Reserved);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn the_same_key_twenty_times_at_once_is_one_booking(pool: PgPool) {
    let offer_id = market(&pool).await;
    let desk = desk(&pool);
    let _places = occupy(&desk);
    let mut tries = JoinSet::new();
    for _ in 0..20 {
        let (desk, key) = (desk.clone(), Some("a key".to_owned()));
        let request = Request { idempotency_key: key, ..request(client(1), offer_id) };
        tries.spawn(async move { desk.book(&request).await.unwrap().id });
    }
    let ids: BTreeSet<_> = tries.join_all().await.into_iter().collect();
    assert_eq!(ids.len(), 1);
    assert_eq!(told(&pool).await, ["Charge", "BookingReserved"]);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_key_names_one_request_for_ever(pool: PgPool) {
    let offer_id = market(&pool).await;
    let other_offer = offer(&pool, 20, 72).await;
    let desk = desk(&pool);
    let _places = occupy(&desk);
    let keyed = |offer_id, expected_price| Request {
        expected_price,
        idempotency_key: Some("a key".to_owned()),
        ..request(client(1), offer_id)
    };
    let first = desk.book(&keyed(offer_id, None)).await.unwrap();
    for other in [keyed(other_offer, None), keyed(offer_id, Some(Money(1)))] {
        assert!(matches!(desk.book(&other).await, Err(Error::KeyReused)), "{other:?}");
    }
    // Another client's key is another key.
    let foreign = Request { client_id: client(2), ..keyed(other_offer, None) };
    assert_ne!(desk.book(&foreign).await.unwrap().id, first.id);

    answer(&pool, &declined(first.id)).await.unwrap();
    let again = desk.book(&keyed(offer_id, None)).await.unwrap();
    assert_eq!(again.id, first.id);
    assert!(matches!(again.state, State::Failed(_)), "a failed booking is final: {again:?}");
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn without_a_key_a_clients_active_booking_is_answered_and_a_failed_one_is_not(pool: PgPool) {
    let offer_id = market(&pool).await;
    let first = reserve(&pool, client(1), offer_id).await;
    assert_eq!(reserve(&pool, client(1), offer_id).await, first);
    answer(&pool, &declined(first)).await.unwrap();
    let second = reserve(&pool, client(1), offer_id).await;
    assert_ne!(second, first);
    answer(&pool, &charged(second)).await.unwrap();
    assert_eq!(reserve(&pool, client(1), offer_id).await, second);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn what_is_not_to_be_had_is_refused_with_its_reason_and_changes_nothing(pool: PgPool) {
    let offer_id = market(&pool).await;
    let desk = desk(&pool);
    let refused = async |request: Request| match desk.book(&request).await {
        Err(Error::NotToBeHad(reason)) => Some(reason),
        Err(Error::NoOffer) => None,
        other => panic!("{other:?}"),
    };
    let mine = request(client(1), offer_id);
    assert_eq!(refused(request(client(1), OfferId(Uuid::nil()))).await, None);
    let other_price = Request { expected_price: Some(Money(1)), ..mine.clone() };
    assert_eq!(refused(other_price).await, Some(NotToBeHad::PriceChanged));

    let inactive = contracts::messages::company::CompanyChanged { active: false, ..company() };
    tell_company(&pool, &inactive, 2).await;
    assert_eq!(refused(mine.clone()).await, Some(NotToBeHad::CompanyInactive));
    tell_company(&pool, &company(), 3).await;

    for (change, reason) in [
        ("update offers set starts_at = now() - interval '1 second'", NotToBeHad::Begun),
        (
            "update offers set starts_at = now() + interval '1 day', status = 'withdrawn'",
            NotToBeHad::Withdrawn,
        ),
        ("update offers set status = 'booked'", NotToBeHad::Taken),
        ("update offers set status = 'expired'", NotToBeHad::Begun),
    ] {
        sqlx::query(change).execute(&pool).await.unwrap();
        assert_eq!(refused(mine.clone()).await, Some(reason), "{change}");
    }
    assert_eq!(told(&pool).await, [""; 0]);
    assert_eq!(read(&pool, offer_id).await.revision, 1);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_client_has_three_undecided_bookings_and_ten_failed_ones_an_hour_at_most(pool: PgPool) {
    market(&pool).await;
    let desk = desk(&pool);
    let _places = occupy(&desk);
    let mut held = Vec::new();
    for hours in 1..=3 {
        let offer_id = offer(&pool, 7, hours).await;
        held.push(reserve(&pool, client(1), offer_id).await);
    }
    let next = offer(&pool, 7, 4).await;
    assert!(matches!(desk.book(&request(client(1), next)).await, Err(Error::TooManyUndecided)));
    for id in held {
        answer(&pool, &declined(id)).await.unwrap();
    }
    for _ in 0..7 {
        let id = reserve(&pool, client(1), next).await;
        answer(&pool, &declined(id)).await.unwrap();
    }
    assert!(matches!(desk.book(&request(client(1), next)).await, Err(Error::TooManyFailed)));
    assert_eq!(read(&pool, next).await.status, OfferStatus::Open);
    // Others do not notice.
    let id = reserve(&pool, client(2), next).await;
    assert_eq!(status(&pool, id).await.0, "reserved");
}

/// The first booking, once it is there.
async fn made(pool: &PgPool) -> BookingId {
    BookingId(
        until("a booking is made", async || {
            sqlx::query_scalar("select id from bookings").fetch_optional(pool).await.unwrap()
        })
        .await,
    )
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn who_waits_is_told_by_the_consumer_of_his_own_process(pool: PgPool) {
    let offer_id = market(&pool).await;
    let desk = desk(&pool);
    let consume = Consume { waiters: desk.waiters.clone() };
    let waiting = tokio::spawn(async move { desk.book(&request(client(1), offer_id)).await });
    let id = made(&pool).await;
    let message = incoming(&charged(id), Source::Stream(PaymentEvent::TOPIC), 0);
    let mut transaction = pool.begin().await.unwrap();
    let mut outgoing = outbox::Batch::default();
    let done = consume.handle(&mut transaction, &[&message], &mut outgoing).await.unwrap();
    transaction.commit().await.unwrap();
    // So that nobody can read what became of it: he is told.
    sqlx::query("alter table bookings rename to hidden").execute(&pool).await.unwrap();
    consume.committed(done);
    assert_eq!(waiting.await.unwrap().unwrap().state, State::Paid);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn who_waits_is_told_by_the_poller_what_another_replica_has_decided(pool: PgPool) {
    let offer_id = market(&pool).await;
    let desk = desk(&pool);
    let stop = tokio_util::sync::CancellationToken::new();
    let poller = tokio::spawn(desk.waiters.clone().poll(pool.clone(), stop.clone()));
    let waiting = tokio::spawn(async move { desk.book(&request(client(1), offer_id)).await });
    let id = made(&pool).await;
    answer(&pool, &charged(id)).await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().state, State::Paid);
    stop.cancel();
    poller.await.unwrap();
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_second_active_booking_of_an_offer_is_refused_by_the_database_itself(pool: PgPool) {
    let offer_id = market(&pool).await;
    reserve(&pool, client(1), offer_id).await;
    let copy = "insert into bookings (id, offer_id, company_id, client_id, service_id, starts_at, duration_min, price, currency, company)
                select gen_random_uuid(), offer_id, company_id, client_id, service_id, starts_at, duration_min, price, currency, company
                from bookings";
    let error = sqlx::query(copy).execute(&pool).await.unwrap_err();
    assert_eq!(kit::database::constraint(&error), Some("bookings_one_active"));
}
