//! Every message as it lies in Kafka: what we write is the sample, and what we read of the sample is what was
//! written. A sample that must change is a change that running consumers will meet.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

use std::fmt::Debug;

use contracts::envelope::Envelope;
use contracts::messages::Message;
use contracts::messages::customer::{CustomerChanged, CustomerEvent};
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
fn a_kind_of_a_later_release_is_no_error() {
    let payload = serde_json::value::RawValue::from_string("{}".to_owned()).unwrap();
    assert_eq!(CustomerEvent::parse("CustomerErased", &payload).unwrap(), None);
}
