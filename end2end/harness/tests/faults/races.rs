//! What two people do to the same thing at the same moment.

use std::future::IntoFuture as _;
use std::time::Duration;

use contracts::http::booking::Booking;
use contracts::money::Money;
use futures::future::try_join_all;
use harness::audit::audit;
use harness::market::{self, Shop};
use harness::process::Process;
use harness::stack::Stack;
use harness::wait;
use serde_json::json;

use crate::{Booked, PRICE, alone, bookings_of, offers_that_are};

const DECIDED_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test]
async fn who_cancels_while_the_charge_is_under_way_has_his_money_and_the_slot_is_free() -> anyhow::Result<()>
{
    let _alone = alone().await;
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let client = market::client(&stack, Money(PRICE.0 * 10)).await?;
    let offers = shop.publish(&stack, 10, PRICE).await?;
    // Nobody answers the charges before they are cancelled, though they may lie in Kafka.
    let payment = Process::of_stack("payment")?.stop()?;
    try_join_all(offers.iter().map(async |offer| {
        let booked = market::book(&stack.gateway, &client, *offer, &market::new_key()).await?;
        let booked: Booked = booked.parsed(202);
        let path = format!("/customer/bookings/{}/cancel", booked.id);
        let cancelled = stack.gateway.post(&path).token(client.token()).await?.expect(202);
        assert_eq!(cancelled.header("Location"), format!("/api/v1/customer/bookings/{}", booked.id));
        anyhow::Ok(())
    }))
    .await?;
    assert_eq!(offers_that_are(&stack, "open", &offers).await?, 0, "money first, then the slot");
    drop(payment);
    wait::until("all of them are cancelled", DECIDED_WITHIN, async || {
        let stored = bookings_of(&stack, &offers).await?;
        Ok(stored.iter().all(|booking| booking.status == "cancelled").then_some(()))
    })
    .await?;
    let stored = bookings_of(&stack, &offers).await?;
    assert!(stored.iter().all(|it| it.reason.as_deref() == Some("cancelled_by_client")), "{stored:?}");
    assert_eq!(offers_that_are(&stack, "open", &offers).await?, offers.len());
    assert_eq!(market::balance(&stack, &client).await?, Money(PRICE.0 * 10));
    audit(&stack).await?.assert_clean();
    Ok(())
}

#[tokio::test]
async fn an_offer_edited_while_it_is_booked_is_sold_for_the_price_that_was_seen_or_not_at_all()
-> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 0).await?;
    let client = market::client(&stack, Money(PRICE.0 * 40)).await?;
    let offers = shop.publish(&stack, 20, PRICE).await?;
    let contests = try_join_all(offers.iter().map(async |offer| {
        let book = stack.gateway.post(&format!("/customer/offer/{offer}/book")).token(client.token());
        let book = book.header("Idempotency-Key", &market::new_key());
        let edit = stack.gateway.put(&shop.path(&format!("/offers/{offer}"))).token(shop.owner.token());
        let (booked, edited) = tokio::try_join!(
            book.json(&json!({ "expected_price": PRICE })).into_future(),
            edit.json(&json!({ "price": "2000" })).into_future(),
        )?;
        anyhow::Ok((*offer, booked, edited))
    }))
    .await?;
    let mut sold = 0;
    for (offer, booked, edited) in contests {
        match (booked.status, edited.status) {
            (200, 409) => {
                let booking: Booking = booked.parsed(200);
                assert_eq!((booking.price, edited.refused(409).code.as_str()), (PRICE, "not_open"));
                sold += 1;
            }
            (409, 200) => assert_eq!(booked.refused(409).code, "price_changed", "offer {offer}"),
            both => panic!("offer {offer}: {both:?} {} {}", booked.text(), edited.text()),
        }
    }
    println!("{sold} of 20 were sold before they were edited");
    assert_eq!(market::balance(&stack, &client).await?, Money(PRICE.0 * (40 - sold)));
    assert_eq!(offers_that_are(&stack, "booked", &offers).await?, usize::try_from(sold)?);
    audit(&stack).await?.assert_clean();
    Ok(())
}
