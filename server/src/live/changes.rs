//! What a record of Kafka means to open pages.

use std::collections::HashSet;

use app::live::{BookingChange, OfferChange};
use bytes::Bytes;
use contracts::envelope::Envelope;
use contracts::ids::{CompanyId, UserId};
use contracts::messages::Message as _;
use contracts::messages::booking::{BookingChanged, BookingEvent, OfferChanged};
use contracts::messages::company::CompanyEvent;
use jiff::Timestamp;
use serde::Serialize;

use super::hub::{About, Change};

/// What one record says.
#[derive(Debug)]
pub struct News {
    pub occurred_at: Timestamp,
    pub changes: Vec<Change>,
}

/// Who acts for a company.
#[derive(Debug, PartialEq, Eq)]
pub struct Members {
    pub company: CompanyId,
    /// Empty for an inactive company and for one that is gone.
    pub users: HashSet<UserId>,
}

/// The record cannot be made sense of.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("the record has no key that is an id")]
    Key,
    #[error("not in the form that was agreed on")]
    Json(#[from] serde_json::Error),
}

/// A record of the topic of offers and bookings.
///
/// # Errors
/// When it is not in the form that was agreed on.
pub fn of_booking(value: Option<&[u8]>) -> Result<Option<News>, Unreadable> {
    let Some(value) = value else { return Ok(None) };
    let envelope: Envelope = serde_json::from_slice(value)?;
    let Some(event) = BookingEvent::parse(&envelope.kind, &envelope.payload)? else { return Ok(None) };
    let changes = match event {
        BookingEvent::OfferChanged(offer) => vec![of_offer(&offer, envelope.revision)?],
        BookingEvent::BookingReserved(booking)
        | BookingEvent::BookingVoiding(booking)
        | BookingEvent::BookingPaid(booking)
        | BookingEvent::BookingRefunding(booking)
        | BookingEvent::BookingFailed(booking)
        | BookingEvent::BookingCancelled(booking)
        | BookingEvent::BookingCompleted(booking)
        | BookingEvent::BookingNoShow(booking)
        | BookingEvent::BookingNotified(booking) => of_both(&booking, envelope.revision)?.into(),
    };
    Ok(Some(News { occurred_at: envelope.occurred_at, changes }))
}

/// A record of the topic of companies.
///
/// # Errors
/// When it is not in the form that was agreed on.
pub fn of_company(key: Option<&[u8]>, value: Option<&[u8]>) -> Result<Option<Members>, Unreadable> {
    let Some(value) = value else {
        let key = key.and_then(|key| std::str::from_utf8(key).ok()).and_then(|key| key.parse().ok());
        return Ok(Some(Members { company: key.ok_or(Unreadable::Key)?, users: HashSet::new() }));
    };
    let envelope: Envelope = serde_json::from_slice(value)?;
    Ok(CompanyEvent::parse(&envelope.kind, &envelope.payload)?.map(
        |CompanyEvent::CompanyChanged(company)| {
            let members = company.members.iter().filter(|_| company.active);
            Members { company: company.company_id, users: members.map(|member| member.user_id).collect() }
        },
    ))
}

fn of_offer(offer: &OfferChanged, revision: i64) -> serde_json::Result<Change> {
    let change = OfferChange { offer_id: offer.offer_id.to_string(), status: offer.status.into(), revision };
    let about = About::Offer { service: offer.service_id, starts_at: offer.starts_at };
    Ok(Change { frame: frame("offer", &change)?, about })
}

fn of_both(booking: &BookingChanged, offer_revision: i64) -> serde_json::Result<[Change; 2]> {
    let of_booking = BookingChange {
        booking_id: booking.booking_id.to_string(),
        company_id: booking.company.id.to_string(),
        status: booking.status.into(),
        revision: booking.booking_revision,
    };
    let of_offer = OfferChange {
        offer_id: booking.offer_id.to_string(),
        status: booking.offer_status.into(),
        revision: offer_revision,
    };
    Ok([
        Change {
            frame: frame("booking", &of_booking)?,
            about: About::Booking { client: booking.client_id, company: booking.company.id },
        },
        Change {
            frame: frame("offer", &of_offer)?,
            about: About::Offer { service: booking.service.id, starts_at: booking.starts_at },
        },
    ])
}

