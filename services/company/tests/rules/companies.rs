//! Every change of a company is told once, and only its members make one.

use company::domain::change::{Change, Details, Place};
use company::domain::company::{Company, Seen};
use company::domain::members::Refusal;
use company::error::Error;
use company::store::companies;
use contracts::http::company::{CancellationPolicy, CompanyChange, Location, Role};
use contracts::ids::CompanyId;
use contracts::messages::company::CompanyMember;
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{ANNA, BORIS, SHOP, STRANGER, change, named, open, shop_with_boris, told, told_roles};

fn place() -> Change {
    Change::Place(Place::parse(Location { lat: 55.7558, lon: 37.6173 }).unwrap())
}

async fn find(pool: &PgPool) -> Seen {
    companies::find(&mut pool.acquire().await.unwrap(), SHOP, Some(ANNA)).await.unwrap().unwrap()
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_new_company_is_told_with_its_creator_as_owner(pool: PgPool) {
    let Seen { company, role, .. } = open(&pool, SHOP, "<b>Барбершоп</b>").await;
    assert_eq!(role, Some(Role::Owner));
    assert_eq!((company.active, company.revision), (true, 1));
    assert_eq!(company.time_zone, "Europe/Moscow");
    assert_eq!(company.cancellation_policy, CancellationPolicy::default());

    let told = told(&pool).await;
    assert_eq!(told.len(), 1);
    let (revision, event) = &told[0];
    assert_eq!((*revision, event.company_id, event.active), (1, SHOP, true));
    assert_eq!(
        (event.name.as_str(), event.email.as_deref()),
        ("<b>Барбершоп</b>", Some("office@example.com"))
    );
    assert_eq!(event.members, [CompanyMember { user_id: ANNA, role: Role::Owner }]);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn every_change_is_told_once_with_all_members_and_a_repeat_is_not(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    for (number, (by, next)) in
        [(BORIS, named("Цирюльня")), (BORIS, place()), (ANNA, Change::Deactivate), (ANNA, Change::Activate)]
            .into_iter()
            .enumerate()
    {
        let first = change(&pool, by, next.clone()).await.unwrap();
        let again = change(&pool, by, next).await.unwrap();
        assert_eq!(first, again);
        let told = told(&pool).await;
        assert_eq!(told.len(), number + 2);
        let (revision, event) = &told[number + 1];
        assert_eq!(*revision, first.company.revision);
        assert_eq!(event.active, first.company.active);
        assert_eq!((&event.name, event.location), (&first.company.name, first.company.location));
    }
    let members = vec![(ANNA, Role::Owner), (BORIS, Role::Manager)];
    let all: Vec<_> = (2..=5).map(|revision| (revision, members.clone())).collect();
    assert_eq!(told_roles(&pool).await[1..], all);
    let nothing = Change::Details(Details::default());
    assert_eq!(change(&pool, ANNA, nothing).await.unwrap(), find(&pool).await);
    assert_eq!(find(&pool).await.company.revision, 5);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn all_that_can_be_said_of_a_company_is_kept(pool: PgPool) {
    let before = open(&pool, SHOP, "Барбершоп").await;
    let policy = CancellationPolicy { free_until_hours: 720, late_refund_percent: 100 };
    let body = CompanyChange {
        name: Some("Цирюльня".to_owned()),
        address: Some("Омск, Ленина, 1".to_owned()),
        phone: Some("+7 381 000-00-00".to_owned()),
        email: Some(String::new()),
        description: Some("Стрижём\nи бреем".to_owned()),
        time_zone: Some("Asia/Omsk".to_owned()),
        cancellation_policy: Some(policy),
    };
    let after = change(&pool, ANNA, Change::Details(Details::parse(&body).unwrap())).await.unwrap();
    let expected = Company {
        id: SHOP,
        name: "Цирюльня".to_owned(),
        description: Some("Стрижём\nи бреем".to_owned()),
        address: "Омск, Ленина, 1".to_owned(),
        phone: "+7 381 000-00-00".to_owned(),
        email: None,
        location: None,
        time_zone: "Asia/Omsk".to_owned(),
        cancellation_policy: policy,
        active: true,
        revision: before.company.revision + 1,
    };
    assert_eq!(after.company, expected);
    assert_eq!(find(&pool).await.company, expected);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_time_zone_that_the_database_does_not_know_is_noticed(pool: PgPool) {
    for (name, known) in
        [("Asia/Omsk", true), ("UTC", true), ("US/Pacific", true), ("Europe/Atlantis", false)]
    {
        let mut connection = pool.acquire().await.unwrap();
        assert_eq!(companies::knows_time_zone(&mut connection, name).await.unwrap(), known, "{name}");
    }
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn changes_that_come_together_are_told_in_the_order_of_their_revisions(pool: PgPool) {
    open(&pool, SHOP, "Барбершоп").await;
    let mut changes = JoinSet::new();
    for number in 0..20 {
        let pool = pool.clone();
        changes.spawn(async move {
            change(&pool, ANNA, named(&format!("Барбершоп {number}"))).await.unwrap()
        });
    }
    changes.join_all().await;
    let told = told(&pool).await;
    let revisions: Vec<i64> = told.iter().map(|(revision, _)| *revision).collect();
    assert_eq!(revisions, (1..=21).collect::<Vec<i64>>());
    assert_eq!(told[20].1.name, find(&pool).await.company.name);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_strangers_change_touches_nothing(pool: PgPool) {
    let before = open(&pool, SHOP, "Барбершоп").await;
    for next in [named("Чужое"), place(), Change::Deactivate, Change::Details(Details::default())] {
        let refused = change(&pool, STRANGER, next).await.unwrap_err();
        assert!(matches!(refused, Error::NotAMember), "{refused}");
    }
    // Not even when nobody had asked before whether he may.
    let mut connection = pool.acquire().await.unwrap();
    let renamed = Company { name: "Чужое".to_owned(), ..before.company.clone() };
    assert!(!companies::lock(&mut connection, SHOP, STRANGER).await.unwrap());
    assert!(!companies::save(&mut connection, STRANGER, &renamed).await.unwrap());
    assert_eq!(find(&pool).await, before);
    assert_eq!(told(&pool).await.len(), 1);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_manager_neither_opens_nor_closes(pool: PgPool) {
    shop_with_boris(&pool, Role::Manager).await;
    for next in [Change::Deactivate, Change::Activate] {
        let refused = change(&pool, BORIS, next).await.unwrap_err();
        assert!(matches!(refused, Error::Refused(Refusal::OwnersOnly)), "{refused}");
    }
    assert!(find(&pool).await.company.active);
    assert_eq!(told(&pool).await.len(), 1);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_company_that_is_not_there_is_nobodys(pool: PgPool) {
    let refused = change(&pool, ANNA, named("Барбершоп")).await.unwrap_err();
    assert!(matches!(refused, Error::NotFound), "{refused}");
    let found = companies::find(&mut pool.acquire().await.unwrap(), SHOP, None).await.unwrap();
    assert_eq!(found, None);
}

#[sqlx::test(migrator = "company::MIGRATOR")]
async fn a_person_sees_his_companies_by_name(pool: PgPool) {
    let ids = [3, 1, 2].map(|number| CompanyId(Uuid::from_u128(number)));
    for (id, name) in ids.into_iter().zip(["B", "B", "A"]) {
        open(&pool, id, name).await;
    }
    let mut connection = pool.acquire().await.unwrap();
    let seen = companies::list_of(&mut connection, ANNA).await.unwrap();
    let listed: Vec<_> = seen.iter().map(|seen| (seen.company.id, seen.role)).collect();
    assert_eq!(listed, [ids[2], ids[1], ids[0]].map(|id| (id, Some(Role::Owner))));
    assert!(companies::list_of(&mut connection, STRANGER).await.unwrap().is_empty());
    for (by, role) in [(Some(ANNA), Some(Role::Owner)), (Some(STRANGER), None), (None, None)] {
        let seen = companies::find(&mut connection, ids[0], by).await.unwrap().unwrap();
        assert_eq!(seen.role, role);
    }
}
