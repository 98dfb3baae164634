//! The profile follows the account, and every change is told once.

use contracts::ids::UserId;
use contracts::locale::Locale;
use customer::domain::account::Account;
use customer::domain::name::Name;
use customer::domain::profile::{Profile, ProfileChange};
use customer::error::Error;
use customer::sessions;
use customer::store::profiles;
use jiff::Timestamp;
use kit::Problem;
use kit::input::{Phone, TimeZoneName};
use kit::outbox::Outbox;
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{ivan, told};

async fn open(pool: &PgPool, account: &Account) -> Profile {
    sessions::open(pool, &Outbox::default(), account).await.unwrap()
}

async fn change(pool: &PgPool, change: &ProfileChange) -> Option<Profile> {
    let mut connection = pool.acquire().await.unwrap();
    profiles::change(&mut connection, ivan().user_id, change).await.unwrap()
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn the_first_session_makes_a_profile_with_our_defaults(pool: PgPool) {
    let profile = open(&pool, &ivan()).await;
    assert_eq!(profile.locale, Locale::Ru);
    assert_eq!(profile.time_zone, "Europe/Moscow");
    assert_eq!((profile.phone, profile.phone_verified), (None, false));
    assert_eq!(profile.revision, 1);
    let told = told(&pool).await;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].0, told[0].1.email.as_str()), (1, "ivan@example.com"));
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn sessions_that_open_together_tell_one_change_once(pool: PgPool) {
    for (revision, first_name) in [(1, "Иван"), (2, "Пётр")] {
        let account = Account { first_name: first_name.to_owned(), ..ivan() };
        let mut sessions = JoinSet::new();
        for _ in 0..20 {
            let (pool, account) = (pool.clone(), account.clone());
            sessions.spawn(async move { open(&pool, &account).await });
        }
        for profile in sessions.join_all().await {
            assert_eq!((profile.revision, profile.first_name.as_str()), (revision, first_name));
        }
    }
    let told: Vec<_> =
        told(&pool).await.into_iter().map(|(revision, told)| (revision, told.first_name)).collect();
    assert_eq!(told, [(1, "Иван".to_owned()), (2, "Пётр".to_owned())]);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn changes_that_come_together_are_told_in_the_order_of_their_revisions(pool: PgPool) {
    let mut sessions = JoinSet::new();
    for number in 0..20 {
        let account = Account { email: format!("ivan{number}@example.com"), ..ivan() };
        let pool = pool.clone();
        sessions.spawn(async move { open(&pool, &account).await });
    }
    sessions.join_all().await;
    let revisions: Vec<i64> = told(&pool).await.into_iter().map(|(revision, _)| revision).collect();
    assert_eq!(revisions, (1..=20).collect::<Vec<i64>>());
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn a_changed_email_is_told(pool: PgPool) {
    open(&pool, &ivan()).await;
    let profile = open(&pool, &Account { email: "petrov@example.com".to_owned(), ..ivan() }).await;
    assert_eq!((profile.email.as_str(), profile.revision), ("petrov@example.com", 2));
    assert_eq!(told(&pool).await[1].1.email, "petrov@example.com");
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn a_token_that_says_no_locale_leaves_it(pool: PgPool) {
    open(&pool, &Account { locale: Some(Locale::En), ..ivan() }).await;
    let profile = open(&pool, &ivan()).await;
    assert_eq!((profile.locale, profile.revision), (Locale::En, 1));
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn an_older_token_does_not_bring_back_what_was_changed(pool: PgPool) {
    open(&pool, &ivan()).await;
    let renamed = ProfileChange { first_name: Some(Name::parse("Пётр").unwrap()), ..Default::default() };
    change(&pool, &renamed).await.unwrap();
    let profile = open(&pool, &ivan()).await;
    assert_eq!((profile.first_name.as_str(), profile.revision), ("Пётр", 2));

    let later = Account { as_of: Timestamp::from_second(4_000_000_000).unwrap(), ..ivan() };
    let profile = open(&pool, &later).await;
    assert_eq!((profile.first_name.as_str(), profile.revision), ("Иван", 3));
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn a_token_made_while_a_change_is_under_way_does_not_undo_it(pool: PgPool) {
    open(&pool, &ivan()).await;
    let mut transaction = pool.begin().await.unwrap();
    profiles::take_turn(&mut transaction, ivan().user_id).await.unwrap();
    let meanwhile: jiff_sqlx::Timestamp =
        sqlx::query_scalar("select clock_timestamp()").fetch_one(&pool).await.unwrap();
    let renamed = ProfileChange { first_name: Some(Name::parse("Пётр").unwrap()), ..Default::default() };
    profiles::change(&mut transaction, ivan().user_id, &renamed).await.unwrap().unwrap();
    transaction.commit().await.unwrap();
    let profile = open(&pool, &Account { as_of: meanwhile.to_jiff(), ..ivan() }).await;
    assert_eq!((profile.first_name.as_str(), profile.revision), ("Пётр", 2));
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn who_gets_no_turn_in_time_may_come_again_and_others_do_not_wait(pool: PgPool) {
    let (mut first, mut second) = (pool.begin().await.unwrap(), pool.begin().await.unwrap());
    profiles::take_turn(&mut first, ivan().user_id).await.unwrap();
    profiles::take_turn(&mut second, UserId(Uuid::from_u128(8))).await.unwrap();
    sqlx::query("set local lock_timeout = '10ms'").execute(&mut *second).await.unwrap();
    let refused = profiles::take_turn(&mut second, ivan().user_id).await.unwrap_err();
    assert_eq!(Problem::from(Error::Database(refused)), Problem::unavailable());

    second.rollback().await.unwrap();
    first.commit().await.unwrap();
    profiles::take_turn(&mut pool.begin().await.unwrap(), ivan().user_id).await.unwrap();
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn only_what_is_given_changes_and_the_same_again_changes_nothing(pool: PgPool) {
    let before = open(&pool, &ivan()).await;
    let zone =
        ProfileChange { time_zone: Some(TimeZoneName::parse("Asia/Omsk").unwrap()), ..Default::default() };
    let after = change(&pool, &zone).await.unwrap();
    assert_eq!(after, Profile { time_zone: "Asia/Omsk".to_owned(), revision: 2, ..before });
    assert_eq!(change(&pool, &zone).await, None);
    assert_eq!(change(&pool, &ProfileChange::default()).await, None);
}

#[sqlx::test(migrator = "customer::MIGRATOR")]
async fn another_phone_is_not_verified_and_the_same_stays_so(pool: PgPool) {
    open(&pool, &ivan()).await;
    let phone = |text| Phone::parse(text).unwrap();
    let mut connection = pool.acquire().await.unwrap();
    profiles::verify_phone(&mut connection, ivan().user_id, &phone("+7 912 345")).await.unwrap().unwrap();
    let same = ProfileChange { phone: Some(phone("+7 912 345")), ..Default::default() };
    assert_eq!(change(&pool, &same).await, None);
    let other = ProfileChange { phone: Some(phone("+7 912 346")), ..Default::default() };
    let profile = change(&pool, &other).await.unwrap();
    assert_eq!((profile.phone.as_deref(), profile.phone_verified), (Some("+7 912 346"), false));
}
