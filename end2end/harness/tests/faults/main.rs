//! What is promised of bookings and of money holds whatever crashes, stops or goes away.
//!
//! These tests kill and stop processes of the stack, which other tests would notice: one at a time.

mod abandoned;
mod crashes;
mod crowds;
mod races;
mod timed_out;

use contracts::http::booking::BookingStatus;
use contracts::ids::{BookingId, OfferId};
use contracts::money::Money;
use harness::stack::Stack;
use serde::Deserialize;
use tokio::sync::{Mutex, MutexGuard};

/// What every offer here costs.
const PRICE: Money = Money(150_000);

/// What of a booking every answer tells that names one.
#[derive(Debug, Deserialize)]
struct Booked {
    id: BookingId,
    status: BookingStatus,
}

async fn alone() -> MutexGuard<'static, ()> {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
    ONE_AT_A_TIME.lock().await
}

/// A booking as `booking` has stored it.
#[derive(Debug, sqlx::FromRow)]
struct Stored {
    id: uuid::Uuid,
    status: String,
    reason: Option<String>,
    idempotency_key: String,
    /// In seconds since 1970.
    decided_at: Option<f64>,
}

/// All bookings of these offers.
async fn bookings_of(stack: &Stack, offers: &[OfferId]) -> anyhow::Result<Vec<Stored>> {
    let offers: Vec<uuid::Uuid> = offers.iter().map(|offer| offer.0).collect();
    let select = "select id, status, reason, coalesce(idempotency_key, '') as idempotency_key,
                         (select extract(epoch from min(at))::float8
                          from timeline
                          where booking_id = bookings.id
                            and timeline.status in ('paid', 'failed')) as decided_at
                  from bookings
                  where offer_id = any($1)
                  order by created_at";
    let mut database = stack.database("booking").await?;
    Ok(sqlx::query_as(select).bind(offers).fetch_all(&mut database).await?)
}

/// How many of these offers are in that state.
async fn offers_that_are(stack: &Stack, status: &str, offers: &[OfferId]) -> anyhow::Result<usize> {
    let offers: Vec<uuid::Uuid> = offers.iter().map(|offer| offer.0).collect();
    let select = "select count(*) from offers where id = any($1) and status = $2";
    let mut database = stack.database("booking").await?;
    let count: i64 = sqlx::query_scalar(select).bind(offers).bind(status).fetch_one(&mut database).await?;
    Ok(usize::try_from(count)?)
}
