use contracts::http::booking::{BookingStatus, OfferStatus};
use contracts::http::company::CancellationPolicy;
use contracts::ids::{BookingId, CompanyId, OfferId, ServiceId, UserId};
use contracts::messages::booking::{BookedCompany, BookedService};
use contracts::money::{Currency, Money};
use kit::config;
use kit::mail::Mailer;
use uuid::Uuid;

use super::*;

fn portal() -> Portal {
    Portal::new("http://localhost:3000/")
}

/// A booking in the state that belongs to `outcome`.
fn booking(outcome: Outcome) -> BookingChanged {
    let (status, offer_status, reason, refund) = match outcome {
        Outcome::Paid => (BookingStatus::Paid, OfferStatus::Booked, None, None),
        Outcome::Failed => (BookingStatus::Failed, OfferStatus::Open, Some("insufficient_funds"), None),
        Outcome::Cancelled => {
            let refund = Some(Money(75_000));
            (BookingStatus::Cancelled, OfferStatus::Open, Some("cancelled_by_client"), refund)
        }
    };
    BookingChanged {
        booking_id: BookingId(Uuid::from_u128(1)),
        offer_id: OfferId(Uuid::from_u128(2)),
        status,
        booking_revision: 2,
        offer_status,
        client_id: UserId(Uuid::from_u128(3)),
        company: BookedCompany {
            id: CompanyId(Uuid::from_u128(4)),
            name: "Барбершоп «У Ивана»".to_owned(),
            address: "Москва, Тверская, 1".to_owned(),
            phone: "+7 495 123-45-67".to_owned(),
            location: None,
            time_zone: "Europe/Moscow".to_owned(),
            cancellation_policy: CancellationPolicy { free_until_hours: 24, late_refund_percent: 50 },
        },
        service: BookedService {
            id: ServiceId(7),
            name_ru: "Мужская стрижка/бритье".to_owned(),
            name_en: "Men's haircut and shave".to_owned(),
        },
        starts_at: "2026-06-03T07:00:00Z".parse().unwrap(),
        duration_min: 90,
        price: Money(150_000),
        currency: Currency::Rub,
        reason: reason.map(str::to_owned),
        refund,
        member_ids: vec![UserId(Uuid::from_u128(5))],
    }
}

fn mail(audience: Audience, outcome: Outcome, locale: Locale, booking: &BookingChanged) -> Mail<'_> {
    Mail { outcome, audience, locale, reader: "Анна", client: Some("Пётр Сидоров"), booking }
}

fn text(audience: Audience, outcome: Outcome, booking: &BookingChanged) -> String {
    let content = mail(audience, outcome, Locale::En, booking).write(&portal()).unwrap();
    content.text.replace('\u{a0}', " ")
}

/// The mail as it goes over the wire.
fn wire(content: Content) -> String {
    let mail_from = "BookSvc <no-reply@booksvc.localhost>".parse().unwrap();
    let mailer =
        Mailer::new(&config::Mail { smtp_url: "smtp://127.0.0.1:25".to_owned(), mail_from }).unwrap();
    let envelope = mailer.mail(Uuid::from_u128(9), "anna@example.com").unwrap();
    String::from_utf8(content.put_into(envelope).unwrap().formatted()).unwrap()
}

#[test]
fn every_mail_says_what_a_person_reviewed() {
    for outcome in [Outcome::Paid, Outcome::Failed, Outcome::Cancelled] {
        let booking = booking(outcome);
        for audience in [Audience::Client, Audience::Company] {
            for locale in [Locale::Ru, Locale::En] {
                let content = mail(audience, outcome, locale, &booking).write(&portal()).unwrap();
                let Content { subject, text, html } = content;
                let name = format!("{}_{}_{}", audience.as_str(), outcome.as_str(), locale.as_str());
                insta::assert_snapshot!(name, format!("{subject}\n\n{text}\n{html}"));
            }
        }
    }
}

#[test]
fn a_failure_says_why_and_where_the_money_is() {
    for (reason, client, company) in [
        (
            Some("insufficient_funds"),
            "There was not enough money in your wallet.\nNothing was charged.",
            "did not have enough money",
        ),
        (
            Some("timed_out"),
            "not confirmed in time, and we called it off.\nIf money was taken, it is already back",
            "not confirmed in time",
        ),
        (
            Some("of_a_later_release"),
            "The payment did not go through.\nNothing was charged, or",
            "did not go through",
        ),
        (None, "The payment did not go through.\nNothing was charged, or", "did not go through"),
    ] {
        let booking = BookingChanged { reason: reason.map(str::to_owned), ..booking(Outcome::Failed) };
        let text = |audience| text(audience, Outcome::Failed, &booking);
        assert!(text(Audience::Client).contains(client), "{}", text(Audience::Client));
        assert!(text(Audience::Company).contains(company), "{}", text(Audience::Company));
        assert!(!text(Audience::Client).contains("later_release"));
    }
}

