//! A key tops up once.

use contracts::ids::UserId;
use contracts::money::Money;
use payment::domain::account::{LARGEST_BALANCE, Owner};
use payment::error::Error;
use payment::store::ledger;
use payment::top_ups::top_up;
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{IVAN, assert_balanced, money, statement, sum};

const AMOUNT: Money = Money(1_000);

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_key_that_comes_twenty_times_at_once_tops_up_once(pool: PgPool) {
    let mut top_ups = JoinSet::new();
    for _ in 0..20 {
        let pool = pool.clone();
        top_ups.spawn(async move { top_up(&pool, IVAN, AMOUNT, Some("key")).await.unwrap() });
    }
    let answers = top_ups.join_all().await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(answers[0].balance, AMOUNT);
    assert_eq!(statement(&pool, IVAN).await.len(), 1);
    assert_balanced(&pool).await;
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_repeat_answers_with_the_same_transaction_and_the_present_balance(pool: PgPool) {
    let first = top_up(&pool, IVAN, AMOUNT, Some("key")).await.unwrap();
    top_up(&pool, IVAN, AMOUNT, None).await.unwrap();
    top_up(&pool, IVAN, AMOUNT, None).await.unwrap();
    let repeat = top_up(&pool, IVAN, AMOUNT, Some("key")).await.unwrap();
    assert_eq!(repeat.transaction_id, first.transaction_id);
    assert_eq!(repeat.balance, Money(3 * AMOUNT.0));
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_key_is_for_one_amount_of_one_client(pool: PgPool) {
    top_up(&pool, IVAN, AMOUNT, Some("key")).await.unwrap();
    let other = top_up(&pool, IVAN, AMOUNT + Money(1), Some("key")).await;
    assert!(matches!(other, Err(Error::IdempotencyKeyReused)), "{other:?}");
    assert_eq!(money(&pool).await.0, AMOUNT);

    let olga = UserId(Uuid::from_u128(9));
    assert_eq!(top_up(&pool, olga, AMOUNT + Money(1), Some("key")).await.unwrap().balance, AMOUNT + Money(1));
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_wallet_that_would_be_too_full_stays_as_it_was_and_its_key_is_free(pool: PgPool) {
    top_up(&pool, IVAN, LARGEST_BALANCE, None).await.unwrap();
    let refused = top_up(&pool, IVAN, Money(1), Some("key")).await;
    assert!(matches!(refused, Err(Error::WalletFull)), "{refused:?}");
    assert_eq!(money(&pool).await.0, LARGEST_BALANCE);
    assert_eq!(statement(&pool, IVAN).await.len(), 1);

    // Spent elsewhere, and then there is room.
    sqlx::raw_sql("update wallets set balance = 0; delete from ledger_entries").execute(&pool).await.unwrap();
    top_up(&pool, IVAN, Money(1), Some("key")).await.unwrap();
    assert_balanced(&pool).await;
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_wallet_is_made_once_and_keeps_its_money(pool: PgPool) {
    let client = Owner::Client(IVAN);
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(ledger::balance(&mut connection, client).await.unwrap(), Money::ZERO);
    assert!(ledger::open_wallet(&mut connection, client).await.unwrap());
    top_up(&pool, IVAN, AMOUNT, None).await.unwrap();
    assert!(!ledger::open_wallet(&mut connection, client).await.unwrap());
    assert_eq!(ledger::balance(&mut connection, client).await.unwrap(), AMOUNT);
    assert_eq!(sum(&pool, "account = 'funding'").await, -AMOUNT);
}
