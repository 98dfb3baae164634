//! Commands that come twice, at once, or in the wrong order.

use contracts::http::payment::{TransactionStatus, TransactionType};
use contracts::ids::UserId;
use contracts::messages::Message as _;
use contracts::messages::payment::{DeclineReason, Order, PaymentCommand, PaymentEvent};
use contracts::money::Money;
use kit::consumer::{Failure, Handler as _, Incoming, Source};
use kit::outbox;
use payment::consume::Consume;
use sqlx::PgPool;
use tokio::task::JoinSet;
use uuid::Uuid;

use crate::support::{
    IVAN, PRICE, answers, assert_balanced, charged, declined, handle, handle_all, incoming, lines, money,
    nothing, order, refund, refunded, send, settled, sum, top_up, until_somebody_waits, voided,
};

const NONE: Money = Money::ZERO;

fn void(order: &Order) -> PaymentCommand {
    PaymentCommand::VoidCharge(order.clone())
}

fn charge(order: &Order) -> PaymentCommand {
    PaymentCommand::Charge(order.clone())
}

fn settle(order: &Order) -> PaymentCommand {
    PaymentCommand::Settle(order.clone())
}

/// The commands of a booking, each with its answer, and where the money is then: client, company, escrow.
type Story = (Vec<(PaymentCommand, PaymentEvent)>, (Money, Money, Money));

