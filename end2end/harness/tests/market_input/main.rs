//! Bad input about offers, bookings and money gets the answer that the API promises, through the gateway and around it,
//! and changes nothing.

mod amounts;
mod ids;
mod lists;
mod markup;
mod offers;
mod strangers;

use contracts::http::booking::Booking;
use contracts::ids::{BookingId, OfferId, UserId};
use contracts::money::Money;
use contracts::problem::ProblemBody;
use harness::http::{Answer, Call, fields};
use harness::market::{self, Shop};
use harness::person::Account;
use harness::stack::Stack;
use uuid::Uuid;

const PRICE: Money = Money(150_000);

const MONEY: Money = Money(1_000_000);

/// A company with an open offer, and a client with money and a paid booking of another.
struct Market {
    stack: Stack,
    shop: Shop,
    offer: OfferId,
    booking: BookingId,
    client: Account,
}

/// What bad input must leave as it is.
#[derive(Debug, PartialEq, Eq)]
struct Stored {
    offers: Vec<(Uuid, String, i64)>,
    bookings: Vec<(Uuid, String)>,
    balance: Money,
    /// Lines of the client's statement.
    transactions: i64,
    company_revision: i64,
}

impl Market {
    async fn open() -> anyhow::Result<Self> {
        let stack = Stack::running().await?;
        let shop = Shop::open(&stack, 0).await?;
        let offers = shop.publish(&stack, 2, PRICE).await?;
        let client = market::client(&stack, MONEY + PRICE).await?;
        let answer = market::book_patiently(&stack.gateway, &client, offers[1], &market::new_key()).await?;
        let booking: Booking = answer.parsed(200);
        Ok(Self { stack, shop, offer: offers[0], booking: booking.id, client })
    }

    async fn stored(&self) -> anyhow::Result<Stored> {
        let (company_id, client_id) = (self.shop.company.id.0, self.client.user_id.0);
        let mut booking = self.stack.database("booking").await?;
        // A mail that goes out meanwhile adds to the revision of a booked offer.
        let select = "select id, status, case when status = 'open' then revision else 0 end
                      from offers
                      where company_id = $1
                      order by id";
        let offers = sqlx::query_as(select).bind(company_id).fetch_all(&mut booking).await?;
        let select = "select id, status from bookings where company_id = $1 order by id";
        let bookings = sqlx::query_as(select).bind(company_id).fetch_all(&mut booking).await?;
        let mut payment = self.stack.database("payment").await?;
        let select = "select count(*) from transactions where user_id = $1";
        let transactions = sqlx::query_scalar(select).bind(client_id).fetch_one(&mut payment).await?;
        let mut company = self.stack.database("company").await?;
        let select = "select revision from companies where id = $1";
        let company_revision = sqlx::query_scalar(select).bind(company_id).fetch_one(&mut company).await?;
        let balance = market::balance(&self.stack, &self.client).await?;
        Ok(Stored { offers, bookings, balance, transactions, company_revision })
    }

    /// Claims that all is as it was.
    async fn assert_unchanged(&self, before: &Stored) -> anyhow::Result<()> {
        assert_eq!(self.stored().await?, *before);
        Ok(())
    }
}

/// Sends it and claims a refusal of exactly this field.
async fn refused_by_field(call: Call, field: &str, what: &str) -> anyhow::Result<ProblemBody> {
    let answer: Answer = call.await?;
    let title = answer.title.clone();
    assert_eq!(answer.status, 422, "{title}, {what}: {}", answer.text());
    let problem = answer.refused(422);
    assert_eq!(fields(&problem), [field], "{title}, {what}: {problem:?}");
    Ok(problem)
}

/// Somebody whom nobody knows.
fn nobody() -> UserId {
    UserId(Uuid::now_v7())
}
