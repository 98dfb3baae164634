//! Cancel, complete, no-show: whose it is, when it may be, and what it gives back.

use booking::domain::saga::{Refusal, State};
use booking::error::Error;
use booking::store::bookings::{Whose, find, undecided};
use booking::wishes::Wish;
use contracts::ids::{BookingId, CompanyId};
use contracts::money::Money;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    PRICE, answer, charged, client, company, company_id, desk, market, occupy, offer, refunded, reserve,
    run_out, settled, status, tell_company, told, until, voided,
};

const CANCEL: Wish = Wish::Cancel { expected_refund: None };

async fn paid(pool: &PgPool) -> BookingId {
    let offer_id = market(pool).await;
    let id = reserve(pool, client(1), offer_id).await;
    answer(pool, &charged(id)).await.unwrap();
    id
}

async fn begin(pool: &PgPool) {
    let begun = "update bookings set starts_at = now() - interval '1 minute'";
    sqlx::query(begun).execute(pool).await.unwrap();
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn somebody_elses_booking_is_not_there(pool: PgPool) {
    let id = paid(&pool).await;
    let desk = desk(&pool);
    let strangers = [Whose::Client(client(2)), Whose::Company(CompanyId(Uuid::nil()))];
    for whose in strangers {
        for wish in [CANCEL, Wish::Complete, Wish::NoShow] {
            let refused = desk.fulfil(id, whose, wish, None).await;
            assert!(matches!(refused, Err(Error::NoBooking)), "{whose:?} {wish:?}: {refused:?}");
        }
    }
    assert_eq!(status(&pool, id).await.0, "paid");
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_client_gets_what_he_was_quoted_or_nothing_happens(pool: PgPool) {
    let id = paid(&pool).await;
    // The offer begins in 48 hours, and is free to cancel until 24 before.
    let late = "update bookings set starts_at = now() + interval '1 hour',
                company = jsonb_set(company, '{cancellation_policy,late_refund_percent}', '30')";
    sqlx::query(late).execute(&pool).await.unwrap();
    let desk = desk(&pool);
    let _places = occupy(&desk);
    let whose = Whose::Client(client(1));
    let expecting = |amount| Wish::Cancel { expected_refund: Some(amount) };
    let refused = desk.fulfil(id, whose, expecting(PRICE), None).await;
    assert!(matches!(refused, Err(Error::QuoteChanged)), "{refused:?}");
    assert_eq!(status(&pool, id).await.0, "paid");

    let quoted = PRICE.percent(30);
    let booking = desk.fulfil(id, whose, expecting(quoted), Some("у меня грипп")).await.unwrap();
    assert_eq!(booking.state.columns().1, Some(quoted));
    answer(&pool, &refunded(id)).await.unwrap();
    // Again, whatever was expected: it is what it is.
    let again = desk.fulfil(id, whose, expecting(Money(1)), None).await.unwrap();
    assert!(matches!(again.state, State::Cancelled { refund, .. } if refund == Some(quoted)), "{again:?}");
    let words: String = sqlx::query_scalar("select detail from timeline where status = 'refunding'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(words, "у меня грипп");
}

/// The words in the last event, which is that the booking is cancelled.
async fn told_words(pool: &PgPool) -> Option<String> {
    let select = "select kind, payload::jsonb ->> 'words' from outbox order by seq desc limit 1";
    let (kind, words): (String, Option<String>) = sqlx::query_as(select).fetch_one(pool).await.unwrap();
    assert_eq!(kind, "BookingCancelled");
    words
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn who_hears_of_a_cancelled_booking_hears_what_was_written_if_anything_was(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let desk = desk(&pool);
    let _places = occupy(&desk);
    let (his, theirs) = (Whose::Client(client(1)), Whose::Company(company_id()));
    for (hours, whose, is_paid, words) in [
        (1, his, true, Some("у меня грипп")),
        (2, his, false, Some("передумал")),
        (3, theirs, true, Some("мастер заболел,\n<b>простите</b>")),
        (4, theirs, false, None),
        (5, his, true, None),
    ] {
        let id = reserve(&pool, client(1), offer(&pool, 7, hours).await).await;
        if is_paid {
            answer(&pool, &charged(id)).await.unwrap();
        }
        desk.fulfil(id, whose, CANCEL, words).await.unwrap();
        answer(&pool, &if is_paid { refunded(id) } else { voided(id) }).await.unwrap();
        assert_eq!(told_words(&pool).await.as_deref(), words);
    }
    let early = "select count(*) from outbox where kind <> 'BookingCancelled' and payload::jsonb ? 'words'";
    assert_eq!(sqlx::query_scalar::<_, i64>(early).fetch_one(&pool).await.unwrap(), 0);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_quote_is_by_the_policy_and_whole_while_nothing_is_charged(pool: PgPool) {
    let offer_id = market(&pool).await;
    let id = reserve(&pool, client(1), offer_id).await;
    let desk = desk(&pool);
    let quote = async || {
        let mut connection = pool.acquire().await.unwrap();
        let booking = booking::store::bookings::find(&mut connection, id, client(1)).await.unwrap().unwrap();
        desk.quote(&booking).await
    };
    let late = "update bookings set starts_at = now() + interval '1 hour'";
    sqlx::query(late).execute(&pool).await.unwrap();
    assert_eq!(quote().await.unwrap().refund, PRICE);
    answer(&pool, &charged(id)).await.unwrap();
    assert_eq!(quote().await.unwrap().refund, Money::ZERO);
    begin(&pool).await;
    assert!(matches!(quote().await, Err(Error::RefusedBySaga(Refusal::Begun))));
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn the_first_of_two_cancels_decides(pool: PgPool) {
    let id = paid(&pool).await;
    let desk = desk(&pool);
    let _places = occupy(&desk);
    let by = |whose| {
        let desk = desk.clone();
        tokio::spawn(async move { desk.fulfil(id, whose, CANCEL, None).await })
    };
    let (theirs, his) = (by(Whose::Company(company_id())), by(Whose::Client(client(1))));
    let results = [theirs.await.unwrap(), his.await.unwrap()];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 1);
    assert!(results.iter().any(|result| matches!(result, Err(Error::RefusedBySaga(Refusal::Over)))));
    assert_eq!(told(&pool).await.iter().filter(|kind| *kind == "Refund").count(), 1);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_visit_is_completed_or_missed_once_it_has_begun_and_settled_once(pool: PgPool) {
    let id = paid(&pool).await;
    let desk = desk(&pool);
    let whose = Whose::Company(company_id());
    for wish in [Wish::Complete, Wish::NoShow] {
        let early = desk.fulfil(id, whose, wish, None).await;
        assert!(matches!(early, Err(Error::RefusedBySaga(Refusal::NotBegun))), "{early:?}");
    }
    begin(&pool).await;
    for _ in 0..2 {
        assert_eq!(desk.fulfil(id, whose, Wish::NoShow, None).await.unwrap().state, State::NoShow);
    }
    for wish in [Wish::Complete, CANCEL] {
        let over = desk.fulfil(id, whose, wish, None).await;
        assert!(matches!(over, Err(Error::RefusedBySaga(Refusal::Over))), "{over:?}");
    }
    assert_eq!(told(&pool).await.iter().filter(|kind| *kind == "Settle").count(), 1);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn payment_is_asked_to_settle_until_it_says_that_it_has(pool: PgPool) {
    let id = paid(&pool).await;
    run_out(&pool, id).await;
    assert_eq!(status(&pool, id).await.0, "completed");
    for _ in 0..2 {
        // The relay publishes, and the order is lost.
        sqlx::query("delete from outbox").execute(&pool).await.unwrap();
        run_out(&pool, id).await;
        assert_eq!(told(&pool).await, ["Settle"], "and nobody is told anew");
    }
    let undecided = async || undecided(&mut pool.acquire().await.unwrap()).await.unwrap().count;
    assert_eq!(undecided().await, 1);
    for _ in 0..2 {
        answer(&pool, &settled(id)).await.unwrap();
    }
    assert_eq!(undecided().await, 0);
    let due = "select count(due_at) from bookings";
    assert_eq!(sqlx::query_scalar::<_, i64>(due).fetch_one(&pool).await.unwrap(), 0);
    assert_eq!(told(&pool).await, ["Settle"]);
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn who_waits_is_not_told_what_the_booking_was_before(pool: PgPool) {
    let id = paid(&pool).await;
    let desk = desk(&pool);
    let find = || async { find(&mut pool.acquire().await.unwrap(), id, client(1)).await.unwrap().unwrap() };
    let before = find().await;
    let waiting = tokio::spawn({
        let desk = desk.clone();
        async move { desk.fulfil(id, Whose::Client(client(1)), CANCEL, None).await }
    });
    until("the cancel is committed", async || {
        matches!(find().await.state, State::Refunding { .. }).then_some(())
    })
    .await;
    // News of the charge, which this process heard late.
    desk.waiters.wake(id, Some(before));
    answer(&pool, &refunded(id)).await.unwrap();
    desk.waiters.wake(id, Some(find().await));
    let booking = waiting.await.unwrap().unwrap();
    assert!(matches!(booking.state, State::Cancelled { .. }), "{booking:?}");
}
