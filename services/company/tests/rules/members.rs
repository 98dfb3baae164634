//! Owners decide on members, and a company always has an owner.

use std::time::Duration;

use company::changes;
use company::domain::members::Refusal;
use company::error::Error;
use company::store::{companies, members};
use contracts::http::company::{Member, Role};
use contracts::ids::UserId;
use kit::outbox::Outbox;
use sqlx::{PgPool, Postgres, Transaction};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::support::{ANNA, BORIS, SHOP, STRANGER, change, named, shop_with_boris, told, told_roles};

async fn change_role(pool: &PgPool, by: UserId, user: UserId, role: Role) -> Result<Member, Error> {
    changes::change_role(pool, &Outbox::default(), by, SHOP, user, role).await
}

async fn remove(pool: &PgPool, by: UserId, user: UserId) -> Result<(), Error> {
    changes::remove_member(pool, &Outbox::default(), by, SHOP, user).await
}

async fn roles(pool: &PgPool) -> Vec<(UserId, Role)> {
    let members = members::all(&mut pool.acquire().await.unwrap(), SHOP).await.unwrap();
    let mut roles: Vec<_> = members.into_iter().map(|member| (member.user_id, member.role)).collect();
    roles.sort();
    roles
}

async fn revision(pool: &PgPool) -> i64 {
    let seen = companies::find(&mut pool.acquire().await.unwrap(), SHOP, None).await.unwrap();
    seen.unwrap().company.revision
}

/// Lets nobody change the shop until it is committed.
async fn nobodys_turn(pool: &PgPool) -> Transaction<'static, Postgres> {
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query("select from companies for update").execute(&mut *transaction).await.unwrap();
    transaction
}

