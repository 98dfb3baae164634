//! A statement is read in pages, by nobody but its client.

use contracts::ids::UserId;
use contracts::money::Money;
use payment::store::transactions;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{IVAN, statement, top_up};

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn pages_show_every_line_once_newest_first(pool: PgPool) {
    let mut made = Vec::new();
    for amount in 1..=7 {
        made.push(top_up(&pool, IVAN, Money(amount)).await);
    }
    top_up(&pool, UserId(Uuid::from_u128(9)), Money(8)).await;
    // Lines of one instant, as those of one transaction are: then the id decides.
    sqlx::query("update transactions set created_at = now() where amount between 3 and 5")
        .execute(&pool)
        .await
        .unwrap();
    let whole: Vec<_> = statement(&pool, IVAN).await.into_iter().map(|line| line.id).collect();
    let newest_first = [5, 4, 3, 7, 6, 2, 1].map(|amount: usize| made[amount - 1]);
    assert_eq!(whole, newest_first);

    let mut connection = pool.acquire().await.unwrap();
    let (mut paged, mut after) = (Vec::new(), None);
    loop {
        let page = transactions::list(&mut connection, IVAN, after, 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some((last.created_at, last.id));
        paged.extend(page.into_iter().map(|line| line.id));
    }
    assert_eq!(paged, newest_first);
}
