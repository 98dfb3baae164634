//! A mail is handed over by one, noted once, and lost by nobody.

use std::collections::HashSet;
use std::time::Duration;

use contracts::messages::booking::BookingEvent;
use contracts::messages::notification::{Audience, Outcome};
use kit::mail;
use lettre::transport::smtp::response::{Category, Code, Detail, Severity};
use notification::domain::queue::{Claimed, MailId};
use notification::sender::{Delivery, Error};
use notification::store::mails::{self, Queue};
use sqlx::PgPool;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::support::{
    age, audience, booking, claim, everybody_is_known, hear_of_booking, note, outcome, sender, sender_to,
    states, told,
};

/// Everybody is known, and so many bookings are paid.
async fn paid(pool: &PgPool, bookings: u128) {
    everybody_is_known(pool).await;
    for id in 0..bookings {
        hear_of_booking(pool, BookingEvent::BookingPaid(booking(100 + id))).await;
    }
}

fn ids(mails: &[Claimed]) -> Vec<MailId> {
    mails.iter().map(|mail| mail.id).collect()
}

fn sent(mail: Claimed) -> Delivery {
    Delivery { mail, result: Ok(()) }
}

fn refused(mail: Claimed, severity: Severity) -> Delivery {
    let code = Code { severity, category: Category::MailSystem, detail: Detail::Zero };
    Delivery { mail, result: Err(Error::Mail(mail::Error::Refused(code))) }
}