/// Until so many in this test's database wait for a lock.
async fn all_wait(pool: &PgPool, count: i64) {
    let waiting = "select count(*) from pg_stat_activity
                   where datname = current_database() and wait_event_type = 'Lock'";
    let all_wait = async {
        while sqlx::query_scalar::<_, i64>(waiting).fetch_one(pool).await.unwrap() < count {
            tokio::task::yield_now().await;
        }
    };
    timeout(Duration::from_secs(10), all_wait).await.expect("not all came to wait");
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_changed_role_is_told_once(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    let first = change_role(&pool, ANNA, BORIS, Role::Owner).await.unwrap();
    assert_eq!((first.user_id, first.role), (BORIS, Role::Owner));
    let again = change_role(&pool, ANNA, BORIS, Role::Owner).await.unwrap();
    assert_eq!(again, first);
    assert_eq!(
        told_roles(&pool).await,
        [(1, vec![(ANNA, Role::Owner)]), (2, vec![(ANNA, Role::Owner), (BORIS, Role::Owner)])]
    );
    assert_eq!(revision(&pool).await, 2);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn who_leaves_is_told_and_may_do_nothing_any_more(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    change(&pool, BORIS, named("Цирюльня")).await.unwrap();
    remove(&pool, BORIS, BORIS).await.unwrap();
    assert_eq!(
        told_roles(&pool).await,
        [
            (1, vec![(ANNA, Role::Owner)]),
            (2, vec![(ANNA, Role::Owner), (BORIS, Role::Manager)]),
            (3, vec![(ANNA, Role::Owner)]),
        ]
    );
    let refused = change(&pool, BORIS, named("Барбершоп")).await.unwrap_err();
    assert!(matches!(refused, Error::NotAMember), "{refused}");
    let refused = remove(&pool, ANNA, BORIS).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::NoSuchMember)), "{refused}");
    assert_eq!((revision(&pool).await, told(&pool).await.len()), (3, 3));
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn the_last_owner_stays(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    let refused = remove(&pool, ANNA, ANNA).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::LastOwner)), "{refused}");
    let refused = change_role(&pool, ANNA, ANNA, Role::Manager).await.unwrap_err();
    assert!(matches!(refused, Error::Refused(Refusal::LastOwner)), "{refused}");
    assert_eq!(roles(&pool).await, [(ANNA, Role::Owner), (BORIS, Role::Manager)]);
    assert_eq!((revision(&pool).await, told(&pool).await.len()), (1, 1));
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn of_two_owners_who_leave_at_once_one_stays(pool: PgPool) {
    shop_with_boris(&pool, Role::Owner).await;
    let turn = nobodys_turn(&pool).await;
    let mut leaving = JoinSet::new();
    for owner in [ANNA, BORIS] {
        let pool = pool.clone();
        leaving.spawn(async move { remove(&pool, owner, owner).await });
    }
    all_wait(&pool, 2).await;
    turn.commit().await.unwrap();
    let refused: Vec<_> = leaving.join_all().await.into_iter().filter_map(Result::err).collect();
    assert!(matches!(refused[..], [Error::Refused(Refusal::LastOwner)]), "{refused:?}");
    let left = roles(&pool).await;
    assert!(matches!(left[..], [(_, Role::Owner)]), "{left:?}");
    assert_eq!(told_roles(&pool).await[1..], [(2, left)]);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn of_two_owners_who_demote_each_other_at_once_one_stays(pool: PgPool) {
    shop_with_boris(&pool, Role::Owner).await;
    let turn = nobodys_turn(&pool).await;
    let mut demoting = JoinSet::new();
    for (by, user) in [(ANNA, BORIS), (BORIS, ANNA)] {
        let pool = pool.clone();
        demoting.spawn(async move { change_role(&pool, by, user, Role::Manager).await });
    }
    all_wait(&pool, 2).await;
    turn.commit().await.unwrap();
    // The second one is no owner any more when his turn comes.
    let refused: Vec<_> = demoting.join_all().await.into_iter().filter_map(Result::err).collect();
    assert!(matches!(refused[..], [Error::Refused(Refusal::OwnersOnly)]), "{refused:?}");
    let owners = roles(&pool).await.into_iter().filter(|(_, role)| *role == Role::Owner).count();
    assert_eq!((owners, told(&pool).await.len()), (1, 2));
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn who_waited_for_the_lock_is_judged_by_what_he_is_then(pool: PgPool) {
    shop_with_boris(&pool, Role::Owner).await;
    let mut turn = nobodys_turn(&pool).await;
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { change_role(&pool, BORIS, ANNA, Role::Manager).await }
    });
    all_wait(&pool, 1).await;
    assert!(members::delete(&mut turn, SHOP, ANNA, BORIS).await.unwrap());
    turn.commit().await.unwrap();
    let refused = waiting.await.unwrap().unwrap_err();
    assert!(matches!(refused, Error::NotAMember), "{refused}");
    assert_eq!(roles(&pool).await, [(ANNA, Role::Owner)]);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_manager_and_a_stranger_decide_on_nobody(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    let before = roles(&pool).await;
    for by in [BORIS, STRANGER] {
        for role in [Role::Owner, Role::Manager] {
            change_role(&pool, by, BORIS, role).await.unwrap_err();
        }
        remove(&pool, by, ANNA).await.unwrap_err();
        // Not even when nobody had asked before whether he may.
        let mut connection = pool.acquire().await.unwrap();
        assert!(!members::set_role(&mut connection, SHOP, by, BORIS, Role::Owner).await.unwrap());
        assert!(!members::delete(&mut connection, SHOP, by, ANNA).await.unwrap());
    }
    assert_eq!(roles(&pool).await, before);
    assert_eq!((revision(&pool).await, told(&pool).await.len()), (1, 1));
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn only_members_see_who_the_members_are(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    let mut connection = pool.acquire().await.unwrap();
    for (by, seen) in [(ANNA, 2), (BORIS, 2), (STRANGER, 0)] {
        assert_eq!(members::list(&mut connection, SHOP, by).await.unwrap().len(), seen);
    }
}
