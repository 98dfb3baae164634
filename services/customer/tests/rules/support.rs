//! People, and what was told of them.

use contracts::ids::UserId;
use contracts::messages::Message as _;
use contracts::messages::customer::{CustomerChanged, CustomerEvent};
use customer::domain::account::Account;
use jiff::Timestamp;
use serde_json::value::RawValue;
use sqlx::PgPool;
use uuid::Uuid;

pub(crate) fn ivan() -> Account {
    Account {
        user_id: UserId(Uuid::from_u128(7)),
        email: "ivan@example.com".to_owned(),
        email_verified: false,
        first_name: "Иван".to_owned(),
        last_name: "Петров".to_owned(),
        locale: None,
        as_of: Timestamp::from_second(1_700_000_000).unwrap(),
    }
}

/// The messages in the outbox, in order, with their revisions.
pub(crate) async fn told(pool: &PgPool) -> Vec<(i64, CustomerChanged)> {
    let rows: Vec<(String, String, i64, String)> =
        sqlx::query_as("select kind, key, revision, payload from outbox order by seq")
            .fetch_all(pool)
            .await
            .unwrap();
    rows.into_iter()
        .map(|(kind, key, revision, payload)| {
            let payload = RawValue::from_string(payload).unwrap();
            let Some(CustomerEvent::CustomerChanged(customer)) =
                CustomerEvent::parse(&kind, &payload).unwrap()
            else {
                panic!("{kind} is not ours");
            };
            assert_eq!(key, customer.user_id.to_string());
            (revision, customer)
        })
        .collect()
}