async fn outbox_is_told_of(pool: &PgPool) -> usize {
    told(pool).await.len()
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_that_went_out_is_noted_and_told_once(pool: PgPool) {
    paid(&pool, 1).await;
    let claimed = claim(&pool, 100).await;
    let cause = claimed[0].cause.message_id;
    let done: Vec<_> = claimed.clone().into_iter().map(sent).collect();
    note(&pool, &done).await;
    assert_eq!(states(&pool).await, ["client sent 0", "company sent 0", "company sent 0"]);
    let told = told(&pool).await;
    assert_eq!(told.len(), 3);
    assert!(told.iter().all(|(sent, because)| sent.outcome == Outcome::Paid && *because == Some(cause)));
    assert_eq!(told.iter().filter(|(sent, _)| sent.audience == Audience::Client).count(), 1);

    // Another process handed the same mails over, because our lease had ended.
    note(&pool, &done).await;
    let refused: Vec<_> =
        claimed.into_iter().map(|mail| refused(mail, Severity::PermanentNegativeCompletion)).collect();
    note(&pool, &refused).await;
    assert_eq!(states(&pool).await, ["client sent 0", "company sent 0", "company sent 0"]);
    assert_eq!(outbox_is_told_of(&pool).await, 3);
    age(&pool, 3_600).await;
    assert_eq!(claim(&pool, 100).await, []);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_of_a_process_that_died_goes_again_under_the_same_id(pool: PgPool) {
    paid(&pool, 1).await;
    let ids = |claimed: Vec<Claimed>| claimed.into_iter().map(|mail| mail.id).collect::<HashSet<_>>();
    let first = ids(claim(&pool, 100).await);
    assert_eq!(first.len(), 3);
    age(&pool, 9).await;
    assert_eq!(claim(&pool, 100).await, []);
    age(&pool, 1).await;
    assert_eq!(ids(claim(&pool, 100).await), first);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_under_way_is_nobody_elses_however_long_it_takes(pool: PgPool) {
    paid(&pool, 1).await;
    let mut claimed = claim(&pool, 2).await;
    let under_way = ids(&claimed);
    for _ in 0..5 {
        age(&pool, 9).await;
        assert_eq!(sender().turn(&pool, &[], &under_way, 0).await.unwrap(), []);
    }
    // All three were claimed by nobody but us: the third has waited, and is the only one to be had.
    let third = claim(&pool, 100).await;
    assert_eq!(third.len(), 1);
    assert!(!under_way.contains(&third[0].id));
    // Even when its lease has ended, its sender's own turn does not claim it a second time.
    age(&pool, 3_600).await;
    let third = ids(&third);
    assert_eq!(ids(&sender().turn(&pool, &[], &under_way, 100).await.unwrap()), third);

    // What is noted of one is not undone by a renewal that comes after it.
    let (sent, refused) =
        (sent(claimed.remove(0)), refused(claimed.remove(0), Severity::PermanentNegativeCompletion));
    note(&pool, &[sent, refused]).await;
    sender().turn(&pool, &[], &under_way, 0).await.unwrap();
    age(&pool, 30).await;
    assert_eq!(ids(&claim(&pool, 100).await), third);
    age(&pool, 30).await;
    assert_eq!(claim(&pool, 100).await.len(), 2);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_server_that_thinks_holds_up_no_end_and_loses_no_mail(pool: PgPool) {
    paid(&pool, 1).await;
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let sender = sender_to(server.local_addr().unwrap());
    let stop = CancellationToken::new();
    let running = tokio::spawn(sender.run(pool.clone(), stop.clone()));
    let mut thinking = Vec::new();
    for _ in 0..3 {
        // A greeting, and the answer to ours; and then it hears of a mail, and says nothing more.
        let (mut connection, _) = server.accept().await.unwrap();
        connection.write_all(b"220 ready\r\n250 go on\r\n").await.unwrap();
        let mut heard = String::new();
        while !heard.contains("MAIL") {
            heard.push(connection.read_u8().await.unwrap().into());
        }
        thinking.push(connection);
    }
    stop.cancel();
    timeout(Duration::from_secs(5), running).await.unwrap().unwrap();
    assert_eq!(states(&pool).await, ["client queued 0", "company queued 0", "company queued 0"]);
    age(&pool, 10).await;
    assert_eq!(claim(&pool, 100).await.len(), 3);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn claims_that_come_together_share_the_queue(pool: PgPool) {
    paid(&pool, 10).await;
    let mut claims = JoinSet::new();
    for _ in 0..8 {
        let pool = pool.clone();
        claims.spawn(async move { claim(&pool, 5).await });
    }
    let claimed: Vec<_> = claims.join_all().await.into_iter().flatten().map(|mail| mail.id).collect();
    assert_eq!(claimed.iter().collect::<HashSet<_>>().len(), claimed.len());
    let rest = claim(&pool, 100).await.len();
    assert_eq!(claimed.len() + rest, 30);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn one_bad_address_is_given_up_and_holds_up_nobody(pool: PgPool) {
    paid(&pool, 1).await;
    let (bad, good): (Vec<_>, Vec<_>) =
        claim(&pool, 100).await.into_iter().partition(|mail| audience(mail) == Audience::Client);
    let bad = bad.into_iter().map(|mail| refused(mail, Severity::PermanentNegativeCompletion));
    note(&pool, &bad.chain(good.into_iter().map(sent)).collect::<Vec<_>>()).await;
    assert_eq!(states(&pool).await, ["client queued 1", "company sent 0", "company sent 0"]);
    for wait_minutes in [1, 5, 30, 120, 360, 360, 360, 360, 360, 360, 360, 360] {
        age(&pool, wait_minutes * 60 - 30).await;
        assert_eq!(claim(&pool, 100).await, []);
        age(&pool, 30).await;
        let again = claim(&pool, 100).await;
        assert_eq!(again.len(), 1);
        let again = again.into_iter().map(|mail| refused(mail, Severity::PermanentNegativeCompletion));
        note(&pool, &again.collect::<Vec<_>>()).await;
    }
    assert_eq!(states(&pool).await[0], "client failed 13");
    let error: Option<String> = sqlx::query_scalar("select last_error from mails where state = 'failed'")
        .fetch_one(&pool)
        .await
        .unwrap();
    assert_eq!(error.as_deref(), Some("hand a mail over: status 550"));
    age(&pool, 24 * 60 * 60).await;
    assert_eq!(claim(&pool, 100).await, []);
    // Somebody is called.
    let queue = mails::look(&mut pool.acquire().await.unwrap()).await.unwrap();
    assert_eq!((queue, queue.alarming()), (Queue { failed: 1, ..Queue::default() }, 1));
}

/// A booking was paid and then cancelled, and what tells of the end is due first, as after an outage.
async fn paid_and_cancelled(pool: &PgPool) {
    paid(pool, 1).await;
    hear_of_booking(pool, BookingEvent::BookingCancelled(booking(100))).await;
    let shuffle = "update mails
                   set next_attempt_at = next_attempt_at - interval '1 hour'
                   where outcome = 'cancelled'";
    sqlx::query(shuffle).execute(pool).await.unwrap();
}

/// Who is told what.
fn news(mails: &[Claimed]) -> Vec<(String, Outcome)> {
    mails.iter().map(|mail| (mail.reader.email.clone(), outcome(mail))).collect()
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn nobody_hears_of_the_end_of_a_booking_before_its_beginning(pool: PgPool) {
    paid_and_cancelled(&pool).await;
    let mut claimed = claim(&pool, 100).await;
    assert_eq!(claimed.iter().map(outcome).collect::<Vec<_>>(), [Outcome::Paid; 3]);
    assert_eq!(claim(&pool, 100).await, [], "they are under way");
    let (first, second) = (claimed.remove(0), claimed.remove(0));
    let readers = [&first, &second].map(|mail| mail.reader.email.clone());
    note(&pool, &[sent(first), refused(second, Severity::TransientNegativeCompletion)]).await;
    assert_eq!(news(&claim(&pool, 100).await), [(readers[0].clone(), Outcome::Cancelled)]);
    age(&pool, 1).await;
    let again = claim(&pool, 100).await;
    assert_eq!(news(&again), [(readers[1].clone(), Outcome::Paid)]);
    note(&pool, &again.into_iter().map(sent).collect::<Vec<_>>()).await;
    assert_eq!(news(&claim(&pool, 100).await), [(readers[1].clone(), Outcome::Cancelled)]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_that_is_refused_or_cannot_be_read_holds_up_no_later_one(pool: PgPool) {
    paid_and_cancelled(&pool).await;
    let claimed = claim(&pool, 1).await;
    let reader = claimed[0].reader.email.clone();
    let refused: Vec<_> =
        claimed.into_iter().map(|mail| refused(mail, Severity::PermanentNegativeCompletion)).collect();
    note(&pool, &refused).await;
    // As a later release might write.
    let outcome = "alter table mails drop constraint mails_outcome;
                   update mails set outcome = 'confirmed' where outcome = 'paid' and refusals = 0";
    sqlx::raw_sql(outcome).execute(&pool).await.unwrap();
    assert_eq!(news(&claim(&pool, 100).await), [(reader, Outcome::Cancelled)]);
    assert_eq!(news(&claim(&pool, 100).await).iter().filter(|(_, it)| *it == Outcome::Cancelled).count(), 2);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn what_is_refused_for_the_moment_is_never_given_up(pool: PgPool) {
    paid(&pool, 1).await;
    for _ in 0..20 {
        let claimed = claim(&pool, 100).await.into_iter();
        let refused: Vec<_> =
            claimed.map(|mail| refused(mail, Severity::TransientNegativeCompletion)).collect();
        assert_eq!(refused.len(), 3);
        note(&pool, &refused).await;
        age(&pool, 60).await;
    }
    assert_eq!(states(&pool).await, ["client queued 20", "company queued 20", "company queued 20"]);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn a_mail_server_that_is_away_costs_no_attempt_and_no_wait(pool: PgPool) {
    paid(&pool, 1).await;
    let mut done = Vec::new();
    for mail in claim(&pool, 100).await {
        done.push(sender().deliver(mail).await);
    }
    assert!(
        done.iter().all(|delivery| matches!(delivery.result, Err(Error::Mail(mail::Error::Unreachable(_)))))
    );
    note(&pool, &done).await;
    assert_eq!(states(&pool).await, ["client queued 0", "company queued 0", "company queued 0"]);
    assert_eq!(claim(&pool, 100).await.len(), 3);
    assert_eq!(outbox_is_told_of(&pool).await, 0);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn one_turn_notes_and_claims(pool: PgPool) {
    paid(&pool, 2).await;
    let sender = sender();
    let first = sender.turn(&pool, &[], &[], 4).await.unwrap();
    let done: Vec<_> = first.into_iter().map(sent).collect();
    assert_eq!(done.len(), 4);
    let second = sender.turn(&pool, &done, &[], 4).await.unwrap();
    assert_eq!(second.len(), 2);
    assert_eq!(outbox_is_told_of(&pool).await, 4);
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn the_queue_shows_what_waits_and_how_long(pool: PgPool) {
    let look = async || mails::look(&mut pool.acquire().await.unwrap()).await.unwrap();
    assert_eq!(look().await, Queue::default());
    hear_of_booking(&pool, BookingEvent::BookingPaid(booking(10))).await;
    assert_eq!(look().await, Queue { queued: 3, ..Queue::default() });
    claim(&pool, 100).await;
    age(&pool, 301).await;
    assert_eq!(look().await, Queue { waiting: 3, overdue: 3, ..Queue::default() });
    assert_eq!(look().await.alarming(), 3);
    everybody_is_known(&pool).await;
    let claimed = claim(&pool, 100).await;
    note(&pool, &claimed.into_iter().map(sent).collect::<Vec<_>>()).await;
    assert_eq!(look().await, Queue::default());
}

#[sqlx::test(migrator = "notification::MIGRATOR")]
async fn old_mails_go_but_not_those_that_may_still_go_out(pool: PgPool) {
    const DAY_SECONDS: i32 = 24 * 60 * 60;
    paid(&pool, 1).await;
    let claimed = claim(&pool, 2).await;
    note(&pool, &claimed.into_iter().map(sent).collect::<Vec<_>>()).await;
    let mut connection = pool.acquire().await.unwrap();
    age(&pool, 36 * DAY_SECONDS).await;
    assert_eq!(mails::prune(&mut connection, 100).await.unwrap(), 0);
    age(&pool, DAY_SECONDS).await;
    assert_eq!(mails::prune(&mut connection, 100).await.unwrap(), 2);
    assert_eq!(claim(&pool, 100).await.len(), 1);
}
