use std::collections::{HashMap, HashSet};

use contracts::http::booking::{BookingStatus, OfferStatus};
use contracts::messages::booking::{BookingChanged, BookingEvent};
use contracts::messages::payment::{PaymentCommand, PaymentEvent};
use uuid::Uuid;

use super::Line;
use super::record::{Event, Projected, Record, booking_of};

pub(super) fn lines(record: &Record) -> Vec<Line> {
    let mut final_events = HashSet::new();
    let mut newest: HashMap<Uuid, &BookingChanged> = HashMap::new();
    let mut offers: HashMap<Uuid, (i64, OfferStatus)> = HashMap::new();
    for event in &record.booking_events {
        let (offer_id, status) = offer_of(&event.message);
        let told = offers.entry(offer_id).or_insert((event.revision, status));
        if event.revision >= told.0 {
            *told = (event.revision, status);
        }
        let Some(booking) = booking_of(&event.message) else { continue };
        if let Some(status) = state_told(&event.message) {
            final_events.insert((booking.booking_id.0, status));
        }
        let known = newest.entry(booking.booking_id.0).or_insert(booking);
        if booking.booking_revision > known.booking_revision {
            *known = booking;
        }
    }
    let stored: HashSet<Uuid> = record.bookings.iter().map(|booking| booking.id).collect();
    let stored_offers: HashSet<Uuid> = record.offers.iter().map(|offer| offer.id).collect();
    vec![
        Line::each("G1", "bookings have the event of their state", &record.bookings, |booking| {
            let told = final_events.contains(&(booking.id, booking.status));
            (!told).then(|| format!("booking {} is {}, untold", booking.id, booking.status.as_str()))
        }),
        Line::each("G1", "bookings are told as they now are", &record.bookings, |booking| {
            let told = newest.get(&booking.id).map(|told| (told.booking_revision, told.status));
            (told != Some((booking.revision, booking.status))).then(|| {
                let (revision, status) = (booking.revision, booking.status);
                format!("booking {} is {status:?} at revision {revision}, told: {told:?}", booking.id)
            })
        }),
        Line::each("G1", "offers are told as they now are", &record.offers, |offer| {
            let told = offers.get(&offer.id).copied();
            (told != Some((offer.revision, offer.status))).then(|| {
                let (revision, status) = (offer.revision, offer.status);
                format!("offer {} is {status:?} at revision {revision}, told: {told:?}", offer.id)
            })
        }),
        Line::each("G1", "what is told of is stored", newest.keys(), |id| {
            (!stored.contains(id)).then(|| format!("booking {id} is told of and not there"))
        }),
        Line::each("G1", "what is told of offers is stored", offers.keys(), |id| {
            (!stored_offers.contains(id)).then(|| format!("offer {id} is told of and not there"))
        }),
        told_whole("companies are told as they now are", &record.companies),
        told_whole("profiles are told as they now are", &record.profiles),
        commands_answered(record),
        in_order("offers' events come in order", &record.booking_events, |event| event.revision),
        bookings_in_order(record),
        Line::each("G8", "messages that nobody could take", &record.dead_letters, |letter| {
            Some(format!("{}, {}: {}", letter.service, letter.topic, letter.reason))
        }),
    ]
}

fn offer_of(event: &BookingEvent) -> (Uuid, OfferStatus) {
    match event {
        BookingEvent::OfferChanged(offer) => (offer.offer_id.0, offer.status),
        BookingEvent::BookingReserved(booking)
        | BookingEvent::BookingVoiding(booking)
        | BookingEvent::BookingPaid(booking)
        | BookingEvent::BookingRefunding(booking)
        | BookingEvent::BookingFailed(booking)
        | BookingEvent::BookingCancelled(booking)
        | BookingEvent::BookingCompleted(booking)
        | BookingEvent::BookingNoShow(booking)
        | BookingEvent::BookingNotified(booking) => (booking.offer_id.0, booking.offer_status),
    }
}

