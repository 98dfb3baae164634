use std::collections::HashMap;

use contracts::http::booking::{BookingStatus, OfferStatus};
use uuid::Uuid;

use super::Line;
use super::record::{Booking, Record};

pub(super) fn lines(record: &Record) -> Vec<Line> {
    let mut by_offer: HashMap<Uuid, Vec<&Booking>> = HashMap::new();
    for booking in record.bookings.iter().filter(|booking| holds_its_offer(booking.status)) {
        by_offer.entry(booking.offer_id).or_default().push(booking);
    }
    let holders = |offer_id: Uuid| by_offer.get(&offer_id).map_or(&[][..], Vec::as_slice);
    vec![
        Line::each("G3", "bookings have ended, or are paid", &record.bookings, |booking| {
            let waits = match booking.status {
                BookingStatus::Reserved | BookingStatus::Voiding | BookingStatus::Refunding => true,
                BookingStatus::Paid
                | BookingStatus::Failed
                | BookingStatus::Cancelled
                | BookingStatus::Completed
                | BookingStatus::NoShow => false,
            };
            waits.then(|| format!("booking {} is {}", booking.id, booking.status.as_str()))
        }),
        Line::each("G4", "offers are held by at most one booking", &record.offers, |offer| {
            let holders = holders(offer.id);
            (holders.len() > 1).then(|| format!("offer {} is held by {}", offer.id, ids(holders)))
        }),
        Line::each("G4", "offers are in the state that their bookings give them", &record.offers, |offer| {
            let holders = holders(offer.id);
            let fits = match offer.status {
                OfferStatus::Reserved => holders.iter().any(|booking| is_undecided(booking.status)),
                OfferStatus::Booked => holders.iter().any(|booking| !is_undecided(booking.status)),
                OfferStatus::Open | OfferStatus::Withdrawn | OfferStatus::Expired => holders.is_empty(),
            };
            (!fits).then(|| {
                format!("offer {} is {} and held by {}", offer.id, offer.status.as_str(), ids(holders))
            })
        }),
    ]
}

fn holds_its_offer(status: BookingStatus) -> bool {
    match status {
        BookingStatus::Failed | BookingStatus::Cancelled => false,
        BookingStatus::Reserved
        | BookingStatus::Voiding
        | BookingStatus::Paid
        | BookingStatus::Refunding
        | BookingStatus::Completed
        | BookingStatus::NoShow => true,
    }
}

fn is_undecided(status: BookingStatus) -> bool {
    matches!(status, BookingStatus::Reserved | BookingStatus::Voiding)
}

fn ids(bookings: &[&Booking]) -> String {
    if bookings.is_empty() {
        return "nobody".to_owned();
    }
    let ids: Vec<String> =
        bookings.iter().map(|booking| format!("{} ({})", booking.id, booking.status.as_str())).collect();
    ids.join(", ")
}
