//! Visits that are over: completed, nobody came, and those that nobody says anything of.

use std::time::Duration;

use contracts::http::booking::{Booking, BookingStatus};
use contracts::http::payment::Balance;
use contracts::ids::BookingId;
use contracts::money::Money;
use harness::market::{self, Shop};
use harness::person::Account;
use harness::stack::Stack;
use harness::wait;

const PRICE: Money = Money(150_000);
const SETTLED_WITHIN: Duration = Duration::from_secs(15);

/// A paid booking whose visit began so many hours ago: nobody can wait for that, so the table says it.
async fn begun(stack: &Stack, shop: &Shop, client: &Account, hours: f64) -> anyhow::Result<BookingId> {
    let offer = shop.publish(stack, 1, PRICE).await?[0];
    let answer = market::book_patiently(&stack.gateway, client, offer, &market::new_key()).await?;
    let id = answer.parsed::<Booking>(200).id;
    let mut database = stack.database("booking").await?;
    let begun = "with offer as (
                     update offers set starts_at = now() - make_interval(secs => $2 * 3600) where id = $3
                 )
                 update bookings
                 set starts_at = now() - make_interval(secs => $2 * 3600),
                     due_at = due_at - (starts_at - now()) - make_interval(secs => $2 * 3600)
                 where id = $1";
    sqlx::query(begun).bind(id.0).bind(hours).bind(offer.0).execute(&mut database).await?;
    Ok(id)
}

async fn earned(stack: &Stack, shop: &Shop) -> anyhow::Result<Money> {
    let answer = stack.gateway.get(&shop.path("/payment/balance")).token(shop.owner.token()).await?;
    Ok(answer.parsed::<Balance>(200).balance)
}

async fn is_settled(stack: &Stack, shop: &Shop, expected: Money) -> anyhow::Result<()> {
    wait::until("the company has its money", SETTLED_WITHIN, async || {
        Ok((earned(stack, shop).await? == expected).then_some(()))
    })
    .await
}

async fn status(stack: &Stack, client: &Account, id: BookingId) -> anyhow::Result<BookingStatus> {
    let answer = stack.gateway.get(&format!("/customer/bookings/{id}")).token(client.token()).await?;
    Ok(answer.parsed::<Booking>(200).status)
}

#[tokio::test]
async fn a_visit_that_began_is_completed_or_missed_once_and_the_company_is_paid() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let client = market::client(&stack, Money(PRICE.0 * 3)).await?;
    for (number, (wish, other, expected)) in
        [("complete", "no-show", BookingStatus::Completed), ("no-show", "complete", BookingStatus::NoShow)]
            .into_iter()
            .enumerate()
    {
        let id = begun(&stack, &shop, &client, 0.1).await?;
        let ask = async |wish: &str| {
            let path = shop.path(&format!("/bookings/{id}/{wish}"));
            stack.gateway.post(&path).token(shop.owner.token()).await
        };
        assert_eq!(ask(wish).await?.parsed::<Booking>(200).status, expected);
        assert_eq!(ask(wish).await?.parsed::<Booking>(200).status, expected);
        ask(other).await?.refused(409);
        assert_eq!(ask("cancel").await?.refused(409).status, 409);
        let path = format!("/customer/bookings/{id}/cancel");
        stack.gateway.post(&path).token(client.token()).await?.refused(409);
        assert_eq!(status(&stack, &client, id).await?, expected);
        is_settled(&stack, &shop, Money(PRICE.0 * i64::try_from(number + 1)?)).await?;
    }
    assert_eq!(market::balance(&stack, &client).await?, PRICE);
    Ok(())
}

#[tokio::test]
async fn two_days_after_its_end_a_visit_settles_by_itself_and_not_before() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let client = market::client(&stack, Money(PRICE.0 * 2)).await?;
    // An hour long each.
    let early = begun(&stack, &shop, &client, 48.9).await?;
    let due = begun(&stack, &shop, &client, 49.01).await?;
    is_settled(&stack, &shop, PRICE).await?;
    assert_eq!(status(&stack, &client, due).await?, BookingStatus::Completed);
    assert_eq!(status(&stack, &client, early).await?, BookingStatus::Paid);
    Ok(())
}
