//! Who is invited becomes a member once, and the letter alone has what proves it.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use company::domain::invitation::{NewInvitation, Token};
use company::domain::members::Refusal;
use company::error::Error;
use company::store::invitations as table;
use company::{changes, invitations};
use contracts::http;
use contracts::http::company::{Invitation, Role};
use contracts::ids::UserId;
use contracts::locale::Locale;
use contracts::messages::Message as _;
use contracts::messages::company::{InvitationEvent, InvitationMade};
use jiff::Timestamp;
use kit::caller::Caller;
use kit::outbox::Outbox;
use kit::seal::Seal;
use serde_json::value::RawValue;
use sqlx::PgPool;

use crate::support::{ANNA, BORIS, SHOP, STRANGER, open, shop_with_boris, told_roles};

fn seal() -> Seal {
    "0f".repeat(32).parse().unwrap()
}

fn caller(user_id: UserId) -> Caller {
    Caller {
        user_id,
        email: "anna@example.com".to_owned(),
        email_verified: true,
        first_name: "Анна".to_owned(),
        last_name: String::new(),
        locale: None,
        issued_at: Timestamp::UNIX_EPOCH,
    }
}

async fn invite(pool: &PgPool, by: UserId, email: &str, role: &str) -> Result<Invitation, Error> {
    let body = http::company::NewInvitation { email: email.to_owned(), role: role.to_owned() };
    let new = NewInvitation::parse(&body).unwrap();
    invitations::invite(pool, &Outbox::default(), &seal(), &caller(by), Locale::Ru, SHOP, &new).await
}

async fn accept(pool: &PgPool, by: UserId, token: &Token) -> Result<Option<Role>, Error> {
    invitations::accept(pool, &Outbox::default(), by, token).await.map(|seen| seen.role)
}

/// The letters in the outbox, as `notification` gets them.
async fn letters(pool: &PgPool) -> Vec<InvitationMade> {
    let payloads: Vec<String> =
        sqlx::query_scalar("select payload from outbox where topic = $1 order by seq")
            .bind(InvitationEvent::TOPIC)
            .fetch_all(pool)
            .await
            .unwrap();
    payloads
        .into_iter()
        .map(|payload| {
            let payload = RawValue::from_string(payload).unwrap();
            let event = InvitationEvent::parse("InvitationMade", &payload).unwrap().unwrap();
            let InvitationEvent::InvitationMade(letter) = event;
            letter
        })
        .collect()
}

