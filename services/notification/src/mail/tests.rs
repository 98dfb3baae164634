use contracts::http::booking::{BookingStatus, OfferStatus};
use contracts::http::company::{CancellationPolicy, Role};
use contracts::ids::{BookingId, CompanyId, InvitationId, OfferId, ServiceId, UserId};
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
        Outcome::Reminder24h | Outcome::Reminder2h => (BookingStatus::Paid, OfferStatus::Booked, None, None),
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
        words: (outcome == Outcome::Cancelled).then(|| "Заболел,\nпростите!".to_owned()),
        refund,
        member_ids: vec![UserId(Uuid::from_u128(5))],
    }
}

fn mail(audience: Audience, outcome: Outcome, locale: Locale, booking: &BookingChanged) -> Mail<'_> {
    Mail {
        outcome,
        audience,
        locale,
        reader: "Анна",
        client: Some("Пётр Сидоров"),
        booking,
        written_at: "2026-06-01T12:00:00Z".parse().unwrap(),
        organizer: "no-reply@booksvc.example",
    }
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
                let Content { subject, text, html, calendar } = content;
                let calendar =
                    calendar.map(|it| format!("\n{}", it.text.replace('\r', ""))).unwrap_or_default();
                let name = format!("{}_{}_{}", audience.as_str(), outcome.as_str(), locale.as_str());
                insta::assert_snapshot!(name, format!("{subject}\n\n{text}\n{html}{calendar}"));
            }
        }
    }
}

#[test]
fn a_reminder_says_what_a_person_reviewed() {
    for outcome in [Outcome::Reminder24h, Outcome::Reminder2h] {
        let booking = booking(outcome);
        for locale in [Locale::Ru, Locale::En] {
            let Content { subject, text, .. } =
                mail(Audience::Client, outcome, locale, &booking).write(&portal()).unwrap();
            let name = format!("client_{}_{}", outcome.as_str(), locale.as_str());
            insta::assert_snapshot!(name, format!("{subject}\n\n{text}"));
        }
    }
}

fn invitation(company_name: &str) -> InvitationMade {
    InvitationMade {
        invitation_id: InvitationId(Uuid::from_u128(7)),
        company_id: CompanyId(Uuid::from_u128(4)),
        company_name: company_name.to_owned(),
        role: Role::Manager,
        email: "anna@example.com".to_owned(),
        inviter: "Пётр Сидоров".to_owned(),
        locale: "ru".to_owned(),
        sealed_token: "AQID".to_owned(),
        expires_at: "2026-06-10T12:00:00Z".parse().unwrap(),
    }
}

#[test]
fn an_invitation_says_what_a_person_reviewed() {
    let invitation = invitation("Барбершоп «У Ивана»");
    for locale in [Locale::Ru, Locale::En] {
        let letter = Invitation { locale, reader: "Анна", invitation: &invitation, token: "abc-_123" };
        let Content { subject, text, html, calendar } = letter.write(&portal()).unwrap();
        assert_eq!(calendar, None);
        insta::assert_snapshot!(
            format!("invitation_{}", locale.as_str()),
            format!("{subject}\n\n{text}\n{html}")
        );
    }
}

#[test]
fn an_invitation_to_a_strange_name_is_text() {
    let invitation = invitation("<b>Salon</b>\r\nBcc: all@example.com");
    let letter = Invitation { locale: Locale::En, reader: "", invitation: &invitation, token: "abc" };
    let content = letter.write(&portal()).unwrap();
    assert!(!content.html.contains("<b>Salon"), "{}", content.html);
    assert!(!content.subject.contains(['\r', '\n']), "{:?}", content.subject);
    assert!(content.text.lines().all(|line| !line.starts_with("Bcc:")), "{}", content.text);
}

/// The lines of a calendar, unfolded, without what every one has.
fn calendar(booking: &BookingChanged, outcome: Outcome) -> Vec<String> {
    let content = mail(Audience::Client, outcome, Locale::En, booking).write(&portal()).unwrap();
    let Some(calendar) = content.calendar else { return Vec::new() };
    assert!(calendar.text.lines().all(|line| line.len() <= 75), "{}", calendar.text);
    calendar.text.replace("\r\n ", "").lines().map(str::to_owned).collect()
}

