//! The auditor finds what it is there to find: a stack without a flaw has none, and each flaw is found by its claim.

use contracts::http::booking::{BookingStatus, OfferStatus};
use contracts::ids::{BookingId, CompanyId, OfferId, ServiceId, UserId};
use contracts::messages::booking::{BookedCompany, BookedService, BookingChanged, BookingEvent};
use contracts::messages::notification::{Audience, MailSent, Outcome};
use contracts::messages::payment::{Answer, Order, PaymentCommand, PaymentEvent};
use contracts::money::{Currency, Money};
use uuid::Uuid;

use super::record::{Booking, Charge, DeadLetter, Entry, Event, Mail, Offer, Received, Record};
use super::record::{Transaction, Wallet};
use super::{Line, bookings, events, mails, money};

const PRICE: i64 = 100;

fn id(number: u128) -> Uuid {
    Uuid::from_u128(number)
}

const CLIENT: u128 = 1;
const MEMBER: u128 = 2;
const COMPANY: u128 = 3;
const OFFER: u128 = 10;
const PAID: u128 = 20;

fn changed(status: BookingStatus, booking_revision: i64) -> BookingChanged {
    BookingChanged {
        booking_id: BookingId(id(PAID)),
        offer_id: OfferId(id(OFFER)),
        status,
        booking_revision,
        offer_status: if booking_revision == 1 { OfferStatus::Reserved } else { OfferStatus::Booked },
        client_id: UserId(id(CLIENT)),
        company: BookedCompany {
            id: CompanyId(id(COMPANY)),
            name: "Барбершоп".to_owned(),
            address: "Москва".to_owned(),
            phone: "+7 495 123-45-67".to_owned(),
            location: None,
            time_zone: "Europe/Moscow".to_owned(),
            cancellation_policy: contracts::http::company::CancellationPolicy::default(),
        },
        service: BookedService { id: ServiceId(7), name_ru: "а".to_owned(), name_en: "b".to_owned() },
        starts_at: "2026-02-01T10:00:00Z".parse().unwrap(),
        duration_min: 60,
        price: Money(PRICE),
        currency: Currency::Rub,
        reason: None,
        words: None,
        refund: None,
        member_ids: if booking_revision == 1 { vec![] } else { vec![UserId(id(MEMBER))] },
    }
}

fn event<M>(number: u128, key: u128, revision: i64, message: M) -> Event<M> {
    Event { id: id(number), key: id(key).to_string(), revision, message }
}

fn entry(transfer: u128, account: &str, owner: Option<u128>, amount: i64, booking: Option<u128>) -> Entry {
    Entry {
        transfer_id: id(transfer),
        account: account.to_owned(),
        owner_id: owner.map(id),
        amount,
        booking_id: booking.map(id),
    }
}

fn line(kind: &str, amount: i64, booking: Option<u128>) -> Transaction {
    Transaction {
        user_id: id(CLIENT),
        kind: kind.to_owned(),
        status: "completed".to_owned(),
        amount,
        booking_id: booking.map(id),
    }
}

/// One paid booking, told to its client and to the one who acts for the company.
fn flawless() -> Record {
    let readers = [(Audience::Client, CLIENT), (Audience::Company, MEMBER)];
    let order = Order {
        booking_id: BookingId(id(PAID)),
        user_id: UserId(id(CLIENT)),
        company_id: CompanyId(id(COMPANY)),
        amount: Money(PRICE),
        currency: Currency::Rub,
    };
    let mut record = Record {
        offers: vec![Offer { id: id(OFFER), status: OfferStatus::Booked, revision: 3 }],
        bookings: vec![Booking {
            id: id(PAID),
            offer_id: id(OFFER),
            client_id: id(CLIENT),
            price: PRICE,
            status: BookingStatus::Paid,
            refund: None,
            member_ids: vec![id(MEMBER)],
            revision: 2,
        }],
        charges: vec![Charge {
            booking_id: id(PAID),
            user_id: id(CLIENT),
            amount: PRICE,
            state: "charged".to_owned(),
            refund: None,
        }],
        entries: vec![
            entry(30, "funding", None, -500, None),
            entry(30, "client", Some(CLIENT), 500, None),
            entry(31, "client", Some(CLIENT), -PRICE, Some(PAID)),
            entry(31, "escrow", None, PRICE, Some(PAID)),
        ],
        wallets: vec![Wallet { owner_kind: "client".to_owned(), owner_id: id(CLIENT), balance: 400 }],
        transactions: vec![line("top_up", 500, None), line("payment", PRICE, Some(PAID))],
        booking_events: vec![
            event(40, OFFER, 2, BookingEvent::BookingReserved(changed(BookingStatus::Reserved, 1))),
            event(41, OFFER, 3, BookingEvent::BookingPaid(changed(BookingStatus::Paid, 2))),
        ],
        commands: vec![event(50, PAID, 0, PaymentCommand::Charge(order))],
        answers: vec![event(51, PAID, 0, PaymentEvent::Charged(Answer { booking_id: BookingId(id(PAID)) }))],
        ..Record::default()
    };
    for (number, (audience, user)) in (60..).zip(readers) {
        let address = format!("{user}@example.com");
        record.mails.push(Mail {
            id: id(number),
            booking_id: id(PAID),
            outcome: "paid".to_owned(),
            audience: audience.as_str().to_owned(),
            user_id: id(user),
            state: "sent".to_owned(),
            is_kept: true,
            is_too_late: false,
        });
        record.sent.push(MailSent {
            booking_id: BookingId(id(PAID)),
            outcome: Outcome::Paid,
            audience,
            user_id: UserId(id(user)),
            sent_at: "2026-01-01T00:00:00Z".parse().unwrap(),
        });
        record.received.push(Received {
            id: Some(id(number)),
            booking_id: Some(id(PAID)),
            recipients: vec![address.clone()],
        });
        record.addresses.insert(id(user), address);
    }
    record
}

