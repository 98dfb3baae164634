use contracts::http::booking::{NewOffer, Offer, OfferChange};
use contracts::ids::ServiceId;
use contracts::money::AmountInput;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::OfferFields;
use crate::api::local_time::{self, NoMoment};
use crate::api::{ApiError, FieldError, Refusal};
use crate::i18n::Lang;

/// How long a visit is unless the company says otherwise.
const USUAL_DURATION_MIN: &str = "60";

pub(super) fn empty() -> OfferFields {
    OfferFields {
        service_id: String::new(),
        date: String::new(),
        time: String::new(),
        duration_min: USUAL_DURATION_MIN.to_owned(),
        price: String::new(),
        description: String::new(),
    }
}

pub(super) fn fields(offer: &Offer) -> OfferFields {
    let local = offer.datetime.to_zoned(local_time::zone(&offer.time_zone));
    OfferFields {
        service_id: offer.service_id.to_string(),
        date: local.date().to_string(),
        time: format!("{:02}:{:02}", local.hour(), local.minute()),
        duration_min: offer.duration_min.to_string(),
        price: offer.price.to_string(),
        description: offer.description.clone().unwrap_or_default(),
    }
}

/// What was typed, as the API wants it, or all that is wrong with it.
pub(super) fn new_offer(lang: Lang, fields: &OfferFields, zone: &TimeZone) -> Result<NewOffer, ApiError> {
    let mut wrong = Wrong::new(lang);
    let service_id = fields.service_id.parse().map(ServiceId);
    let service_id = wrong.take("service_id", service_id.map_err(|_| "unknown_service"));
    let starts_at = wrong.moment(local_time::moment(&fields.date, &fields.time, zone));
    let duration_min = wrong.take("duration_min", duration(&fields.duration_min));
    let price = wrong.take("price", price(&fields.price));
    let description = Some(fields.description.clone());
    match (service_id, starts_at, duration_min, price) {
        (Some(service_id), Some(at), Some(duration_min), Some(price)) => Ok(NewOffer {
            service_id,
            price,
            datetime: at.to_string(),
            duration_min: Some(duration_min),
            description,
        }),
        _ => Err(wrong.refused()),
    }
}

/// The same for an offer that there is. A beginning that was left as it is stays, even one that its form could
/// not name, such as within an hour that comes twice.
pub(super) fn offer_change(lang: Lang, typed: &OfferFields, offer: &Offer) -> Result<OfferChange, ApiError> {
    let mut wrong = Wrong::new(lang);
    let before = fields(offer);
    let stays = (&typed.date, &typed.time) == (&before.date, &before.time);
    let starts_at = if stays {
        None
    } else {
        let zone = local_time::zone(&offer.time_zone);
        wrong.moment(local_time::moment(&typed.date, &typed.time, &zone))
    };
    let duration_min = wrong.take("duration_min", duration(&typed.duration_min));
    let price = wrong.take("price", price(&typed.price));
    if wrong.fields.is_empty() {
        Ok(OfferChange {
            service_id: None,
            price,
            datetime: starts_at.map(|at| at.to_string()),
            duration_min,
            description: Some(typed.description.clone()),
        })
    } else {
        Err(wrong.refused())
    }
}

pub(super) fn with_fields(error: ApiError, fields: &OfferFields) -> ApiError {
    error.with_input(&[
        ("service_id", &fields.service_id),
        ("date", &fields.date),
        ("time", &fields.time),
        ("duration_min", &fields.duration_min),
        ("price", &fields.price),
        ("description", &fields.description),
    ])
}

/// What is wrong so far, in words.
struct Wrong {
    lang: Lang,
    fields: Vec<FieldError>,
}

impl Wrong {
    fn new(lang: Lang) -> Self {
        Wrong { lang, fields: Vec::new() }
    }

    fn take<T>(&mut self, field: &str, parsed: Result<T, &str>) -> Option<T> {
        match parsed {
            Ok(value) => Some(value),
            Err(code) => {
                self.say(field, self.lang.problem(code).unwrap_or(code));
                None
            }
        }
    }