#[test]
fn a_calendar_gets_the_visit_and_loses_it_under_the_same_name() {
    let value = |lines: &[String], name: &str| {
        let line = lines.iter().find(|line| line.starts_with(name)).unwrap();
        line[name.len()..].to_owned()
    };
    let paid = calendar(&booking(Outcome::Paid), Outcome::Paid);
    let cancelled = calendar(&booking(Outcome::Cancelled), Outcome::Cancelled);
    for (lines, method, status, sequence) in
        [(&paid, "PUBLISH", "CONFIRMED", "0"), (&cancelled, "CANCEL", "CANCELLED", "1")]
    {
        assert_eq!(value(lines, "METHOD:"), method);
        assert_eq!(value(lines, "STATUS:"), status);
        assert_eq!(value(lines, "SEQUENCE:"), sequence);
        assert_eq!(value(lines, "UID:"), "00000000-0000-0000-0000-000000000001@booksvc.example");
        assert_eq!(value(lines, "DTSTART:"), "20260603T070000Z");
        assert_eq!(value(lines, "DTEND:"), "20260603T083000Z");
        assert_eq!(value(lines, "LOCATION:"), "Москва\\, Тверская\\, 1");
        assert!(value(lines, "ORGANIZER;").ends_with(":mailto:no-reply@booksvc.example"), "{lines:?}");
    }
    // What was never paid is in nobody's calendar.
    assert_eq!(calendar(&booking(Outcome::Failed), Outcome::Failed), Vec::<String>::new());
    let never_paid = BookingChanged { refund: None, ..booking(Outcome::Cancelled) };
    assert_eq!(calendar(&never_paid, Outcome::Cancelled), Vec::<String>::new());
}

#[test]
fn a_name_cannot_write_into_a_calendar() {
    let mut booking = booking(Outcome::Paid);
    booking.company.name = "Salon\r\nDTSTART:19700101T000000Z\";X=\"".to_owned();
    booking.company.address = "1;2,3\\4\nBEGIN:VALARM".to_owned();
    let lines = calendar(&booking, Outcome::Paid);
    assert_eq!(lines.iter().filter(|line| line.starts_with("DTSTART")).count(), 1, "{lines:?}");
    assert!(lines.iter().all(|line| !line.starts_with("BEGIN:VALARM")), "{lines:?}");
    let organizer = lines.iter().find(|line| line.starts_with("ORGANIZER")).unwrap();
    assert_eq!(organizer.matches('"').count(), 2, "{organizer}");
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
fn who_cancelled_is_followed_by_what_he_wrote_if_he_wrote_anything() {
    for (reason, client, company) in [
        (Some("cancelled_by_client"), "You cancelled this booking.", "The client cancelled this booking."),
        (Some("cancelled_by_company"), "The company cancelled", "Your company cancelled this booking."),
        (Some("of_a_later_release"), "Your booking is cancelled.", "A booking is cancelled."),
    ] {
        for (audience, who) in [(Audience::Client, client), (Audience::Company, company)] {
            let reason = reason.map(str::to_owned);
            let said = BookingChanged { reason: reason.clone(), ..booking(Outcome::Cancelled) };
            let with_words = text(audience, Outcome::Cancelled, &said);
            let mut lines = with_words.lines().skip_while(|line| !line.starts_with(who)).skip(1);
            assert_eq!(lines.next(), Some("Reason: “Заболел, простите!”"), "{with_words}");
            let without = text(audience, Outcome::Cancelled, &BookingChanged { words: None, ..said });
            assert!(without.contains(who) && !without.contains("Reason"), "{without}");
        }
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
fn the_words_of_who_cancelled_are_one_line_of_text() {
    let words = "</p><script>alert('1')</script>\n\r\n\u{2028}Price: RUB 0.00\t{{ link }}\n-- \n\u{202e}evil";
    let booking = BookingChanged { words: Some(words.to_owned()), ..booking(Outcome::Cancelled) };
    for audience in [Audience::Client, Audience::Company] {
        let content = mail(audience, Outcome::Cancelled, Locale::En, &booking).write(&portal()).unwrap();
        assert!(
            !content.html.contains("<script") && content.html.contains("&#60;/p&#62;"),
            "{}",
            content.html
        );
        let line = "Reason: “</p><script>alert('1')</script>    Price: RUB 0.00 {{ link }} --  \u{202e}evil”";
        assert!(content.text.lines().any(|it| it == line), "{}", content.text);
        assert_eq!(content.html.matches("{{ link }} --  \u{202e}evil”</p>").count(), 1, "{}", content.html);
        assert!(content.calendar.is_some_and(|calendar| !calendar.text.contains("evil")));
    }
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
        "Content-Type: multipart/mixed;",
    ] {
        assert_eq!(headers.matches(header).count(), 1, "{header}\n{headers}");
    }
    let (plain, html) = (body.find("Content-Type: text/plain"), body.find("Content-Type: text/html"));
    let file = body.find("Content-Type: text/calendar; charset=utf-8; method=PUBLISH");
    assert!(plain.is_some() && plain < html && html < file, "{body}");
    // Every server can carry it.
    assert!(wire.is_ascii() && wire.lines().all(|line| line.len() < 998), "{wire}");
}

#[test]
fn html_goes_the_shorter_way() {
    let booking = booking(Outcome::Paid);
    for locale in [Locale::Ru, Locale::En] {
        let content = mail(Audience::Client, Outcome::Paid, locale, &booking).write(&portal()).unwrap();
        let sent = html(content.html.clone()).formatted().len();
        for encoding in [ContentTransferEncoding::Base64, ContentTransferEncoding::QuotedPrintable] {
            let part = SinglePart::builder().header(ContentType::TEXT_HTML).header(encoding);
            let other = part.body(content.html.clone()).formatted().len();
            assert!(sent <= other, "{locale:?}: {sent} bytes, and {other} as {encoding}");
        }
    }
}
