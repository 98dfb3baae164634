//! The thin path through all parts: gateway, account server, customer, its database and outbox, Kafka,
//! notification and its database.

use std::time::{Duration, Instant};

use contracts::http::customer::ProfileChange;
use contracts::ids::UserId;
use harness::person::Account;
use harness::stack::Stack;
use harness::wait;
use sqlx::PgConnection;

const ARRIVES_WITHIN: Duration = Duration::from_secs(15);

#[derive(Debug, PartialEq, Eq, sqlx::FromRow)]
struct Contact {
    email: String,
    first_name: String,
    last_name: String,
    locale: String,
}

async fn contact(database: &mut PgConnection, user_id: UserId) -> anyhow::Result<Option<Contact>> {
    let select = "select email, first_name, last_name, locale from contacts where user_id = $1";
    Ok(sqlx::query_as(select).bind(user_id.0).fetch_optional(database).await?)
}

#[tokio::test]
async fn a_registration_reaches_notification_without_another_call() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let mut database = stack.database("notification").await?;
    let account = Account::register(&stack.gateway).await?;
    let began = Instant::now();
    let contact = wait::until("the contact arrives", ARRIVES_WITHIN, async || {
        contact(&mut database, account.user_id).await
    })
    .await?;
    println!("registration answered -> contact stored: {:?}", began.elapsed());
    assert_eq!(contact.email, account.person.email);
    assert_eq!(contact.first_name, account.person.first_name);
    assert_eq!(contact.last_name, account.person.last_name);
    Ok(())
}

#[tokio::test]
async fn the_last_of_many_changes_is_what_notification_keeps() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let mut database = stack.database("notification").await?;
    let account = Account::register(&stack.gateway).await?;
    for number in 1..=20 {
        let change =
            ProfileChange { first_name: Some(format!("Анна {number}")), ..ProfileChange::default() };
        stack.gateway.put("/customer/profile").token(account.token()).json(&change).await?.expect(200);
    }
    let last = ProfileChange {
        first_name: Some("Аня".to_owned()),
        locale: Some("en".to_owned()),
        ..ProfileChange::default()
    };
    stack.gateway.put("/customer/profile").token(account.token()).json(&last).await?.expect(200);

    let expected = Contact {
        email: account.person.email.clone(),
        first_name: "Аня".to_owned(),
        last_name: account.person.last_name.clone(),
        locale: "en".to_owned(),
    };
    wait::until("the last change arrives", ARRIVES_WITHIN, async || {
        Ok(contact(&mut database, account.user_id).await?.filter(|contact| *contact == expected))
    })
    .await?;
    Ok(())
}
