use std::collections::{BTreeSet, HashMap, HashSet};

use contracts::http::booking::BookingStatus;
use contracts::messages::booking::{BookingChanged, BookingEvent};
use contracts::messages::notification::{Audience, Outcome};
use uuid::Uuid;

use super::Line;
use super::record::{Mail, Received, Record};

/// Who is to be told what of which booking.
type Key<'a> = (Uuid, &'a str, &'a str, Uuid);

pub(super) fn lines(record: &Record) -> Vec<Line> {
    let told: HashMap<(Uuid, &str), &BookingChanged> =
        record.booking_events.iter().filter_map(|event| outcome_of(&event.message)).collect();
    let asked: HashSet<Key<'_>> = told
        .iter()
        .flat_map(|((booking_id, outcome), booking)| {
            let client = (Audience::Client.as_str(), booking.client_id.0);
            let company = booking.member_ids.iter().map(|member| (Audience::Company.as_str(), member.0));
            std::iter::once(client)
                .chain(company)
                .map(|(audience, user_id)| (*booking_id, *outcome, audience, user_id))
        })
        .collect();
    let written: HashSet<Key<'_>> = record.mails.iter().map(key).collect();
    let said: HashSet<Key<'_>> = record
        .sent
        .iter()
        .map(|sent| (sent.booking_id.0, sent.outcome.as_str(), sent.audience.as_str(), sent.user_id.0))
        .collect();
    let by_id: HashMap<Uuid, &Mail> = record.mails.iter().map(|mail| (mail.id, mail)).collect();
    let mut copies: HashMap<Uuid, Vec<&Received>> = HashMap::new();
    for received in &record.received {
        if let Some(id) = received.id {
            copies.entry(id).or_default().push(received);
        }
    }
    let sent = record.mails.iter().filter(|mail| mail.state == "sent");
    let kept = || record.mails.iter().filter(|mail| mail.state == "sent" && mail.is_kept);
    let repeated = kept().filter(|mail| copies.get(&mail.id).is_some_and(|copies| copies.len() > 1));
    vec![
        Line::each("G7", "outcomes name everybody who acts for the company", &record.bookings, |booking| {
            let outcome = mailed(booking.status)?;
            let event = told.get(&(booking.id, outcome.as_str()));
            let named: Option<BTreeSet<Uuid>> =
                event.map(|event| event.member_ids.iter().map(|member| member.0).collect());
            let meant: BTreeSet<Uuid> = booking.member_ids.iter().copied().collect();
            (named.as_ref() != Some(&meant)).then(|| format!("booking {}: {named:?}", booking.id))
        }),
        Line::each("G7", "mails that outcomes ask for are written, once each", &asked, |key| {
            (!written.contains(key)).then(|| format!("no mail for {key:?}"))
        }),
        Line::each("G7", "mails are asked for", &record.mails, |mail| {
            let asks = asked.contains(&key(mail)) || is_reminder(mail, &told);
            (!asks).then(|| format!("nothing asks for mail {} {:?}", mail.id, key(mail)))
        }),
        Line::each("G7", "mails are sent", &record.mails, |mail| {
            // A reminder goes with its visit.
            let is_withdrawn = mail.state == "withdrawn" && is_reminder(mail, &told);
            (mail.state != "sent" && !is_withdrawn).then(|| format!("mail {} is {}", mail.id, mail.state))
        }),
        Line::each("G7", "reminders came before visits that were to be", &record.mails, |mail| {
            mail.is_too_late.then(|| format!("mail {} of booking {}", mail.id, mail.booking_id))
        }),
        Line::each(
            "G7",
            "invitations are mailed, or given up for their address",
            &record.invitations,
            |id| {
                let state = record.letters.get(id).map(String::as_str);
                let is_over = matches!(state, Some("sent" | "failed" | "withdrawn"));
                (!is_over).then(|| format!("the letter of invitation {id} is {state:?}"))
            },
        ),
        Line::each("G7", "sent mails are told to be sent", sent, |mail| {
            (!said.contains(&key(mail))).then(|| format!("mail {} went out, untold", mail.id))
        }),
        Line::each(
            "G7",
            "mails sent since the inbox began lie in it, to their reader alone",
            kept(),
            |mail| {
                let copies = copies.get(&mail.id).map_or(&[][..], Vec::as_slice);
                let reader = record.addresses.get(&mail.user_id);
                let to_reader = |copy: &&Received| copy.recipients.iter().eq(reader);
                (copies.is_empty() || !copies.iter().all(to_reader))
                    .then(|| format!("mail {} has {} copies, or another reader", mail.id, copies.len()))
            },
        ),
        Line::each(
            "G7",
            "mails about bookings in the inbox are ours, under their own name",
            &record.received,
            |it| {
                let booking_id = it.booking_id?;
                let mail = it.id.and_then(|id| by_id.get(&id));
                (mail.map(|mail| mail.booking_id) != Some(booking_id))
                    .then(|| format!("a mail about booking {booking_id} under a strange Message-ID"))
            },
        ),
        // No violation: a repeat has the same Message-ID.
        Line::each("G7", "of them came twice, under the same Message-ID", repeated, |_| None),
    ]
}

/// A reminder of a visit that was paid, to its client: it may have come, or be on its way still.
fn is_reminder(mail: &Mail, told: &HashMap<(Uuid, &str), &BookingChanged>) -> bool {
    let of_a_visit = Outcome::parse(&mail.outcome).is_some_and(Outcome::is_reminder);
    let paid = told.get(&(mail.booking_id, Outcome::Paid.as_str()));
    of_a_visit
        && mail.audience == Audience::Client.as_str()
        && paid.is_some_and(|booking| booking.client_id.0 == mail.user_id)
}

fn key(mail: &Mail) -> Key<'_> {
    (mail.booking_id, &mail.outcome, &mail.audience, mail.user_id)
}

fn outcome_of(event: &BookingEvent) -> Option<((Uuid, &'static str), &BookingChanged)> {
    let (outcome, booking) = match event {
        BookingEvent::BookingPaid(booking) => (Outcome::Paid, booking),
        BookingEvent::BookingFailed(booking) => (Outcome::Failed, booking),
        BookingEvent::BookingCancelled(booking) => (Outcome::Cancelled, booking),
        BookingEvent::OfferChanged(_)
        | BookingEvent::BookingReserved(_)
        | BookingEvent::BookingVoiding(_)
        | BookingEvent::BookingRefunding(_)
        | BookingEvent::BookingCompleted(_)
        | BookingEvent::BookingNoShow(_)
        | BookingEvent::BookingNotified(_) => return None,
    };
    Some(((booking.booking_id.0, outcome.as_str()), booking))
}

/// The outcome that a booking in this state was last told by mail.
fn mailed(status: BookingStatus) -> Option<Outcome> {
    match status {
        BookingStatus::Paid => Some(Outcome::Paid),
        BookingStatus::Failed => Some(Outcome::Failed),
        BookingStatus::Cancelled => Some(Outcome::Cancelled),
        BookingStatus::Reserved
        | BookingStatus::Voiding
        | BookingStatus::Refunding
        | BookingStatus::Completed
        | BookingStatus::NoShow => None,
    }
}
