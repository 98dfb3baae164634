//! Many at once for one thing.

use std::future::IntoFuture as _;
use std::time::Duration;

use contracts::money::Money;
use futures::future::try_join_all;
use harness::audit::audit;
use harness::http::Answer;
use harness::market::{self, Shop};
use harness::stack::Stack;
use harness::wait;

use crate::{Booked, PRICE, alone, bookings_of, offers_that_are};

const DECIDED_WITHIN: Duration = Duration::from_secs(30);

fn count(answers: &[Answer], status: u16) -> usize {
    answers.iter().filter(|answer| answer.status == status).count()
}

fn statuses(answers: &[Answer]) -> Vec<u16> {
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    statuses
}

#[tokio::test]
async fn of_fifty_clients_one_gets_the_offer() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let clients = market::clients(&stack, 50, Money(PRICE.0 * 2)).await?;
    for door in stack.doors("booking") {
        let offer = shop.publish(&stack, 1, PRICE).await?[0];
        let mut answers = try_join_all(
            clients.iter().map(async |client| market::book(door, client, offer, &market::new_key()).await),
        )
        .await?;
        assert_eq!(count(&answers, 409), 49, "{}: {:?}", door.name, statuses(&answers));
        for answer in answers.iter().filter(|answer| answer.status == 409) {
            assert_eq!(answer.clone().refused(409).code, "offer_taken");
        }
        answers.retain(|answer| answer.status != 409);
        // On a very slow day he is told to ask again.
        let winner = answers.remove(0);
        assert!([200, 202].contains(&winner.status), "{}: {}", winner.title, winner.text());
        let status = winner.status;
        let booked: Booked = winner.parsed(status);
        wait::until("the winner has paid", DECIDED_WITHIN, async || {
            Ok((offers_that_are(&stack, "booked", &[offer]).await? == 1).then_some(()))
        })
        .await?;
        let stored = bookings_of(&stack, &[offer]).await?;
        assert_eq!(stored.len(), 1, "nobody else's booking was ever made");
        assert_eq!((stored[0].id, stored[0].status.as_str()), (booked.id.0, "paid"));
        let mut payment = stack.database("payment").await?;
        let select = "select count(*) from charges where company_id = $1 and state = 'charged'";
        let charges: i64 = sqlx::query_scalar(select).bind(shop.company.id.0).fetch_one(&mut payment).await?;
        let doors = if door.name == "gateway" { 1 } else { 2 };
        assert_eq!(charges, doors);
    }
    audit(&stack).await?.assert_clean();
    Ok(())
}

#[tokio::test]
async fn a_wallet_with_the_money_for_one_pays_one_of_four_at_once() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let rest = Money(PRICE.0 - 1);
    let client = market::client(&stack, PRICE + rest).await?;
    let offers = shop.publish(&stack, 4, PRICE).await?;
    let answers = try_join_all(offers.iter().map(async |offer| {
        market::book_patiently(&stack.gateway, &client, *offer, &market::new_key()).await
    }))
    .await?;
    assert_eq!(statuses(&answers), [200, 422, 422, 422]);
    for answer in answers.into_iter().filter(|answer| answer.status == 422) {
        let problem = answer.refused(422);
        assert_eq!(
            (problem.code.as_str(), problem.error.as_str()),
            ("insufficient_funds", "insufficient funds")
        );
    }
    assert_eq!(market::balance(&stack, &client).await?, rest);
    assert_eq!(offers_that_are(&stack, "booked", &offers).await?, 1);
    assert_eq!(offers_that_are(&stack, "open", &offers).await?, 3);
    audit(&stack).await?.assert_clean();
    Ok(())
}

#[tokio::test]
async fn one_key_twenty_times_at_once_is_one_booking() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let client = market::client(&stack, Money(PRICE.0 * 20)).await?;
    let offer = shop.publish(&stack, 1, PRICE).await?[0];
    let key = market::new_key();
    let answers = try_join_all(
        (0..20).map(async |_| market::book_patiently(&stack.gateway, &client, offer, &key).await),
    )
    .await?;
    let booked: Vec<Booked> = answers.into_iter().map(|answer| answer.parsed(200)).collect();
    assert!(booked.iter().all(|booking| booking.id == booked[0].id), "{booked:?}");
    assert_eq!(market::balance(&stack, &client).await?, Money(PRICE.0 * 19));
    assert_eq!(bookings_of(&stack, &[offer]).await?.len(), 1);
    audit(&stack).await?.assert_clean();
    Ok(())
}

#[tokio::test]
async fn of_two_who_cancel_at_once_the_first_decides() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let client = market::client(&stack, Money(PRICE.0 * 10)).await?;
    let offers = shop.publish(&stack, 10, PRICE).await?;
    let decisions = try_join_all(offers.iter().map(async |offer| {
        let answer = market::book_patiently(&stack.gateway, &client, *offer, &market::new_key()).await?;
        let booked: Booked = answer.parsed(200);
        let by_client = format!("/customer/bookings/{}/cancel", booked.id);
        let by_company = shop.path(&format!("/bookings/{}/cancel", booked.id));
        let (by_client, by_company) = tokio::try_join!(
            stack.gateway.post(&by_client).token(client.token()).into_future(),
            stack.gateway.post(&by_company).token(shop.owner.token()).into_future(),
        )?;
        anyhow::Ok((booked.id, by_client.status, by_company.status))
    }))
    .await?;
    audit(&stack).await?.assert_clean();
    let stored = bookings_of(&stack, &offers).await?;
    for (id, by_client, by_company) in decisions {
        let reason = match (by_client, by_company) {
            (200 | 202, 409) => "cancelled_by_client",
            (409, 200 | 202) => "cancelled_by_company",
            both => panic!("booking {id}: {both:?}"),
        };
        let booking = stored.iter().find(|booking| booking.id == id.0);
        let ended = booking.map(|booking| (booking.status.as_str(), booking.reason.as_deref()));
        assert_eq!(ended, Some(("cancelled", Some(reason))), "booking {id}");
    }
    let by_company = stored.iter().filter(|it| it.reason.as_deref() == Some("cancelled_by_company")).count();
    println!("{by_company} of 10 were cancelled by the company");
    assert_eq!(offers_that_are(&stack, "withdrawn", &offers).await?, by_company);
    assert_eq!(offers_that_are(&stack, "open", &offers).await?, offers.len() - by_company);
    Ok(())
}