/// The state that an event is the event of.
fn state_told(event: &BookingEvent) -> Option<BookingStatus> {
    match event {
        BookingEvent::OfferChanged(_) | BookingEvent::BookingNotified(_) => None,
        BookingEvent::BookingReserved(_) => Some(BookingStatus::Reserved),
        BookingEvent::BookingVoiding(_) => Some(BookingStatus::Voiding),
        BookingEvent::BookingPaid(_) => Some(BookingStatus::Paid),
        BookingEvent::BookingRefunding(_) => Some(BookingStatus::Refunding),
        BookingEvent::BookingFailed(_) => Some(BookingStatus::Failed),
        BookingEvent::BookingCancelled(_) => Some(BookingStatus::Cancelled),
        BookingEvent::BookingCompleted(_) => Some(BookingStatus::Completed),
        BookingEvent::BookingNoShow(_) => Some(BookingStatus::NoShow),
    }
}

fn told_whole(claim: &'static str, projected: &Projected) -> Line {
    Line::each("G1", claim, &projected.stored, |(id, revision)| {
        let told = projected.told.get(id);
        (told != Some(revision)).then(|| format!("{id} is at revision {revision}, told: {told:?}"))
    })
}

/// An order and its answer, by the booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Order {
    Charge,
    Void,
    Refund,
    Settle,
}

fn commands_answered(record: &Record) -> Line {
    let answered: HashSet<(Uuid, Order)> = record
        .answers
        .iter()
        .map(|event| match &event.message {
            PaymentEvent::Charged(answer) => (answer.booking_id.0, Order::Charge),
            PaymentEvent::ChargeDeclined(answer) => (answer.booking_id.0, Order::Charge),
            PaymentEvent::ChargeVoided(answer) => (answer.booking_id.0, Order::Void),
            PaymentEvent::Refunded(answer) => (answer.booking_id.0, Order::Refund),
            PaymentEvent::Settled(answer) => (answer.booking_id.0, Order::Settle),
        })
        .collect();
    let ordered: HashSet<(Uuid, Order)> = record
        .commands
        .iter()
        .map(|event| match &event.message {
            PaymentCommand::Charge(order) => (order.booking_id.0, Order::Charge),
            PaymentCommand::VoidCharge(order) => (order.booking_id.0, Order::Void),
            PaymentCommand::Refund(refund) => (refund.booking_id.0, Order::Refund),
            PaymentCommand::Settle(order) => (order.booking_id.0, Order::Settle),
        })
        .collect();
    Line::each("G1", "payment's orders are answered", ordered, |order| {
        (!answered.contains(&order)).then(|| format!("booking {}: {:?} has no answer", order.0, order.1))
    })
}

/// The first time that each message of a key is seen, no revision is lower than one before.
fn in_order<M>(claim: &'static str, events: &[Event<M>], revision: impl Fn(&Event<M>) -> i64) -> Line {
    let mut seen = HashSet::new();
    let mut newest: HashMap<&str, i64> = HashMap::new();
    let mut line = Line { promise: "G6", claim, checked: 0, violations: Vec::new() };
    for event in events.iter().filter(|event| seen.insert(event.id)) {
        line.checked += 1;
        let (now, before) = (revision(event), newest.entry(&event.key).or_default());
        if now < *before {
            line.violations.push(format!("key {}: {now} comes after {before}", event.key));
        }
        *before = now.max(*before);
    }
    line
}

fn bookings_in_order(record: &Record) -> Line {
    let of_bookings: Vec<Event<&BookingChanged>> = record
        .booking_events
        .iter()
        .filter_map(|event| {
            let message = booking_of(&event.message)?;
            let (id, key) = (event.id, message.booking_id.to_string());
            Some(Event { id, key, revision: message.booking_revision, message })
        })
        .collect();
    in_order("bookings' events come in order", &of_bookings, |event| event.revision)
}
