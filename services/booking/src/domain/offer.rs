//! What a company publishes: an offer whose parts are right.

use contracts::http::booking::{NewOffer, OfferChange};
use contracts::ids::ServiceId;
use contracts::money::Money;
use contracts::problem::FieldProblem;
use jiff::{SignedDuration, Timestamp};
use kit::input::{self, Fields, Invalid};

use super::catalogue::{self, Service};

/// Unless the company says otherwise.
pub(super) const DEFAULT_DURATION_MIN: i32 = 60;

/// Nobody plans further ahead; a later start is a slip of the keyboard.
pub(super) const AT_MOST_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 366 * 10);

/// What an offer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    pub service: &'static Service,
    pub price: Money,
    pub starts_at: Timestamp,
    pub duration_min: i32,
    pub description: Option<String>,
}

/// What of it changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    pub service: Option<&'static Service>,
    pub price: Option<Money>,
    pub starts_at: Option<Timestamp>,
    pub duration_min: Option<i32>,
    /// An empty text takes the description away.
    pub description: Option<Option<String>>,
}

impl Terms {
    /// # Errors
    /// What is wrong, field by field.
    pub fn parse(body: &NewOffer, now: Timestamp) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let service = fields.take("service_id", service(body.service_id));
        let price = fields.take("price", input::amount(&body.price));
        let starts_at = fields.take("datetime", starts_at(&body.datetime, now));
        let minutes = body.duration_min.unwrap_or(DEFAULT_DURATION_MIN);
        let duration_min = fields.take("duration_min", duration_min(minutes));
        let text = body.description.as_deref().unwrap_or_default();
        let description = fields.take("description", input::paragraphs(text, 2_000));
        match (service, price, starts_at, duration_min, description) {
            (Some(service), Some(price), Some(starts_at), Some(duration_min), Some(description)) => {
                Ok(Self { service, price, starts_at, duration_min, description })
            }
            _ => Err(fields.refused()),
        }
    }
}

impl Change {
    /// # Errors
    /// What is wrong, field by field.
    pub fn parse(body: &OfferChange, now: Timestamp) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let change = Self {
            service: fields.take_given("service_id", body.service_id.map(service)),
            price: fields.take_given("price", body.price.as_ref().map(input::amount)),
            starts_at: fields
                .take_given("datetime", body.datetime.as_deref().map(|text| starts_at(text, now))),
            duration_min: fields.take_given("duration_min", body.duration_min.map(duration_min)),
            description: fields.take_given(
                "description",
                body.description.as_deref().map(|text| input::paragraphs(text, 2_000)),
            ),
        };
        let refused = fields.refused();
        if refused.is_empty() { Ok(change) } else { Err(refused) }
    }
}

pub(super) fn service(id: ServiceId) -> Result<&'static Service, Invalid> {
    catalogue::find(id).ok_or(Invalid::new("unknown_service", "must be a service of the catalogue"))
}

fn starts_at(text: &str, now: Timestamp) -> Result<Timestamp, Invalid> {
    let starts_at = input::instant(text)?;
    if starts_at <= now {
        return Err(Invalid::new("in_the_past", "must be in the future"));
    }
    if starts_at.duration_since(now) > AT_MOST_AHEAD {
        return Err(Invalid::new("too_far_ahead", "must be within ten years"));
    }
    Ok(starts_at)
}

pub(super) fn duration_min(minutes: i32) -> Result<i32, Invalid> {
    input::within(minutes, 5, 1_440, "must be 5 to 1440 minutes")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn refused(body: serde_json::Value) -> Vec<(String, String)> {
        let body: NewOffer = serde_json::from_value(body).unwrap();
        let problems = Terms::parse(&body, now()).unwrap_err();
        problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    #[test]
    fn an_offer_is_an_instant_whatever_its_offset_and_an_hour_unless_it_says_otherwise() {
        let body = json!({ "service_id": 20, "price": "1500.5", "datetime": "2026-02-01T10:00:00+03:00", "active": true });
        let body: NewOffer = serde_json::from_str(&body.to_string()).unwrap();
        let terms = Terms::parse(&body, now()).unwrap();
        assert_eq!(terms.starts_at.to_string(), "2026-02-01T07:00:00Z");
        assert_eq!((terms.price, terms.duration_min, terms.description), (Money(150_050), 60, None));
    }

    #[test]
    fn all_that_is_wrong_is_named_at_once() {
        let body = r#"{"service_id": 99, "price": -1, "datetime": "2025-12-31T23:59:59Z", "duration_min": 4, "description": "a\u0000"}"#;
        let codes = refused(serde_json::from_str(body).unwrap());
        let expected = [
            ("service_id", "unknown_service"),
            ("price", "not_positive"),
            ("datetime", "in_the_past"),
            ("duration_min", "out_of_range"),
            ("description", "invalid_character"),
        ];
        assert_eq!(codes, expected.map(|(field, code)| (field.to_owned(), code.to_owned())));
    }

    #[test]
    fn a_start_is_in_the_future_and_within_ten_years() {
        for (text, code) in [
            ("2026-01-01T00:00:00Z", "in_the_past"),
            ("2036-06-01T00:00:00Z", "too_far_ahead"),
            ("2026-02-01T10:00:00", "invalid_datetime"),
        ] {
            assert_eq!(starts_at(text, now()).unwrap_err().code, code, "{text}");
        }
        assert!(starts_at("2035-12-31T00:00:00Z", now()).is_ok());
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name() {
        let change = Change::parse(&OfferChange::default(), now()).unwrap();
        assert_eq!(change, Change::default());
        let body = OfferChange { description: Some(String::new()), ..OfferChange::default() };
        assert_eq!(Change::parse(&body, now()).unwrap().description, Some(None));
    }
}
