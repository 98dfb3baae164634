//! What `company` and `customer` tell is kept, the newest of it, in whatever order it comes.

use booking::store::companies::{self, Standing};
use contracts::http::company::Role;
use contracts::messages::Message as _;
use contracts::messages::company::{CompanyChanged, CompanyEvent, CompanyMember};
use contracts::messages::customer::{CustomerChanged, CustomerEvent};
use kit::consumer::{Incoming, Source};
use sqlx::PgPool;

use crate::support::{client, company, company_id, hear, incoming, manager};

fn told(company: &CompanyChanged, revision: i64) -> Incoming {
    let event = CompanyEvent::CompanyChanged(company.clone());
    incoming(&event, Source::Projection(CompanyEvent::TOPIC), revision)
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn an_older_word_about_a_company_changes_neither_it_nor_its_members(pool: PgPool) {
    let newer = CompanyChanged {
        active: false,
        members: vec![CompanyMember { user_id: client(1), role: Role::Manager }],
        ..company()
    };
    for message in [told(&company(), 1), told(&newer, 3), told(&company(), 2), told(&company(), 3)] {
        hear(&pool, &message).await.unwrap();
    }
    let mut connection = pool.acquire().await.unwrap();
    let standing = companies::standing(&mut connection, company_id(), client(1)).await.unwrap();
    assert_eq!(standing, Some(Standing { active: false, role: Some(Role::Manager) }));
    let removed = companies::standing(&mut connection, company_id(), manager()).await.unwrap();
    assert_eq!(removed, Some(Standing { active: false, role: None }));
}

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn a_client_is_kept_and_forgotten(pool: PgPool) {
    let changed = CustomerChanged {
        user_id: client(1),
        email: "ivan@example.com".to_owned(),
        first_name: "Иван".to_owned(),
        last_name: "Петров".to_owned(),
        phone: None,
        locale: "ru".to_owned(),
        time_zone: "Europe/Moscow".to_owned(),
    };
    let source = Source::Projection(CustomerEvent::TOPIC);
    let older = CustomerChanged { first_name: "Пётр".to_owned(), ..changed.clone() };
    hear(&pool, &incoming(&CustomerEvent::CustomerChanged(changed), source, 2)).await.unwrap();
    hear(&pool, &incoming(&CustomerEvent::CustomerChanged(older), source, 1)).await.unwrap();
    let names = async || -> Vec<String> {
        sqlx::query_scalar("select first_name from clients").fetch_all(&pool).await.unwrap()
    };
    assert_eq!(names().await, ["Иван"]);
    hear(&pool, &Incoming { source, key: client(1).to_string(), envelope: None }).await.unwrap();
    assert!(names().await.is_empty());
}
