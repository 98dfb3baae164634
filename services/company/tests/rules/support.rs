//! A company and its people, and what was told of it.

use company::changes;
use company::domain::change::{Change, Details, NewCompany};
use company::domain::company::Seen;
use company::error::Error;
use company::store::members;
use contracts::http;
use contracts::http::company::{CompanyChange, Role};
use contracts::ids::{CompanyId, UserId};
use contracts::messages::Message as _;
use contracts::messages::company::{CompanyChanged, CompanyEvent};
use kit::outbox::Outbox;
use serde_json::value::RawValue;
use sqlx::PgPool;
use uuid::Uuid;

pub(crate) const ANNA: UserId = UserId(Uuid::from_u128(1));
pub(crate) const BORIS: UserId = UserId(Uuid::from_u128(2));
pub(crate) const STRANGER: UserId = UserId(Uuid::from_u128(3));

pub(crate) const SHOP: CompanyId = CompanyId(Uuid::from_u128(10));

/// Anna opens a company called `name`.
pub(crate) async fn open(pool: &PgPool, id: CompanyId, name: &str) -> Seen {
    let body = http::company::NewCompany {
        name: name.to_owned(),
        address: "Москва, Тверская, 1".to_owned(),
        phone: "+7 495 123-45-67".to_owned(),
        email: Some("office@example.com".to_owned()),
        description: None,
        time_zone: None,
        location: None,
    };
    changes::create(pool, &Outbox::default(), ANNA, id, &NewCompany::parse(&body).unwrap()).await.unwrap()
}

/// Anna's shop, in which Boris has a role; nothing was told of him yet.
pub(crate) async fn shop_with_boris(pool: &PgPool, role: Role) {
    open(pool, SHOP, "Барбершоп").await;
    members::insert(&mut pool.acquire().await.unwrap(), SHOP, BORIS, role).await.unwrap();
}

pub(crate) async fn change(pool: &PgPool, by: UserId, change: Change) -> Result<Seen, Error> {
    changes::change(pool, &Outbox::default(), by, SHOP, change).await
}

pub(crate) fn named(name: &str) -> Change {
    let body = CompanyChange { name: Some(name.to_owned()), ..CompanyChange::default() };
    Change::Details(Details::parse(&body).unwrap())
}

/// The messages in the outbox, in order, with their revisions.
pub(crate) async fn told(pool: &PgPool) -> Vec<(i64, CompanyChanged)> {
    let rows: Vec<(String, String, i64, String)> =
        sqlx::query_as("select kind, key, revision, payload from outbox where topic = $1 order by seq")
            .bind(CompanyEvent::TOPIC)
            .fetch_all(pool)
            .await
            .unwrap();
    rows.into_iter()
        .map(|(kind, key, revision, payload)| {
            let payload = RawValue::from_string(payload).unwrap();
            let Some(CompanyEvent::CompanyChanged(company)) = CompanyEvent::parse(&kind, &payload).unwrap()
            else {
                panic!("{kind} is not ours");
            };
            assert_eq!(key, company.company_id.to_string());
            (revision, company)
        })
        .collect()
}

/// Who is told to have which role, in each message.
pub(crate) async fn told_roles(pool: &PgPool) -> Vec<(i64, Vec<(UserId, Role)>)> {
    let roles = |company: CompanyChanged| {
        let mut roles: Vec<_> =
            company.members.into_iter().map(|member| (member.user_id, member.role)).collect();
        roles.sort();
        roles
    };
    told(pool).await.into_iter().map(|(revision, company)| (revision, roles(company))).collect()
}