/// One event of a stream: <https://html.spec.whatwg.org/multipage/server-sent-events.html>. JSON has no line breaks.
pub fn frame(event: &str, data: &impl Serialize) -> serde_json::Result<Bytes> {
    Ok(format!("event: {event}\ndata: {}\n\n", serde_json::to_string(data)?).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFER_CHANGED: &[u8] =
        include_bytes!("../../../services/contracts/tests/samples/offer_changed.json");
    const BOOKING_PAID: &[u8] = include_bytes!("../../../services/contracts/tests/samples/booking_paid.json");
    const COMPANY_CHANGED: &[u8] =
        include_bytes!("../../../services/contracts/tests/samples/company_changed.json");

    fn frames(record: &[u8]) -> Vec<String> {
        let news = of_booking(Some(record)).unwrap().unwrap();
        news.changes.iter().map(|change| String::from_utf8(change.frame.to_vec()).unwrap()).collect()
    }

    #[test]
    fn only_ids_states_and_revisions_go_out() {
        let offer = |status, revision| {
            format!(
                "event: offer\ndata: {{\"offer_id\":\"01900000-0000-7000-8000-0000000000f0\",\
                 \"status\":\"{status}\",\"revision\":{revision}}}\n\n"
            )
        };
        let booking = "event: booking\ndata: {\"booking_id\":\"01900000-0000-7000-8000-0000000000b0\",\
                       \"company_id\":\"01900000-0000-7000-8000-0000000000c0\",\"status\":\"paid\",\"revision\":2}\n\n";
        assert_eq!(frames(OFFER_CHANGED), [offer("open", 1)]);
        assert_eq!(frames(BOOKING_PAID), [booking.to_owned(), offer("booked", 3)]);
    }

    #[test]
    fn whom_it_concerns_is_read_from_the_message() {
        let news = of_booking(Some(BOOKING_PAID)).unwrap().unwrap();
        let about: Vec<About> = news.changes.iter().map(|change| change.about).collect();
        let client = "3f2b8c1e-6a4d-4e8b-9c57-0d1e2f3a4b5c".parse().unwrap();
        let company = "01900000-0000-7000-8000-0000000000c0".parse().unwrap();
        let starts_at = "2026-12-01T07:00:00Z".parse().unwrap();
        assert_eq!(
            about,
            [
                About::Booking { client, company },
                About::Offer { service: contracts::ids::ServiceId(20), starts_at }
            ]
        );
    }

    #[test]
    fn an_inactive_company_has_nobody_who_acts_for_it() {
        let company = "01900000-0000-7000-8000-0000000000c0".parse().unwrap();
        let manager: UserId = "7b1d2c3e-6a4d-4e8b-9c57-0d1e2f3a4b5c".parse().unwrap();
        let inactive = std::str::from_utf8(COMPANY_CHANGED).unwrap().replace("true", "false");
        let key = b"01900000-0000-7000-8000-0000000000c0".as_slice();
        for (value, users) in [
            (Some(COMPANY_CHANGED), HashSet::from([manager])),
            (Some(inactive.as_bytes()), HashSet::new()),
            (None, HashSet::new()),
        ] {
            assert_eq!(of_company(Some(key), value).unwrap(), Some(Members { company, users }));
        }
    }

    #[test]
    fn what_is_unknown_is_passed_over_and_what_is_broken_is_said() {
        let unknown = std::str::from_utf8(OFFER_CHANGED).unwrap().replace("OfferChanged", "OfferPainted");
        assert!(of_booking(Some(unknown.as_bytes())).unwrap().is_none());
        assert!(of_booking(None).unwrap().is_none());
        let broken = std::str::from_utf8(OFFER_CHANGED).unwrap().replace("\"open\"", "\"ajar\"");
        for value in [broken.as_bytes(), b"", b"{}", b"\xff"] {
            assert!(of_booking(Some(value)).is_err());
        }
        assert!(of_company(Some(b"x"), None).is_err());
        assert!(of_company(None, Some(b"{}")).is_err());
    }
}
