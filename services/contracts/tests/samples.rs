//! Every message as it lies in Kafka: what we write is the sample, and what we read of the sample is what was
//! written. A sample that must change is a change that running consumers will meet.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

use std::fmt::Debug;

use contracts::envelope::Envelope;
use contracts::http::booking::{BookingStatus, OfferStatus};
use contracts::http::company::{CancellationPolicy, Location, Role};
use contracts::ids::{BookingId, CompanyId, OfferId, ServiceId, UserId};
use contracts::messages::Message;
use contracts::messages::booking::{
    BookedCompany, BookedService, BookingChanged, BookingEvent, OfferChanged,
};
use contracts::messages::company::{
    CompanyChanged, CompanyEvent, CompanyMember, InvitationEvent, InvitationMade,
};
use contracts::messages::customer::{CustomerChanged, CustomerEvent};
use contracts::messages::notification::{Audience, MailSent, NotificationEvent, Outcome};
use contracts::messages::payment::{
    Answer, ChargeDeclined, DeclineReason, Order, PaymentCommand, PaymentEvent, Refund,
};
use contracts::money::{Currency, Money};
use serde_json::Value;

#[track_caller]
fn is_sample<M: Message + Debug + PartialEq>(message: &M, sample: &str) {
    let envelope: Envelope = serde_json::from_str(sample).unwrap();
    assert_eq!(envelope.kind, message.kind());
    assert_eq!(envelope.schema, message.schema());
    assert_eq!(envelope.key, message.key());
    assert_eq!(M::parse(&envelope.kind, &envelope.payload).unwrap().as_ref(), Some(message));

    let written = Envelope { payload: message.payload().unwrap(), ..envelope };
    let written = serde_json::to_value(written).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(sample).unwrap());
}

#[test]
fn customer_changed() {
    let customer = CustomerChanged {
        user_id: "3f2b8c1e-6a4d-4e8b-9c57-0d1e2f3a4b5c".parse().unwrap(),
        email: "ivan@example.com".to_owned(),
        first_name: "Иван".to_owned(),
        last_name: "O'Brien".to_owned(),
        phone: Some("+7 (912) 345-67-89".to_owned()),
        locale: "ru".to_owned(),
        time_zone: "Europe/Moscow".to_owned(),
    };
    is_sample(&CustomerEvent::CustomerChanged(customer), include_str!("samples/customer_changed.json"));
}

#[test]
fn invitation_made() {
    let invitation = InvitationMade {
        invitation_id: "01900000-0000-7000-8000-0000000000e0".parse().unwrap(),
        company_id: "01900000-0000-7000-8000-0000000000c0".parse().unwrap(),
        company_name: "Барбершоп «У Ивана»".to_owned(),
        role: Role::Manager,
        email: "olga@example.com".to_owned(),
        inviter: "Иван O'Brien".to_owned(),
        locale: "ru".to_owned(),
        sealed_token: "AQID".to_owned(),
        expires_at: "2026-12-06T10:00:00Z".parse().unwrap(),
    };
    assert!(!format!("{invitation:?}").contains("AQID"));
    is_sample(&InvitationEvent::InvitationMade(invitation), include_str!("samples/invitation_made.json"));
}

#[test]
fn a_kind_of_a_later_release_is_no_error() {
    let payload = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
    assert_eq!(CustomerEvent::parse("CustomerErased", &payload).unwrap(), None);
}

fn booking_id() -> BookingId {
    "01900000-0000-7000-8000-0000000000b0".parse().unwrap()
}

fn offer_id() -> OfferId {
    "01900000-0000-7000-8000-0000000000f0".parse().unwrap()
}

fn company_id() -> CompanyId {
    "01900000-0000-7000-8000-0000000000c0".parse().unwrap()
}

fn client_id() -> UserId {
    "3f2b8c1e-6a4d-4e8b-9c57-0d1e2f3a4b5c".parse().unwrap()
}

fn member_id() -> UserId {
    "7b1d2c3e-6a4d-4e8b-9c57-0d1e2f3a4b5c".parse().unwrap()
}

const POLICY: CancellationPolicy = CancellationPolicy { free_until_hours: 24, late_refund_percent: 30 };
const LOCATION: Option<Location> = Some(Location { lat: 55.7575, lon: 37.615 });

#[test]
fn company_changed() {
    let company = CompanyChanged {
        company_id: company_id(),
        name: "Клиника «Сердце»".to_owned(),
        description: None,
        address: "Москва, Тверская, 1".to_owned(),
        phone: "+7 495 123-45-67".to_owned(),
        email: Some("heart@example.com".to_owned()),
        location: LOCATION,
        time_zone: "Europe/Moscow".to_owned(),
        cancellation_policy: POLICY,
        active: true,
        logo: Some("/api/v1/company/01900000-0000-7000-8000-0000000000c0/logo?v=0a1b".to_owned()),
        members: vec![CompanyMember { user_id: member_id(), role: Role::Owner }],
    };
    is_sample(&CompanyEvent::CompanyChanged(company), include_str!("samples/company_changed.json"));
}