    fn moment(&mut self, parsed: Result<Timestamp, NoMoment>) -> Option<Timestamp> {
        let words = match parsed {
            Ok(moment) => return Some(moment),
            Err(NoMoment::Unreadable) => self.lang.manage_start_unreadable(),
            Err(NoMoment::Skipped) => self.lang.manage_start_skipped(),
            Err(NoMoment::Twice) => self.lang.manage_start_twice(),
        };
        self.say("datetime", words);
        None
    }

    fn say(&mut self, field: &str, words: &str) {
        self.fields.push(FieldError { field: field.to_owned(), message: words.to_owned() });
    }

    fn refused(self) -> ApiError {
        ApiError::Refused(Refusal {
            code: "invalid".to_owned(),
            message: self.lang.manage_check_fields().to_owned(),
            fields: self.fields,
            input: Vec::new(),
        })
    }
}

fn duration(text: &str) -> Result<i32, &'static str> {
    match text.trim() {
        "" => Err("missing"),
        text => text.parse().map_err(|_| "wrong_type"),
    }
}

/// People write a comma, and spaces between thousands.
fn price(text: &str) -> Result<AmountInput, &'static str> {
    let plain: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    if plain.is_empty() {
        return Err("missing");
    }
    let input = AmountInput::of_text(&plain.replace(',', "."));
    input.parse().map_err(|refused| refused.code())?;
    Ok(input)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed() -> OfferFields {
        OfferFields {
            service_id: "8".to_owned(),
            date: "2026-06-03".to_owned(),
            time: "10:00".to_owned(),
            duration_min: "45".to_owned(),
            price: "1\u{a0}500,50".to_owned(),
            description: String::new(),
        }
    }

    #[test]
    fn an_offer_begins_on_the_clock_of_the_venue() {
        let offer = new_offer(Lang::En, &typed(), &local_time::zone("Asia/Vladivostok")).unwrap();
        assert_eq!(offer.datetime, "2026-06-03T00:00:00Z");
        assert_eq!(offer.price, AmountInput::of_text("1500.50"));
        assert_eq!(offer.duration_min, Some(45));
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let fields = OfferFields {
            service_id: String::new(),
            date: "2026-03-29".to_owned(),
            time: "02:30".to_owned(),
            duration_min: "long".to_owned(),
            price: "-1".to_owned(),
            description: String::new(),
        };
        let error = new_offer(Lang::En, &fields, &local_time::zone("Europe/Berlin")).unwrap_err();
        assert_eq!(error.field("datetime"), Some(Lang::En.manage_start_skipped()));
        for field in ["service_id", "duration_min", "price"] {
            assert!(error.field(field).is_some(), "{field}");
        }
    }

    #[test]
    fn a_price_is_read_as_people_write_it() {
        for (text, read) in [
            ("1500", Ok("1500")),
            (" 1 500,5 ", Ok("1500.5")),
            ("", Err("missing")),
            ("free", Err("not_an_amount")),
            ("1.005", Err("too_precise")),
            ("0", Err("not_positive")),
        ] {
            assert_eq!(price(text), read.map(AmountInput::of_text), "{text}");
        }
    }

    #[test]
    fn a_beginning_that_is_left_as_it_is_stays() {
        let offer: Offer = serde_json::from_value(serde_json::json!({
            "id": "019063a0-0000-7000-8000-000000000001",
            "company_id": "019063a0-0000-7000-8000-000000000002",
            "company_name": "Sofa",
            "service_id": 8,
            "service_name": "Haircut",
            // The second time that it is half past two that night.
            "datetime": "2026-10-25T01:30:00Z",
            "duration_min": 60,
            "price": "10.00",
            "currency": "RUB",
            "time_zone": "Europe/Berlin",
            "status": "open",
            "description": null,
            "location": null,
            "revision": 1
        }))
        .unwrap();
        let mut typed = OfferFields { price: "20".to_owned(), ..fields(&offer) };
        assert_eq!(offer_change(Lang::En, &typed, &offer).unwrap().datetime, None);
        typed.time = "02:45".to_owned();
        let error = offer_change(Lang::En, &typed, &offer).unwrap_err();
        assert_eq!(error.field("datetime"), Some(Lang::En.manage_start_twice()));
        typed.time = "03:00".to_owned();
        let change = offer_change(Lang::En, &typed, &offer).unwrap();
        assert_eq!(change.datetime.as_deref(), Some("2026-10-25T02:00:00Z"));
    }
}
