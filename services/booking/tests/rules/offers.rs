//! Offers of a company: once at a time, changed only while open, expired when their time has come.

use booking::domain::offer::Change;
use booking::store::offers;
use contracts::http::booking::OfferStatus;
use contracts::ids::CompanyId;
use contracts::money::Money;
use jiff::SignedDuration;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{PRICE, company, company_id, market, now, offer, offer_at, read, tell_company};

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn the_same_service_and_start_is_published_once_unless_it_was_withdrawn(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let starts_at = now(&pool).await + SignedDuration::from_hours(1);
    let first = offer_at(&pool, 20, starts_at, PRICE).await.unwrap();
    let error = offer_at(&pool, 20, starts_at, PRICE).await.unwrap_err();
    assert_eq!(kit::database::constraint(&error), Some("offers_once"));
    offer_at(&pool, 19, starts_at, PRICE).await.unwrap();
    offers::withdraw(&mut pool.acquire().await.unwrap(), first, company_id()).await.unwrap();
    offer_at(&pool, 20, starts_at, PRICE).await.unwrap();
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_change_is_the_owning_companys_and_the_same_again_is_none(pool: PgPool) {
    let id = market(&pool).await;
    let mut connection = pool.acquire().await.unwrap();
    let cheaper = Change { price: Some(Money(100)), ..Change::default() };
    let stranger = CompanyId(Uuid::nil());
    assert!(!offers::change(&mut connection, id, stranger, &cheaper).await.unwrap());
    assert_eq!(offers::lock(&mut connection, id, stranger).await.unwrap(), None);
    for (changed, revision) in [(true, 2), (false, 2)] {
        assert_eq!(offers::change(&mut connection, id, company_id(), &cheaper).await.unwrap(), changed);
        let offer = read(&pool, id).await;
        assert_eq!((offer.price, offer.revision), (Money(100), revision));
    }
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn an_open_offer_expires_when_its_time_has_come_and_no_other_does(pool: PgPool) {
    let late = market(&pool).await;
    let later = offer(&pool, 20, 1).await;
    let sold = offer(&pool, 20, 2).await;
    for (id, status) in [(late, "open"), (sold, "booked")] {
        sqlx::query("update offers set starts_at = now() - interval '1 second', status = $2, service_id = case when $2 = 'open' then 19 else 18 end where id = $1")
            .bind(id.0)
            .bind(status)
            .execute(&pool)
            .await
            .unwrap();
    }
    let expired = offers::expire(&mut pool.acquire().await.unwrap(), 100).await.unwrap();
    assert_eq!(
        expired.iter().map(|(event, revision)| (event.offer_id, *revision)).collect::<Vec<_>>(),
        [(late, 2)]
    );
    assert_eq!(read(&pool, late).await.status, OfferStatus::Expired);
    assert_eq!(read(&pool, later).await.status, OfferStatus::Open);
    assert_eq!(read(&pool, sold).await.status, OfferStatus::Booked);
}
