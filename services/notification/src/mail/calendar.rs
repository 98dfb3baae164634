use contracts::format;
use contracts::locale::Locale;
use contracts::messages::booking::BookingChanged;
use contracts::messages::notification::Outcome;
use icalendar::{Component as _, Event, EventLike as _, EventStatus, Property};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Mail;

/// An iCalendar object with one visit, <https://www.rfc-editor.org/rfc/rfc5545>, and what a reader's calendar is to do
/// with it, <https://www.rfc-editor.org/rfc/rfc5546>.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    pub text: String,
    pub content_type: &'static str,
}

impl Calendar {
    /// The visit of a paid booking, or its end. A booking that was never paid is in nobody's calendar.
    pub fn of(mail: &Mail<'_>, link: &str) -> Option<Self> {
        match mail.outcome {
            Outcome::Paid => Some(Self {
                text: write(mail, link, "PUBLISH", EventStatus::Confirmed, 0),
                content_type: "text/calendar; charset=utf-8; method=PUBLISH",
            }),
            Outcome::Cancelled if mail.booking.refund.is_some() => Some(Self {
                text: write(mail, link, "CANCEL", EventStatus::Cancelled, 1),
                content_type: "text/calendar; charset=utf-8; method=CANCEL",
            }),
            Outcome::Cancelled | Outcome::Failed | Outcome::Reminder24h | Outcome::Reminder2h => None,
        }
    }
}

/// The same visit has the same `UID` for ever; a higher `SEQUENCE` replaces a lower one.
fn write(mail: &Mail<'_>, link: &str, method: &str, status: EventStatus, sequence: u32) -> String {
    let BookingChanged { company, service, starts_at, duration_min, .. } = mail.booking;
    let service = match mail.locale {
        Locale::Ru => &service.name_ru,
        Locale::En => &service.name_en,
    };
    let ends_at = starts_at.saturating_add(SignedDuration::from_mins((*duration_min).into()));
    let domain = mail.organizer.rsplit('@').next().unwrap_or_default();
    // A quotation mark cannot stand in a parameter at all.
    let mut organizer = Property::new("ORGANIZER", format!("mailto:{}", mail.organizer));
    organizer.add_parameter("CN", &one_line(&company.name).replace('"', "'"));
    let mut event = Event::new();
    event
        .uid(&format!("{}@{domain}", mail.booking.booking_id))
        .sequence(sequence)
        .status(status)
        .summary(&one_line(&format!("{service}, {}", company.name)))
        .location(&one_line(&company.address))
        .description(&one_line(&format!(
            "{}, {}",
            company.phone,
            format::price(mail.locale, mail.booking.price, mail.booking.currency)
        )))
        .url(link)
        .add_property("DTSTAMP", utc(mail.written_at))
        .add_property("DTSTART", utc(*starts_at))
        .add_property("DTEND", utc(ends_at.unwrap_or(*starts_at)))
        .append_property(organizer);
    if let Some(place) = company.location {
        event.add_property("GEO", format!("{};{}", place.lat, place.lon));
    }
    let mut calendar = icalendar::Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", "-//BookSvc//BookSvc//EN"))
        .append_property(("CALSCALE", "GREGORIAN"))
        .append_property(("METHOD", method))
        .push(event.done());
    calendar.to_string()
}

fn utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

fn one_line(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
