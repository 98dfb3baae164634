//! Anything, in any order: the money is right all the same.

use contracts::ids::{BookingId, UserId};
use contracts::messages::payment::{Order, PaymentCommand};
use contracts::money::Money;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use sqlx::PgPool;
use uuid::Uuid;

use crate::support::{assert_balanced, order, refund, send, sum, top_up};

const STEPS: usize = 400;

/// One of 40 bookings of three clients with one of two companies; a few of them cost more than anybody has.
fn any_order(random: &mut StdRng) -> Order {
    let number = random.random_range(0..40_u128);
    let price = if number % 10 == 0 { 1_000_000 } else { 100 };
    Order {
        booking_id: BookingId(Uuid::from_u128(1_000 + number)),
        user_id: client(number),
        company_id: contracts::ids::CompanyId(Uuid::from_u128(2_000 + number % 2)),
        amount: Money(price),
        ..order(0)
    }
}

fn client(number: u128) -> UserId {
    UserId(Uuid::from_u128(3_000 + number % 3))
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn whatever_comes_in_whatever_order_the_books_balance(pool: PgPool) {
    let seed = rand::random();
    println!("seed {seed}");
    let mut random = StdRng::seed_from_u64(seed);
    let (mut done, mut parked) = (0, 0);
    for _ in 0..STEPS {
        let order = any_order(&mut random);
        let command = match random.random_range(0..8) {
            0 => {
                top_up(&pool, client(random.random_range(0..3)), Money(random.random_range(1..=300))).await;
                continue;
            }
            1..=4 => PaymentCommand::Charge(order),
            5 => PaymentCommand::VoidCharge(order),
            6 => refund(&order, Money(25 * random.random_range(0..=4))),
            _ => PaymentCommand::Settle(order),
        };
        match send(&pool, &command).await {
            Ok(_) => done += 1,
            Err(_) => parked += 1,
        }
        assert_balanced(&pool).await;
    }
    assert!(done > 0 && parked > 0, "{done} done, {parked} parked");

    // What is in escrow is what is charged and not shared out, and each booking moved as much as its state
    // says.
    let held: i64 =
        sqlx::query_scalar("select coalesce(sum(amount), 0)::bigint from charges where state = 'charged'")
            .fetch_one(&pool)
            .await
            .unwrap();
    assert_eq!(sum(&pool, "account = 'escrow'").await, Money(held));
    let wrong = "select count(*)
                 from charges
                 left join (
                     select booking_id,
                            coalesce(sum(amount) filter (where account = 'client'), 0) as client,
                            coalesce(sum(amount) filter (where account = 'company'), 0) as company
                     from ledger_entries
                     group by booking_id
                 ) moved using (booking_id)
                 where (coalesce(client, 0), coalesce(company, 0)) is distinct from (
                     case state when 'charged' then -amount
                                when 'settled' then -amount
                                when 'refunded' then refund - amount
                                else 0 end,
                     case state when 'settled' then amount
                                when 'refunded' then amount - refund
                                else 0 end
                 )";
    assert_eq!(sqlx::query_scalar::<_, i64>(wrong).fetch_one(&pool).await.unwrap(), 0);
}
