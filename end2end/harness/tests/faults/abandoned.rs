//! Clients who go away before they hear how it ended.

use contracts::money::Money;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use harness::audit::audit;
use harness::chance::Chance;
use harness::market::{self, Shop};
use harness::stack::Stack;

use crate::{PRICE, alone, bookings_of, offers_that_are};

/// Clients with money, and without.
const RICH: usize = 20;
const POOR: usize = 10;

#[tokio::test]
async fn what_a_client_abandons_ends_by_itself() -> anyhow::Result<()> {
    let _alone = alone().await;
    let mut chance = Chance::printed();
    let stack = &Stack::running().await?;
    let shop = Shop::open(stack, 1).await?;
    let mut clients = market::clients(stack, RICH, PRICE).await?;
    clients.extend(market::clients(stack, POOR, Money::ZERO).await?);
    let offers = shop.publish(stack, clients.len(), PRICE).await?;
    let wishes: Vec<_> = clients
        .iter()
        .zip(&offers)
        .enumerate()
        // Half of them through the gateway, half with nothing between.
        .map(|(number, (client, offer))| (stack.doors("booking")[number % 2], client, offer))
        .map(|wish| (wish, market::new_key(), chance.milliseconds(3, 120)))
        .collect();
    let asked = wishes.iter().map(async |((door, client, offer), key, patience)| {
        let asked = tokio::time::timeout(*patience, market::book(door, client, **offer, key)).await;
        asked.map_or(Ok(false), |answer| answer.map(|_| true))
    });
    // A few at once, so that some get far before they are abandoned.
    let answered: Vec<bool> = stream::iter(asked).buffered(6).try_collect().await?;
    let abandoned = answered.iter().filter(|answered| !**answered).count();

    let report = audit(stack).await?;
    let (rich, poor) = offers.split_at(RICH);
    let (rich_made, poor_made) = (bookings_of(stack, rich).await?, bookings_of(stack, poor).await?);
    println!(
        "{abandoned} abandoned; {} became paid bookings, {} failed ones",
        rich_made.len(),
        poor_made.len()
    );
    assert!(rich_made.iter().all(|booking| booking.status == "paid"), "{rich_made:?}");
    assert!(poor_made.iter().all(|booking| booking.status == "failed"), "{poor_made:?}");
    assert_eq!(offers_that_are(stack, "booked", &offers).await?, rich_made.len());
    assert_eq!(offers_that_are(stack, "open", &offers).await?, offers.len() - rich_made.len());
    for ((client, offer), key) in clients.iter().zip(&offers).zip(wishes.iter().map(|(_, key, _)| key)) {
        let paid = rich_made.iter().any(|booking| booking.idempotency_key == *key);
        let left = if paid || poor.contains(offer) { Money::ZERO } else { PRICE };
        assert_eq!(market::balance(stack, client).await?, left, "the client of offer {offer}");
    }
    report.assert_clean();
    Ok(())
}
