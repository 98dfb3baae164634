//! What a company's week came to.

use booking::domain::saga::{Input, Side};
use booking::store::weeks::{self, Totals};
use contracts::ids::CompanyId;
use contracts::money::Money;
use jiff::SignedDuration;
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{
    PRICE, answer, charged, client, company, company_id, declined, input, now, offer, offer_at, refunded,
    reserve, tell_company,
};

#[sqlx::test(migrator = "booking::MIGRATOR")]
async fn visits_and_money_are_those_of_the_week_and_the_company(pool: PgPool) {
    tell_company(&pool, &company(), 1).await;
    let from = now(&pool).await;
    let to = from + SignedDuration::from_hours(24 * 7);
    let totals = async |company_id| {
        weeks::totals(&mut pool.acquire().await.unwrap(), company_id, from, to).await.unwrap()
    };
    assert_eq!(totals(company_id()).await, Totals::default());

    // Bought, lost for want of money, cancelled late with half of the money kept, withdrawn, and one of next week.
    let (bought, failed, cancelled) =
        (offer(&pool, 7, 48).await, offer(&pool, 8, 48).await, offer(&pool, 9, 1).await);
    let withdrawn = offer(&pool, 10, 48).await;
    booking::store::offers::withdraw(&mut pool.acquire().await.unwrap(), withdrawn, company_id())
        .await
        .unwrap();
    offer_at(&pool, 7, to, PRICE).await.unwrap();
    for (number, offer, paid) in [(1, bought, true), (2, failed, false), (3, cancelled, true)] {
        let id = reserve(&pool, client(number), offer).await;
        let event = if paid { charged(id) } else { declined(id) };
        answer(&pool, &event).await.unwrap();
        if offer == cancelled {
            let refund = Money(PRICE.0 / 2);
            input(&pool, id, Input::Cancel { by: Side::Client, refund }).await;
            answer(&pool, &refunded(id)).await.unwrap();
        }
    }
    let expected = Totals { offers: 3, booked: 1, visits: 1, revenue: Money(PRICE.0 + PRICE.0 / 2) };
    assert_eq!(totals(company_id()).await, expected);
    assert_eq!(totals(CompanyId(Uuid::nil())).await, Totals::default());
}