/// Everything that a booking paid from a wallet with just the price can live through.
fn stories(order: &Order) -> Vec<Story> {
    let paid = || (charge(order), charged(order));
    let some = Money(300);
    vec![
        (vec![paid()], (NONE, NONE, PRICE)),
        (vec![(void(order), voided(order))], (PRICE, NONE, NONE)),
        (vec![paid(), (void(order), voided(order))], (PRICE, NONE, NONE)),
        (vec![paid(), (refund(order, PRICE), refunded(order))], (PRICE, NONE, NONE)),
        (vec![paid(), (refund(order, some), refunded(order))], (some, PRICE - some, NONE)),
        (vec![paid(), (refund(order, NONE), refunded(order))], (NONE, PRICE, NONE)),
        (vec![paid(), (settle(order), settled(order))], (NONE, PRICE, NONE)),
    ]
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn every_command_twice_is_answered_twice_and_moves_money_once(pool: PgPool) {
    for (number, (commands, expected)) in (1..).zip(stories(&order(0))) {
        // Each story begins with empty books.
        sqlx::raw_sql("truncate wallets, ledger_entries, transactions, charges, outbox")
            .execute(&pool)
            .await
            .unwrap();
        top_up(&pool, IVAN, PRICE).await;
        for (command, answer) in &commands {
            for _ in 0..2 {
                assert_eq!(send(&pool, command).await.as_ref(), Ok(answer), "story {number}");
            }
        }
        assert_eq!(answers(&pool, &commands[0].0).await.len(), 2 * commands.len());
        assert_eq!(money(&pool).await, expected, "story {number}");
        assert_balanced(&pool).await;
    }
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_repeated_charge_is_answered_as_charged_whatever_came_of_the_money(pool: PgPool) {
    top_up(&pool, IVAN, Money(2 * PRICE.0)).await;
    let (cancelled, completed) = (order(1), order(2));
    send(&pool, &charge(&cancelled)).await.unwrap();
    send(&pool, &refund(&cancelled, PRICE)).await.unwrap();
    send(&pool, &charge(&completed)).await.unwrap();
    send(&pool, &settle(&completed)).await.unwrap();
    for order in [cancelled, completed] {
        assert_eq!(send(&pool, &charge(&order)).await, Ok(charged(&order)));
    }
    assert_eq!(money(&pool).await, (PRICE, PRICE, NONE));
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_charge_is_on_the_statement_and_so_is_what_comes_back(pool: PgPool) {
    use TransactionStatus::Completed;
    use TransactionType::{Payment, Refund};
    top_up(&pool, IVAN, Money(4 * PRICE.0)).await;
    let payment = (Payment, Completed, PRICE, None);
    let back = |amount, reason: &str| (Refund, Completed, amount, Some(reason.to_owned()));
    for (order, end, expected) in [
        (order(1), void(&order(1)), vec![payment.clone(), back(PRICE, "voided")]),
        (order(2), refund(&order(2), Money(1)), vec![payment.clone(), back(Money(1), "cancelled")]),
        (order(3), refund(&order(3), NONE), vec![payment.clone()]),
        (order(4), settle(&order(4)), vec![payment.clone()]),
    ] {
        send(&pool, &charge(&order)).await.unwrap();
        send(&pool, &end).await.unwrap();
        assert_eq!(lines(&pool, &order).await, expected);
    }
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_charge_that_the_wallet_does_not_hold_is_declined_for_good_and_recorded_once(pool: PgPool) {
    let reason = Some("insufficient_funds".to_owned());
    let failed = [(TransactionType::Payment, TransactionStatus::Failed, PRICE, reason)];
    let (walletless, poor) = (order(1), order(2));
    let is_declined = async |order: &Order| {
        let answer = send(&pool, &charge(order)).await;
        assert_eq!(answer, Ok(declined(order, DeclineReason::InsufficientFunds)));
    };
    is_declined(&walletless).await;
    top_up(&pool, IVAN, PRICE - Money(1)).await;
    is_declined(&poor).await;
    // Now there is enough, but it was decided.
    top_up(&pool, IVAN, Money(1)).await;
    for order in [walletless, poor] {
        is_declined(&order).await;
        assert_eq!(lines(&pool, &order).await, failed);
    }
    assert_eq!(money(&pool).await, (PRICE, NONE, NONE));
    assert_balanced(&pool).await;
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_charge_behind_its_void_is_declined_and_moves_nothing(pool: PgPool) {
    top_up(&pool, IVAN, PRICE).await;
    let order = order(1);
    assert_eq!(send(&pool, &void(&order)).await, Ok(voided(&order)));
    for _ in 0..2 {
        assert_eq!(send(&pool, &charge(&order)).await, Ok(declined(&order, DeclineReason::Voided)));
    }
    assert_eq!(send(&pool, &void(&order)).await, Ok(voided(&order)));
    assert_eq!(money(&pool).await, (PRICE, NONE, NONE));
    assert_eq!(lines(&pool, &order).await, []);
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_declined_charge_is_voided_without_a_refund(pool: PgPool) {
    let order = order(1);
    send(&pool, &charge(&order)).await.unwrap();
    assert_eq!(send(&pool, &void(&order)).await, Ok(voided(&order)));
    top_up(&pool, IVAN, PRICE).await;
    assert_eq!(send(&pool, &charge(&order)).await, Ok(declined(&order, DeclineReason::Voided)));
    assert_eq!(money(&pool).await, (PRICE, NONE, NONE));
    assert_eq!(lines(&pool, &order).await.len(), 1);
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn what_comes_before_its_charge_is_parked_and_stands_in_nobodys_way(pool: PgPool) {
    top_up(&pool, IVAN, Money(2 * PRICE.0)).await;
    let (first, second) = (order(1), order(2));
    for (order, early) in [(&first, refund(&first, PRICE)), (&second, settle(&second))] {
        let reason = send(&pool, &early).await.unwrap_err();
        assert!(reason.ends_with("cannot follow None"), "{reason}");
        assert_eq!(send(&pool, &charge(order)).await, Ok(charged(order)));
    }
    assert_eq!(money(&pool).await, (NONE, NONE, Money(2 * PRICE.0)));
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn money_leaves_escrow_once(pool: PgPool) {
    top_up(&pool, IVAN, Money(3 * PRICE.0)).await;
    let ends = |order: &Order| [void(order), refund(order, Money(300)), settle(order)];
    for (number, first) in [(1, 0), (2, 1), (3, 2)] {
        let order = order(number);
        send(&pool, &charge(&order)).await.unwrap();
        send(&pool, &ends(&order)[first]).await.unwrap();
        let before = money(&pool).await;
        for (other, end) in ends(&order).iter().enumerate() {
            assert_eq!(send(&pool, end).await.is_ok(), other == first, "{first} then {other}");
        }
        assert!(send(&pool, &refund(&order, Money(301))).await.is_err());
        assert_eq!(money(&pool).await, before);
    }
    assert_eq!(sum(&pool, "account = 'escrow'").await, NONE);
    assert_balanced(&pool).await;
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_command_about_other_money_than_the_charge_is_parked(pool: PgPool) {
    top_up(&pool, IVAN, PRICE).await;
    let order = order(1);
    send(&pool, &charge(&order)).await.unwrap();
    let less = Order { amount: PRICE - Money(1), ..order.clone() };
    let elsewhere = Order { user_id: UserId(Uuid::from_u128(9)), ..order };
    for command in [void(&elsewhere), settle(&less), refund(&less, Money(1)), charge(&less)] {
        assert!(send(&pool, &command).await.is_err(), "{command:?}");
    }
    assert_eq!(money(&pool).await, (NONE, NONE, PRICE));
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn what_cannot_be_understood_is_parked(pool: PgPool) {
    let order = order(1);
    let key = order.booking_id.to_string();
    let source = Source::Stream("booksvc.payment.commands");
    let messages = [
        incoming("Confiscate", key.clone(), nothing()),
        incoming("Charge", key.clone(), nothing()),
        Incoming { source, key, envelope: None },
    ];
    let mut connection = pool.acquire().await.unwrap();
    for message in messages {
        let outcome = Consume.handle(&mut connection, &[&message], &mut outbox::Batch::default()).await;
        assert!(matches!(outcome, Err(Failure::Park(_))), "{outcome:?}");
    }
    let negative = Order { amount: Money(-1), ..order };
    assert!(matches!(handle(&mut connection, &charge(&negative)).await, Err(Failure::Park(_))));
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn a_wallet_with_money_for_one_pays_one_of_four_charges_that_come_at_once(pool: PgPool) {
    top_up(&pool, IVAN, PRICE).await;
    let mut charges = JoinSet::new();
    for number in 1..=4 {
        let pool = pool.clone();
        charges.spawn(async move { send(&pool, &charge(&order(number))).await.unwrap() });
    }
    let answers = charges.join_all().await;
    let paid = answers.iter().filter(|answer| matches!(answer, PaymentEvent::Charged(_))).count();
    assert_eq!((answers.len(), paid), (4, 1));
    assert_eq!(money(&pool).await, (NONE, NONE, PRICE));
    assert_balanced(&pool).await;
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn two_replicas_with_the_first_command_of_a_booking_take_the_money_once(pool: PgPool) {
    top_up(&pool, IVAN, Money(2 * PRICE.0)).await;
    let order = order(1);
    let mut first = pool.begin().await.unwrap();
    let mut second = pool.begin().await.unwrap();
    handle(&mut first, &charge(&order)).await.unwrap();
    // It waits for the other's charge, and then only answers.
    let command = charge(&order);
    let late = tokio::spawn(async move {
        handle(&mut second, &command).await.unwrap();
        second.commit().await.unwrap();
    });
    until_somebody_waits(&pool).await;
    first.commit().await.unwrap();
    late.await.unwrap();
    assert_eq!(answers(&pool, &charge(&order)).await, [charged(&order), charged(&order)]);
    assert_eq!(money(&pool).await, (PRICE, NONE, PRICE));
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn of_charges_in_one_transaction_the_first_take_what_the_wallet_holds(pool: PgPool) {
    top_up(&pool, IVAN, Money(2 * PRICE.0 + 1)).await;
    let orders: Vec<_> = (1..=4).map(order).collect();
    let mut poor = order(5);
    poor.user_id = UserId(Uuid::from_u128(70));
    let commands: Vec<_> = orders.iter().chain([&poor]).map(charge).collect();
    let mut connection = pool.acquire().await.unwrap();
    handle_all(&mut connection, &commands).await.unwrap();
    let short = DeclineReason::InsufficientFunds;
    for (number, expected) in (0..).zip([
        charged(&orders[0]),
        charged(&orders[1]),
        declined(&orders[2], short),
        declined(&orders[3], short),
        declined(&poor, short),
    ]) {
        assert_eq!(answers(&pool, &commands[number]).await, [expected], "charge {number}");
    }
    assert_eq!(money(&pool).await, (Money(1), NONE, Money(2 * PRICE.0)));
    assert_eq!(lines(&pool, &orders[1]).await.len(), 1);
    assert_balanced(&pool).await;
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn every_story_in_one_transaction_ends_as_it_does_step_by_step(pool: PgPool) {
    let mut commands = Vec::new();
    let mut expected = Vec::new();
    let (mut client, mut company, mut escrow) = (NONE, NONE, NONE);
    for (number, index) in (1..).zip(0..stories(&order(0)).len()) {
        let (story, (back, earned, held)) = stories(&order(number)).swap_remove(index);
        for (command, answer) in story {
            // Twice, as two messages: what was sent again before the answer came.
            commands.extend([command.clone(), command]);
            expected.extend([answer.clone(), answer]);
        }
        (client, company, escrow) = (client + back, company + earned, escrow + held);
        top_up(&pool, IVAN, PRICE).await;
    }
    let mut connection = pool.acquire().await.unwrap();
    handle_all(&mut connection, &commands).await.unwrap();
    let mut told = Vec::new();
    for group in commands.chunk_by(|a, b| a.key() == b.key()) {
        told.extend(answers(&pool, &group[0]).await);
    }
    assert_eq!(told, expected);
    assert_eq!(money(&pool).await, (client, company, escrow));
    assert_balanced(&pool).await;
}

#[sqlx::test(migrator = "payment::MIGRATOR")]
async fn what_comes_back_pays_for_what_is_ordered_behind_it(pool: PgPool) {
    top_up(&pool, IVAN, PRICE).await;
    let [first, second, third] = [1, 2, 3].map(order);
    let commands = [charge(&first), void(&first), charge(&second), charge(&third)];
    handle_all(&mut pool.acquire().await.unwrap(), &commands).await.unwrap();
    assert_eq!(answers(&pool, &charge(&second)).await, [charged(&second)]);
    assert_eq!(answers(&pool, &charge(&third)).await, [declined(&third, DeclineReason::InsufficientFunds)]);
    assert_eq!(money(&pool).await, (NONE, NONE, PRICE));
    assert_balanced(&pool).await;
}