#[test]
fn the_orders_to_payment() {
    let order = Order {
        booking_id: booking_id(),
        user_id: client_id(),
        company_id: company_id(),
        amount: Money(150_050),
        currency: Currency::Rub,
    };
    is_sample(&PaymentCommand::Charge(order.clone()), include_str!("samples/charge.json"));
    is_sample(&PaymentCommand::VoidCharge(order.clone()), include_str!("samples/void_charge.json"));
    is_sample(&PaymentCommand::Settle(order), include_str!("samples/settle.json"));
    let refund = Refund {
        booking_id: booking_id(),
        user_id: client_id(),
        company_id: company_id(),
        refund: Money(45_015),
        rest: Money(105_035),
        currency: Currency::Rub,
    };
    is_sample(&PaymentCommand::Refund(refund), include_str!("samples/refund.json"));
}

#[test]
fn the_answers_of_payment() {
    let answer = Answer { booking_id: booking_id() };
    is_sample(&PaymentEvent::Charged(answer.clone()), include_str!("samples/charged.json"));
    is_sample(&PaymentEvent::ChargeVoided(answer.clone()), include_str!("samples/charge_voided.json"));
    is_sample(&PaymentEvent::Refunded(answer.clone()), include_str!("samples/refunded.json"));
    is_sample(&PaymentEvent::Settled(answer), include_str!("samples/settled.json"));
    let declined = ChargeDeclined { booking_id: booking_id(), reason: DeclineReason::InsufficientFunds };
    is_sample(&PaymentEvent::ChargeDeclined(declined), include_str!("samples/charge_declined.json"));
}

#[test]
fn offer_changed() {
    let offer = OfferChanged {
        offer_id: offer_id(),
        company_id: company_id(),
        service_id: ServiceId(20),
        starts_at: "2026-12-01T07:00:00Z".parse().unwrap(),
        duration_min: 60,
        price: Money(150_050),
        currency: Currency::Rub,
        status: OfferStatus::Open,
    };
    is_sample(&BookingEvent::OfferChanged(offer), include_str!("samples/offer_changed.json"));
}

#[test]
fn what_happens_to_a_booking() {
    let changed = |status, offer_status, reason: Option<&str>, refund| BookingChanged {
        booking_id: booking_id(),
        offer_id: offer_id(),
        status,
        booking_revision: 2,
        offer_status,
        client_id: client_id(),
        company: BookedCompany {
            id: company_id(),
            name: "Клиника «Сердце»".to_owned(),
            address: "Москва, Тверская, 1".to_owned(),
            phone: "+7 495 123-45-67".to_owned(),
            location: LOCATION,
            time_zone: "Europe/Moscow".to_owned(),
            cancellation_policy: POLICY,
        },
        service: BookedService {
            id: ServiceId(20),
            name_ru: "Кардиолог".to_owned(),
            name_en: "Cardiologist".to_owned(),
        },
        starts_at: "2026-12-01T07:00:00Z".parse().unwrap(),
        duration_min: 60,
        price: Money(150_050),
        currency: Currency::Rub,
        reason: reason.map(str::to_owned),
        words: None,
        refund,
        member_ids: vec![member_id()],
    };
    let some = Some(Money(45_015));
    let by_client = Some("cancelled_by_client");
    let plain = |status, offer_status| changed(status, offer_status, None, None);
    let reserved = plain(BookingStatus::Reserved, OfferStatus::Reserved);
    is_sample(&BookingEvent::BookingReserved(reserved), include_str!("samples/booking_reserved.json"));
    let voiding = changed(BookingStatus::Voiding, OfferStatus::Reserved, Some("timed_out"), None);
    is_sample(&BookingEvent::BookingVoiding(voiding), include_str!("samples/booking_voiding.json"));
    let paid = plain(BookingStatus::Paid, OfferStatus::Booked);
    is_sample(&BookingEvent::BookingPaid(paid.clone()), include_str!("samples/booking_paid.json"));
    is_sample(&BookingEvent::BookingNotified(paid), include_str!("samples/booking_notified.json"));
    let refunding = changed(BookingStatus::Refunding, OfferStatus::Booked, by_client, some);
    is_sample(&BookingEvent::BookingRefunding(refunding), include_str!("samples/booking_refunding.json"));
    let failed = changed(BookingStatus::Failed, OfferStatus::Open, Some("insufficient_funds"), None);
    is_sample(&BookingEvent::BookingFailed(failed), include_str!("samples/booking_failed.json"));
    let cancelled = changed(BookingStatus::Cancelled, OfferStatus::Open, by_client, some);
    is_sample(
        &BookingEvent::BookingCancelled(cancelled.clone()),
        include_str!("samples/booking_cancelled.json"),
    );
    let words = Some("Заболел.\n\"До встречи\"".to_owned());
    let with_words = BookingEvent::BookingCancelled(BookingChanged { words, ..cancelled });
    is_sample(&with_words, include_str!("samples/booking_cancelled_with_words.json"));
    let completed = plain(BookingStatus::Completed, OfferStatus::Booked);
    is_sample(&BookingEvent::BookingCompleted(completed), include_str!("samples/booking_completed.json"));
    let no_show = plain(BookingStatus::NoShow, OfferStatus::Booked);
    is_sample(&BookingEvent::BookingNoShow(no_show), include_str!("samples/booking_no_show.json"));
}

#[test]
fn mail_sent() {
    let sent = MailSent {
        booking_id: booking_id(),
        outcome: Outcome::Paid,
        audience: Audience::Client,
        user_id: client_id(),
        sent_at: "2026-11-22T10:00:01Z".parse().unwrap(),
    };
    is_sample(&NotificationEvent::MailSent(sent), include_str!("samples/mail_sent.json"));
}