/// The claims that do not hold.
fn violated(record: &Record) -> Vec<&'static str> {
    let lines: Vec<Line> =
        [events::lines(record), money::lines(record), bookings::lines(record), mails::lines(record)]
            .into_iter()
            .flatten()
            .collect();
    let broken = lines.iter().filter(|line| !line.violations.is_empty());
    broken.map(|line| line.claim).collect()
}

#[track_caller]
fn assert_found(claim: &str, flaw: impl FnOnce(&mut Record)) {
    let mut record = flawless();
    flaw(&mut record);
    let found = violated(&record);
    assert!(found.contains(&claim), "{claim:?} holds; these do not: {found:?}");
}

#[test]
fn where_nothing_is_wrong_nothing_is_found() {
    assert_eq!(violated(&flawless()), [""; 0]);
}

#[test]
fn a_repeat_of_a_mail_or_of_a_message_is_no_flaw() {
    let mut record = flawless();
    record.received.push(record.received[0].clone());
    record.booking_events.push(record.booking_events[0].clone());
    record.commands.push(record.commands[0].clone());
    assert_eq!(violated(&record), [""; 0]);
}

#[test]
fn lost_and_disordered_events_are_found() {
    assert_found("bookings have the event of their state", |record| {
        record.booking_events.pop();
    });
    assert_found("bookings are told as they now are", |record| record.bookings[0].revision = 3);
    assert_found("offers are told as they now are", |record| record.offers[0].revision = 4);
    assert_found("what is told of is stored", |record| record.bookings.clear());
    assert_found("what is told of offers is stored", |record| record.offers.clear());
    assert_found("payment's orders are answered", |record| record.answers.clear());
    assert_found("offers' events come in order", |record| record.booking_events.swap(0, 1));
    assert_found("companies are told as they now are", |record| {
        record.companies.stored.insert(id(COMPANY), 2);
        record.companies.told.insert(id(COMPANY), 1);
    });
    assert_found("messages that nobody could take", |record| {
        let (topic, reason) = ("topic".to_owned(), "reason".to_owned());
        record.dead_letters.push(DeadLetter { service: "booking", topic, reason });
    });
}

#[test]
fn made_and_lost_money_is_found() {
    assert_found("transfers have two sides and sum to zero", |record| record.entries[0].amount += 1);
    assert_found("the ledger, escrow and funding hold what they must", |record| {
        record.charges[0].state = "settled".to_owned();
    });
    assert_found("the ledger, escrow and funding hold what they must", |record| {
        record.transactions.remove(0);
    });
    assert_found("wallets hold the sum of their entries, and not less than nothing", |record| {
        record.wallets[0].balance += 1;
    });
    assert_found("wallets hold the sum of their entries, and not less than nothing", |record| {
        record.wallets.clear();
    });
    assert_found("bookings have the charge that their state asks for", |record| record.charges.clear());
    assert_found("bookings have the charge that their state asks for", |record| {
        record.bookings[0].status = BookingStatus::Failed;
    });
    assert_found("charges are of a booking, its client and its price", |record| {
        record.bookings[0].price += 1;
    });
    assert_found("charges moved their money once, there and back", |record| {
        record.entries.push(entry(32, "client", Some(CLIENT), -PRICE, Some(PAID)));
        record.entries.push(entry(32, "escrow", None, PRICE, Some(PAID)));
    });
    assert_found("charges stand in their client's statement, each once", |record| {
        record.transactions.push(line("payment", PRICE, Some(PAID)));
    });
    assert_found("money of a booking without a charge", |record| record.charges.clear());
}

#[test]
fn waiting_bookings_and_offers_sold_twice_are_found() {
    assert_found("bookings have ended, or are paid", |record| {
        record.bookings[0].status = BookingStatus::Voiding;
    });
    assert_found("offers are held by at most one booking", |record| {
        let second = Booking { id: id(21), ..record.bookings[0].clone() };
        record.bookings.push(second);
    });
    for status in [OfferStatus::Open, OfferStatus::Reserved, OfferStatus::Withdrawn] {
        assert_found("offers are in the state that their bookings give them", |record| {
            record.offers[0].status = status;
        });
    }
    assert_found("offers are in the state that their bookings give them", |record| record.bookings.clear());
}

#[test]
fn missing_surplus_and_strange_mails_are_found() {
    assert_found("outcomes name everybody who acts for the company", |record| {
        record.bookings[0].member_ids.push(id(9));
    });
    assert_found("mails that outcomes ask for are written, once each", |record| {
        record.mails.pop();
    });
    assert_found("mails are asked for", |record| record.mails[0].outcome = "failed".to_owned());
    assert_found("mails are sent", |record| record.mails[0].state = "failed".to_owned());
    assert_found("sent mails are told to be sent", |record| {
        record.sent.pop();
    });
    let lie_there = "mails sent since the inbox began lie in it, to their reader alone";
    assert_found(lie_there, |record| {
        record.received.pop();
    });
    assert_found(lie_there, |record| record.received[0].recipients.push("2@example.com".to_owned()));
    assert_found("mails about bookings in the inbox are ours, under their own name", |record| {
        record.received[0].id = Some(id(99));
    });
}