fn token(letter: &InvitationMade) -> Token {
    let sealed = STANDARD.decode(&letter.sealed_token).unwrap();
    let opened = seal().open(letter.invitation_id.0.as_bytes(), &sealed).unwrap();
    Token::parse(std::str::from_utf8(&opened).unwrap()).unwrap()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> Refusal {
    match result {
        Err(Error::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    }
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn who_accepts_is_a_member_and_everybody_is_told_once(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    let made = invite(&pool, ANNA, "Boris@Example.com", "manager").await.unwrap();
    assert_eq!((made.email.as_str(), made.role, made.invited_by), ("boris@example.com", Role::Manager, ANNA));
    let letters = letters(&pool).await;
    assert_eq!((letters.len(), letters[0].inviter.as_str(), letters[0].locale.as_str()), (1, "Анна", "ru"));
    let token = token(&letters[0]);
    // Inviting changes nothing of the company.
    let before = [(1, vec![(ANNA, Role::Owner)])];
    assert_eq!(told_roles(&pool).await, before);

    assert_eq!(accept(&pool, BORIS, &token).await.unwrap(), Some(Role::Manager));
    assert_eq!(accept(&pool, BORIS, &token).await.unwrap(), Some(Role::Manager));
    assert_eq!(refusal(accept(&pool, STRANGER, &token).await), Refusal::InvitationUsed);
    let after = (2, vec![(ANNA, Role::Owner), (BORIS, Role::Manager)]);
    assert_eq!(told_roles(&pool).await, [before[0].clone(), after]);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn the_database_does_not_know_the_token(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    invite(&pool, ANNA, "boris@example.com", "manager").await.unwrap();
    let token = token(&letters(&pool).await[0]).text();
    let rows: String =
        sqlx::query_scalar("select string_agg(invitations::text, '') || (select string_agg(payload, '') from outbox) from invitations")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(!rows.contains(&token));
    let bytes = URL_SAFE_NO_PAD.decode(&token).unwrap();
    let (hashed, plain): (bool, bool) =
        sqlx::query_as("select token_hash = sha256($1), token_hash = $1 from invitations")
            .bind(bytes)
            .fetch_one(&pool)
            .await
            .unwrap();
    assert!(hashed && !plain);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn an_address_has_one_invitation_until_it_is_too_old(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    invite(&pool, ANNA, "boris@example.com", "manager").await.unwrap();
    assert_eq!(refusal(invite(&pool, ANNA, "boris@example.com", "owner").await), Refusal::AlreadyInvited);
    let old = token(&letters(&pool).await[0]);
    sqlx::query("update invitations set expires_at = now() - interval '1 second'")
        .execute(&pool)
        .await
        .unwrap();
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(table::list(&mut connection, SHOP, ANNA).await.unwrap(), []);
    invite(&pool, ANNA, "boris@example.com", "manager").await.unwrap();
    assert_eq!(refusal(accept(&pool, BORIS, &old).await), Refusal::InvitationRevoked);
    let new = token(&letters(&pool).await[1]);
    accept(&pool, BORIS, &new).await.unwrap();
    // Let go again, he can be invited again.
    changes::remove_member(&pool, &Outbox::default(), ANNA, SHOP, BORIS).await.unwrap();
    invite(&pool, ANNA, "boris@example.com", "manager").await.unwrap();
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn only_members_invite_and_see_and_nobody_gives_more_than_he_has(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    assert!(matches!(invite(&pool, STRANGER, "x@example.com", "manager").await, Err(Error::NotAMember)));
    assert_eq!(refusal(invite(&pool, BORIS, "x@example.com", "owner").await), Refusal::AboveOwnRole);
    let by_anna = invite(&pool, ANNA, "x@example.com", "owner").await.unwrap();
    let by_boris = invite(&pool, BORIS, "y@example.com", "manager").await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    for (by, seen) in [(ANNA, 2), (BORIS, 2), (STRANGER, 0)] {
        assert_eq!(table::list(&mut connection, SHOP, by).await.unwrap().len(), seen);
    }
    let revoke =
        async |by, invitation: &Invitation| invitations::revoke(&pool, by, SHOP, invitation.id).await;
    assert_eq!(refusal(revoke(BORIS, &by_anna).await), Refusal::AboveOwnRole);
    assert!(matches!(revoke(STRANGER, &by_boris).await, Err(Error::NotAMember)));
    revoke(ANNA, &by_boris).await.unwrap();
    assert_eq!(refusal(revoke(ANNA, &by_boris).await), Refusal::NoSuchInvitation);
    revoke(ANNA, &by_anna).await.unwrap();
    assert_eq!(table::list(&mut connection, SHOP, ANNA).await.unwrap(), []);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_company_has_fifty_letters_out_at_most(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    for number in 0..50 {
        invite(&pool, ANNA, &format!("{number}@example.com"), "manager").await.unwrap();
    }
    assert_eq!(refusal(invite(&pool, ANNA, "x@example.com", "manager").await), Refusal::TooManyInvitations);
    assert_eq!(letters(&pool).await.len(), 50);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn of_two_who_accept_at_once_one_does(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    invite(&pool, ANNA, "x@example.com", "manager").await.unwrap();
    let token = token(&letters(&pool).await[0]);
    let (one, two) = tokio::join!(accept(&pool, BORIS, &token), accept(&pool, STRANGER, &token));
    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    assert_eq!(refusal(if one.is_ok() { two } else { one }), Refusal::InvitationUsed);
    assert_eq!(told_roles(&pool).await.len(), 2);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn an_invitation_raises_a_manager_and_never_lowers_an_owner(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    invite(&pool, ANNA, "boris@example.com", "owner").await.unwrap();
    let raise = token(&letters(&pool).await[0]);
    assert_eq!(accept(&pool, BORIS, &raise).await.unwrap(), Some(Role::Owner));
    invite(&pool, ANNA, "boris@example.com", "manager").await.unwrap();
    let lower = token(&letters(&pool).await[1]);
    assert_eq!(accept(&pool, BORIS, &lower).await.unwrap(), Some(Role::Owner));
    assert_eq!(refusal(accept(&pool, STRANGER, &lower).await), Refusal::InvitationUsed);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn an_invitation_ends_with_its_inviter(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    invite(&pool, BORIS, "x@example.com", "manager").await.unwrap();
    invite(&pool, ANNA, "y@example.com", "owner").await.unwrap();
    let token = token(&letters(&pool).await[0]);
    changes::remove_member(&pool, &Outbox::default(), ANNA, SHOP, BORIS).await.unwrap();
    assert_eq!(refusal(accept(&pool, STRANGER, &token).await), Refusal::InvitationRevoked);
    assert_eq!(told_roles(&pool).await.last().unwrap().1, [(ANNA, Role::Owner)]);
    // Somebody who stays can invite the same address, and his own letters count as before.
    invite(&pool, ANNA, "x@example.com", "manager").await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    assert_eq!(table::list(&mut connection, SHOP, ANNA).await.unwrap().len(), 2);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn who_may_give_less_from_now_on_has_given_no_more(pool: PgPool) {
    shop_with_boris(&pool, Role::Owner).await;
    invite(&pool, BORIS, "x@example.com", "owner").await.unwrap();
    invite(&pool, BORIS, "y@example.com", "manager").await.unwrap();
    changes::change_role(&pool, &Outbox::default(), ANNA, SHOP, BORIS, Role::Manager).await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    let left = table::list(&mut connection, SHOP, ANNA).await.unwrap();
    assert_eq!(left.iter().map(|it| it.role).collect::<Vec<_>>(), [Role::Manager]);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn nobody_is_pestered_by_inviting_and_withdrawing(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    let again = async |email: &str| {
        let made = invite(&pool, ANNA, email, "manager").await?;
        invitations::revoke(&pool, ANNA, SHOP, made.id).await
    };
    for _ in 0..5 {
        again("x@example.com").await.unwrap();
    }
    assert_eq!(refusal(again("x@example.com").await), Refusal::InvitedTooOften);
    for number in 0..95 {
        again(&format!("{number}@example.com")).await.unwrap();
    }
    assert_eq!(refusal(again("y@example.com").await), Refusal::InvitedTooOften);
    sqlx::query("update invitations set created_at = created_at - interval '1 day'")
        .execute(&pool)
        .await
        .unwrap();
    again("x@example.com").await.unwrap();
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn what_is_long_over_is_forgotten(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    invite(&pool, ANNA, "x@example.com", "manager").await.unwrap();
    let mut connection = pool.acquire().await.unwrap();
    for (days, pruned) in [(89, 0), (91, 1)] {
        sqlx::query("update invitations set expires_at = now() - make_interval(days => $1)")
            .bind(days)
            .execute(&pool)
            .await
            .unwrap();
        assert_eq!(table::prune(&mut connection).await.unwrap(), pruned);
    }
}
