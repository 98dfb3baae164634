//! A code is good once, for ten minutes and five tries, and one goes out a minute.

use std::net::TcpListener;

use customer::domain::phone::{Check, Code};
use customer::error::Error;
use customer::store::{phone_codes, profiles};
use customer::{phones, sessions};
use kit::config::Mail;
use kit::input::Phone;
use kit::mail::Mailer;
use kit::outbox::Outbox;
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::support::{ivan, told};

fn phone() -> Phone {
    Phone::parse("+7 (912) 345-67-89").unwrap()
}

fn code(text: &str) -> Code {
    Code::parse(text).unwrap()
}

/// As if `code` had just been sent.
async fn sent(pool: &PgPool, code: &Code) -> Result<(), u64> {
    sessions::open(pool, &Outbox::default(), &ivan()).await.unwrap();
    let digest = code.digest(ivan().user_id, &phone());
    let mut connection = pool.acquire().await.unwrap();
    phone_codes::replace(&mut connection, ivan().user_id, &phone(), &digest).await.unwrap()
}

async fn check(pool: &PgPool, given: &Code) -> Check {
    phones::check_code(pool, &Outbox::default(), &ivan(), &phone(), given).await.unwrap()
}

/// Moves the code that was sent into the past.
async fn age(pool: &PgPool, seconds: i32) {
    let age = "update phone_codes set sent_at = sent_at - make_interval(secs => $1),
                                      expires_at = expires_at - make_interval(secs => $1)";
    sqlx::query(age).bind(f64::from(seconds)).execute(pool).await.unwrap();
}

/// A mail server that is away: nobody listens there any more.
fn nowhere() -> Mailer {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let mail_from = "BookSvc <no-reply@booksvc.localhost>".parse().unwrap();
    Mailer::new(&Mail { smtp_url: format!("smtp://{address}"), mail_from }).unwrap()
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn the_right_code_makes_the_phone_the_persons_and_is_used_up(pool: PgPool) {
    sent(&pool, &code("012345")).await.unwrap();
    assert_eq!(check(&pool, &code("012345")).await, Check::Right);
    let mut connection = pool.acquire().await.unwrap();
    let profile = profiles::find(&mut connection, ivan().user_id).await.unwrap().unwrap();
    assert_eq!((profile.phone.as_deref(), profile.phone_verified), (Some(phone().as_str()), true));
    let told = told(&pool).await;
    assert_eq!((told[1].0, told[1].1.phone.as_deref()), (2, Some(phone().as_str())));
    assert_eq!(check(&pool, &code("012345")).await, Check::NotSent);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn a_code_is_for_the_phone_it_was_sent_to(pool: PgPool) {
    sent(&pool, &code("012345")).await.unwrap();
    let other = Phone::parse("+7 912 000-00-00").unwrap();
    let outcome = phones::check_code(&pool, &Outbox::default(), &ivan(), &other, &code("012345")).await;
    assert_eq!(outcome.unwrap(), Check::NotSent);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn guesses_that_come_together_are_counted_one_by_one(pool: PgPool) {
    sent(&pool, &code("012345")).await.unwrap();
    let mut guesses = JoinSet::new();
    for number in 0..20 {
        let (pool, guess) = (pool.clone(), code(&format!("9999{number:02}")));
        guesses.spawn(async move { check(&pool, &guess).await });
    }
    let outcomes = guesses.join_all().await;
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    assert_eq!((count(Check::Wrong), count(Check::TooManyTries)), (5, 15));
    assert_eq!(check(&pool, &code("012345")).await, Check::TooManyTries);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn the_right_code_counts_once_however_often_it_comes_together(pool: PgPool) {
    sent(&pool, &code("012345")).await.unwrap();
    let mut guesses = JoinSet::new();
    for _ in 0..10 {
        let pool = pool.clone();
        guesses.spawn(async move { check(&pool, &code("012345")).await });
    }
    let outcomes = guesses.join_all().await;
    assert_eq!(outcomes.iter().filter(|outcome| **outcome == Check::Right).count(), 1);
    assert_eq!(told(&pool).await.len(), 2);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn a_code_lives_ten_minutes(pool: PgPool) {
    sent(&pool, &code("012345")).await.unwrap();
    age(&pool, 590).await;
    assert_eq!(check(&pool, &code("999999")).await, Check::Wrong);
    age(&pool, 10).await;
    assert_eq!(check(&pool, &code("012345")).await, Check::Expired);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn one_code_goes_out_a_minute_and_a_new_one_has_its_own_tries(pool: PgPool) {
    sent(&pool, &code("012345")).await.unwrap();
    for _ in 0..6 {
        check(&pool, &code("999999")).await;
    }
    let wait_seconds = sent(&pool, &code("543210")).await.unwrap_err();
    assert!((50..=60).contains(&wait_seconds), "{wait_seconds}");
    age(&pool, 30).await;
    let wait_seconds = sent(&pool, &code("543210")).await.unwrap_err();
    assert!((20..=30).contains(&wait_seconds), "{wait_seconds}");
    age(&pool, 30).await;
    sent(&pool, &code("543210")).await.unwrap();
    assert_eq!(check(&pool, &code("012345")).await, Check::Wrong);
    assert_eq!(check(&pool, &code("543210")).await, Check::Right);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn a_mail_that_does_not_go_out_uses_up_nothing(pool: PgPool) {
    let send = async |given: &Code| {
        phones::send_code(&pool, &Outbox::default(), &nowhere(), &ivan(), &phone(), given).await
    };
    let refused = send(&code("111111")).await.unwrap_err();
    assert!(matches!(refused, Error::Mail(_)), "{refused}");
    assert_eq!(check(&pool, &code("111111")).await, Check::NotSent);
    // At once again, and the older code stays good.
    sent(&pool, &code("012345")).await.unwrap();
    age(&pool, 60).await;
    send(&code("222222")).await.unwrap_err();
    assert_eq!(check(&pool, &code("222222")).await, Check::Wrong);
    assert_eq!(check(&pool, &code("012345")).await, Check::Right);
}