#[test]
fn a_cancellation_says_what_came_back() {
    for (refund, client, company) in [
        (None, "Nothing was charged, or the money is already back", "Nothing was paid."),
        (Some(0), "no money comes back", "RUB 1,500.00 stays with you"),
        (
            Some(50_000),
            "RUB 500.00 of RUB 1,500.00 is back",
            "RUB 500.00 went back to the client, RUB 1,000.00 stays",
        ),
        (Some(150_000), "The full RUB 1,500.00 is back", "The full RUB 1,500.00 went back to the client"),
    ] {
        let booking = BookingChanged { refund: refund.map(Money), ..booking(Outcome::Cancelled) };
        let text = |audience| text(audience, Outcome::Cancelled, &booking);
        assert!(text(Audience::Client).contains(client), "{}", text(Audience::Client));
        assert!(text(Audience::Company).contains(company), "{}", text(Audience::Company));
    }
}

#[test]
fn a_time_is_called_free_only_when_it_is() {
    for (status, free, gone) in [
        (OfferStatus::Open, true, false),
        (OfferStatus::Reserved, false, false),
        (OfferStatus::Booked, false, false),
        (OfferStatus::Withdrawn, false, true),
        (OfferStatus::Expired, false, true),
    ] {
        let booking = BookingChanged { offer_status: status, ..booking(Outcome::Failed) };
        let text = |audience| text(audience, Outcome::Failed, &booking);
        assert_eq!(text(Audience::Client).contains("free again"), free, "{status:?}");
        assert_eq!(text(Audience::Company).contains("open for booking again"), free, "{status:?}");
        assert_eq!(text(Audience::Company).contains("not offered any more"), gone, "{status:?}");
    }
}

#[test]
fn an_unknown_name_leaves_no_gap() {
    let booking = booking(Outcome::Paid);
    let nameless =
        Mail { reader: "", client: None, ..mail(Audience::Company, Outcome::Paid, Locale::En, &booking) };
    let text = nameless.write(&portal()).unwrap().text;
    assert!(text.starts_with("Hello,\n"), "{text}");
    assert!(!text.contains("Client:"), "{text}");
}

#[test]
fn what_people_wrote_is_text_and_never_markup() {
    let mut booking = booking(Outcome::Paid);
    booking.company.name = r#"<script>alert("1")</script> & Sons 🙂 "x" onload='y'"#.to_owned();
    booking.company.address = "مرحبا \u{202e}evil".to_owned();
    let content = Mail {
        reader: "<b>Анна</b>",
        client: Some("<img src=x>"),
        ..mail(Audience::Company, Outcome::Paid, Locale::Ru, &booking)
    }
    .write(&portal())
    .unwrap();
    for markup in ["<script", "<b>", "<img", "\"x\"", "'y'", "& Sons"] {
        assert!(!content.html.contains(markup), "{markup}");
    }
    // Each value has a direction of its own, so that none turns its neighbours around.
    assert!(content.html.contains("<bdi>مرحبا \u{202e}evil</bdi>"));
    assert!(content.html.contains("🙂"));
    assert!(content.text.contains(r#"<script>alert("1")</script> & Sons 🙂"#), "{}", content.text);
}

#[test]
fn a_line_break_in_a_name_makes_no_header_and_no_line() {
    let mut booking = booking(Outcome::Paid);
    booking.service.name_en = "Haircut\r\nBcc: all@example.com\r\n\r\nbody".to_owned();
    booking.company.name = "Salon\nPrice: RUB 0.00".to_owned();
    let content = Mail {
        reader: "Anna\r\nBcc: all@example.com",
        ..mail(Audience::Client, Outcome::Paid, Locale::En, &booking)
    }
    .write(&portal())
    .unwrap();
    assert!(!content.subject.contains(['\r', '\n']), "{:?}", content.subject);
    for line in content.text.lines() {
        assert!(!line.starts_with("Bcc:") && !line.starts_with("Price: RUB 0.00"), "{line}");
    }
    let wire = wire(content.clone());
    let (headers, _) = wire.split_once("\r\n\r\n").unwrap();
    let names: Vec<_> = headers.split("\r\n").filter(|line| !line.starts_with([' ', '\t'])).collect();
    assert!(names.iter().all(|line| !line.to_lowercase().starts_with("bcc")), "{headers}");

    // Even with a subject that nobody cleaned.
    let wire = self::wire(Content { subject: "a\r\nBcc: all@example.com".to_owned(), ..content });
    let (headers, _) = wire.split_once("\r\n\r\n").unwrap();
    assert!(headers.split("\r\n").all(|line| !line.to_lowercase().starts_with("bcc")), "{headers}");
}

#[test]
fn a_mail_has_its_id_one_reader_and_both_forms() {
    let booking = booking(Outcome::Paid);
    let content = mail(Audience::Client, Outcome::Paid, Locale::Ru, &booking).write(&portal()).unwrap();
    let wire = wire(content);
    let (headers, body) = wire.split_once("\r\n\r\n").unwrap();
    for header in [
        "Message-ID: <00000000-0000-0000-0000-000000000009@booksvc.localhost>",
        "To: anna@example.com",
        "Auto-Submitted: auto-generated",
        "Content-Type: multipart/alternative;",
    ] {
        assert_eq!(headers.matches(header).count(), 1, "{header}\n{headers}");
    }
    let (plain, html) = (body.find("Content-Type: text/plain"), body.find("Content-Type: text/html"));
    assert!(plain.is_some() && plain < html, "{body}");
    // Every server can carry it.
    assert!(wire.is_ascii() && wire.lines().all(|line| line.len() < 998), "{wire}");
}
