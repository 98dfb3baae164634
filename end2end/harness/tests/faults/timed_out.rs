//! The charge succeeds and paid cannot be reached: the deadline passes between the two commits.

use std::time::Duration;

use contracts::http::booking::{BookingStatus, OfferDetail, OfferStatus};
use contracts::http::payment::{Transaction, TransactionStatus, TransactionType};
use contracts::money::Money;
use harness::audit::audit;
use harness::market::{self, Shop};
use harness::process::Process;
use harness::stack::Stack;
use harness::wait;

use crate::{Booked, PRICE, alone, bookings_of};

const HAPPENS_WITHIN: Duration = Duration::from_secs(30);

#[tokio::test]
async fn money_of_a_booking_that_timed_out_comes_back_before_the_offer_does() -> anyhow::Result<()> {
    let _alone = alone().await;
    let stack = Stack::running().await?;
    let shop = Shop::open(&stack, 2).await?;
    let offer = shop.publish(&stack, 1, PRICE).await?[0];
    let money = Money(PRICE.0 * 3);
    let client = market::client(&stack, money).await?;
    let mut database = stack.database("booking").await?;

    // Payment hears of the charge only when its time is over.
    let stopped = Process::of_stack("payment")?.stop()?;
    let answer = market::book(&stack.gateway, &client, offer, &market::new_key()).await?;
    let booked: Booked = answer.parsed(202);
    assert_eq!(booked.status, BookingStatus::Reserved);
    let hurry = sqlx::query("update bookings set due_at = now() where id = $1 and status = 'reserved'");
    assert_eq!(hurry.bind(booked.id.0).execute(&mut database).await?.rows_affected(), 1);
    let status = "select status from bookings where id = $1";
    wait::until("the deadline passes", HAPPENS_WITHIN, async || {
        let status: String = sqlx::query_scalar(status).bind(booked.id.0).fetch_one(&mut database).await?;
        Ok((status == "voiding").then_some(()))
    })
    .await?;
    let detail: OfferDetail = stack.gateway.get(&format!("/offers/{offer}")).await?.parsed(200);
    assert_eq!(detail.offer.status, OfferStatus::Reserved, "the slot is held until the money is back");
    drop(stopped);

    // The charge lies before the order to undo it.
    wait::until("the booking has failed", HAPPENS_WITHIN, async || {
        let status: String = sqlx::query_scalar(status).bind(booked.id.0).fetch_one(&mut database).await?;
        Ok((status == "failed").then_some(()))
    })
    .await?;
    let detail: OfferDetail = stack.gateway.get(&format!("/offers/{offer}")).await?.parsed(200);
    assert_eq!(detail.offer.status, OfferStatus::Open);
    assert_eq!(market::balance(&stack, &client).await?, money);

    let statement = stack.gateway.get("/customer/payment/transactions").token(client.token()).await?;
    let statement: Vec<Transaction> = statement.parsed(200);
    let lines: Vec<_> = statement
        .iter()
        .filter(|line| line.booking_id == Some(booked.id))
        .map(|line| (line.kind, line.status, line.amount))
        .collect();
    let line = |kind| (kind, TransactionStatus::Completed, PRICE);
    assert_eq!(lines, [line(TransactionType::Refund), line(TransactionType::Payment)], "newest first");

    let stored = bookings_of(&stack, &[offer]).await?;
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].reason.as_deref(), Some("timed_out"));

    audit(&stack).await?.assert_clean();
    let people = shop.staff().map(|member| ("company", member.0));
    let mut expected: Vec<_> = std::iter::once(("client", client.user_id.0)).chain(people).collect();
    let select = "select audience, user_id from mails
                  where booking_id = $1 and outcome = 'failed' and state = 'sent'";
    let mut database = stack.database("notification").await?;
    let mails: Vec<(String, uuid::Uuid)> =
        sqlx::query_as(select).bind(booked.id.0).fetch_all(&mut database).await?;
    let mut told: Vec<_> = mails.iter().map(|(audience, user_id)| (audience.as_str(), *user_id)).collect();
    told.sort_unstable();
    expected.sort_unstable();
    assert_eq!(told, expected, "who failed and everybody who acts for the company");
    Ok(())
}
