//! A verification mail goes out once unasked, and once a minute to who asks.

use std::net::TcpListener;

use customer::config;
use customer::domain::account::Account;
use customer::error::Error;
use customer::keycloak::Keycloak;
use customer::store::verification_mails::{self, Wish};
use customer::{emails, sessions};
use kit::outbox::Outbox;
use sqlx::PgPool;
use tokio::task::JoinSet;

use crate::support::{ivan, told};

async fn known(pool: &PgPool) {
    sessions::open(pool, &Outbox::default(), &ivan()).await.unwrap();
}

async fn claim(pool: &PgPool, wish: Wish) -> Result<(), u64> {
    let mut connection = pool.acquire().await.unwrap();
    verification_mails::claim(&mut connection, ivan().user_id, wish).await.unwrap()
}

/// Moves the mail that was sent into the past.
async fn age(pool: &PgPool, seconds: i32) {
    let age = "update profiles set verification_mail_at = verification_mail_at - make_interval(secs => $1)";
    sqlx::query(age).bind(f64::from(seconds)).execute(pool).await.unwrap();
}

/// An account server that is away: nobody listens there any more.
fn nowhere() -> Keycloak {
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let text = String::new;
    Keycloak::new(&config::Keycloak {
        keycloak_url: format!("http://{address}"),
        keycloak_realm: text(),
        api_client_id: text(),
        api_client_secret: text(),
        accounts_client_id: text(),
        accounts_client_secret: text(),
    })
    .unwrap()
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn sessions_that_open_together_send_one_first_mail_and_tell_nobody(pool: PgPool) {
    known(&pool).await;
    let mut sessions = JoinSet::new();
    for _ in 0..20 {
        let pool = pool.clone();
        sessions.spawn(async move { claim(&pool, Wish::First).await });
    }
    assert_eq!(sessions.join_all().await.iter().filter(|claimed| claimed.is_ok()).count(), 1);
    age(&pool, 1_000_000).await;
    claim(&pool, Wish::First).await.unwrap_err();
    assert_eq!(told(&pool).await.len(), 1);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn another_mail_goes_out_a_minute_after_the_last(pool: PgPool) {
    known(&pool).await;
    claim(&pool, Wish::First).await.unwrap();
    let wait_seconds = claim(&pool, Wish::Another).await.unwrap_err();
    assert!((50..=60).contains(&wait_seconds), "{wait_seconds}");
    age(&pool, 30).await;
    let wait_seconds = claim(&pool, Wish::Another).await.unwrap_err();
    assert!((20..=30).contains(&wait_seconds), "{wait_seconds}");
    age(&pool, 30).await;
    claim(&pool, Wish::Another).await.unwrap();
    claim(&pool, Wish::Another).await.unwrap_err();
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn a_mail_that_does_not_go_out_uses_up_nothing(pool: PgPool) {
    known(&pool).await;
    for _ in 0..2 {
        let refused = emails::send_mail(&pool, &nowhere(), &ivan(), Wish::Another).await.unwrap_err();
        assert!(matches!(refused, Error::Keycloak(_)), "{refused}");
    }
    claim(&pool, Wish::First).await.unwrap();
    let refused = emails::send_mail(&pool, &nowhere(), &ivan(), Wish::Another).await.unwrap_err();
    assert!(matches!(refused, Error::MailSentLately { .. }), "{refused}");
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn whose_email_is_verified_needs_no_mail(pool: PgPool) {
    known(&pool).await;
    let verified = Account { email_verified: true, ..ivan() };
    emails::send_mail(&pool, &nowhere(), &verified, Wish::Another).await.unwrap();
    claim(&pool, Wish::First).await.unwrap();
}
