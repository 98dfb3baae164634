//! What a company publishes.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use serde::{Deserialize, Serialize};

use super::companies::OfCompany;
use super::protocol::Answer;
use super::{ApiError, OfferStatus, When};
#[cfg(feature = "ssr")]
use crate::gateway;

/// An offer as its company sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CompanyOffer {
    pub id: String,
    pub when: When,
    pub service: String,
    pub price: String,
    pub duration: String,
    pub description: Option<String>,
    pub status: OfferStatus,
    pub revision: i64,
}

/// A company's offers from a day on, in the order of their beginning.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferList {
    pub offers: Vec<CompanyOffer>,
    /// Whether there are more than were asked for.
    pub has_more: bool,
}

/// A branch of the catalogue with what can be offered in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceGroup {
    pub name: String,
    pub services: Vec<ServiceChoice>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceChoice {
    pub id: String,
    pub name: String,
}

/// What the form of an offer holds, each as its input writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferFields {
    pub service_id: String,
    /// `2026-06-03`, at the venue.
    pub date: String,
    /// `10:00`, at the venue.
    pub time: String,
    pub duration_min: String,
    /// `1500.00`
    pub price: String,
    pub description: String,
}

/// All that the form of a new offer needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferForm {
    /// What stands in it at first.
    pub fields: OfferFields,
    /// The day that it is at the venue: no offer begins before.
    pub today: String,
}

/// An offer, and how its form begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferEdit {
    pub offer: CompanyOffer,
    pub form: OfferForm,
}

/// The most that one list shows; who looks for more narrows it.
pub const LONGEST_LIST: u16 = 500;

/// The catalogue by its branches, in the viewer's language.
///
/// # Errors
/// Those of `booking`.
#[server(endpoint = "companies/services", input = GetUrl, output = Answer)]
pub async fn service_groups() -> Result<Vec<ServiceGroup>, ApiError> {
    let calls = gateway::calls()?;
    Ok(server::groups(&calls.get("/booking/services").read::<Vec<_>>().await?))
}

/// A company's offers, at most `shown`. `from` and `to` are days at the venue; an empty filter is none, but for
/// `from`, which is today then.
///
/// # Errors
/// `Forbidden` for whoever does not act for the company.
#[server(endpoint = "companies/offers", input = GetUrl, output = Answer)]
pub async fn list_company_offers(
    company_id: String,
    status: String,
    service_id: String,
    from: String,
    to: String,
    shown: u16,
) -> Result<OfCompany<OfferList>, ApiError> {
    use super::{companies, local_time, pages};
    use contracts::http::booking::Offer;

    let calls = gateway::signed_in()?;
    let company = companies::member_of(&calls, &company_id).await?;
    let zone = local_time::zone(&company.time_zone);
    let today = local_time::day_of(local_time::now(), &zone);
    let from = if local_time::day_begins(&from, &zone).is_some() { from } else { today };
    let filter = server::Filter {
        status: OfferStatus::parse(&status).map(OfferStatus::code),
        service_id: service_id.parse().ok(),
        from: local_time::day_begins(&from, &zone),
        to: local_time::day_ends(&to, &zone),
    };
    let path = format!("/company/{}/offers", company.id);
    let offers = pages::first::<Offer>(&calls, &path, &filter, shown.min(LONGEST_LIST)).await?;
    let has_more = offers.next.is_some();
    let offers = offers.map(|offer| server::view(&calls, offer)).items;
    Ok(OfCompany { company: companies::head(&calls, &company), content: OfferList { offers, has_more } })
}

/// How the form of a new offer begins: like the offer `like`, where that is one of the company.
///
/// # Errors
/// `Forbidden` for whoever does not act for the company.
#[server(endpoint = "companies/offers/form", input = GetUrl, output = Answer)]
pub async fn new_offer_form(company_id: String, like: String) -> Result<OfCompany<OfferForm>, ApiError> {
    use super::{companies, local_time};

    let calls = gateway::signed_in()?;
    let company = companies::member_of(&calls, &company_id).await?;
    let today = local_time::day_of(local_time::now(), &local_time::zone(&company.time_zone));
    // A form that cannot begin like another one begins empty.
    let fields = match server::find(&calls, &company, &like).await {
        Ok(offer) => OfferFields { date: String::new(), time: String::new(), ..server::fields(&offer) },
        Err(_) => server::empty(),
    };
    Ok(OfCompany { company: companies::head(&calls, &company), content: OfferForm { fields, today } })
}

/// One of the company's offers.
///
/// # Errors
/// `Forbidden` for whoever does not act for the company, `NotFound` for another one's offer.
#[server(endpoint = "companies/offer", input = GetUrl, output = Answer)]
pub async fn read_company_offer(
    company_id: String,
    offer_id: String,
) -> Result<OfCompany<OfferEdit>, ApiError> {
    use super::{companies, local_time};

    let calls = gateway::signed_in()?;
    let company = companies::member_of(&calls, &company_id).await?;
    let offer = server::find(&calls, &company, &offer_id).await?;
    let today = local_time::day_of(local_time::now(), &local_time::zone(&offer.time_zone));
    let form = OfferForm { fields: server::fields(&offer), today };
    let offer = server::view(&calls, offer);
    Ok(OfCompany { company: companies::head(&calls, &company), content: OfferEdit { offer, form } })
}

/// Publishes an offer and leads to the list. `date` and `time` are those of the venue.
///
/// # Errors
/// What is wrong, field by field; both fields of the beginning are `datetime`.
#[server(endpoint = "companies/offers/publish", output = Answer)]
pub async fn publish_offer(
    company_id: String,
    service_id: String,
    date: String,
    time: String,
    duration_min: String,
    price: String,
    description: String,
) -> Result<(), ApiError> {
    use contracts::http::booking::Offer;

    use super::{companies, local_time};

    let calls = gateway::signed_in()?;
    let fields = OfferFields { service_id, date, time, duration_min, price, description };
    let publish = async {
        let company = companies::member_of(&calls, &company_id).await?;
        let offer = server::new_offer(calls.lang, &fields, &local_time::zone(&company.time_zone))?;
        calls.post(&format!("/company/{}/offers", company.id)).body(&offer).read::<Offer>().await
    };
    let offer = publish.await.map_err(|error| server::with_fields(error, &fields))?;
    leptos_axum::redirect(&format!("/manage/{}/offers?done=published&like={}", offer.company_id, offer.id));
    Ok(())
}

/// Changes an open offer and leads to the list.
///
/// # Errors
/// What is wrong, field by field; `not_open` when somebody has taken it meanwhile.
#[server(endpoint = "companies/offers/change", output = Answer)]
pub async fn change_offer(
    company_id: String,
    offer_id: String,
    date: String,
    time: String,
    duration_min: String,
    price: String,
    description: String,
) -> Result<(), ApiError> {
    use super::companies;

    let calls = gateway::signed_in()?;
    let fields = OfferFields { service_id: String::new(), date, time, duration_min, price, description };
    let change = async {
        let company = companies::member_of(&calls, &company_id).await?;
        let offer = server::find(&calls, &company, &offer_id).await?;
        let change = server::offer_change(calls.lang, &fields, &offer)?;
        calls.put(&format!("/company/{}/offers/{}", company.id, offer.id)).body(&change).done().await?;
        Ok(company.id)
    };
    let company_id = change.await.map_err(|error| server::with_fields(error, &fields))?;
    leptos_axum::redirect(&format!("/manage/{company_id}/offers?done=changed"));
    Ok(())
}

/// Takes an open offer back and leads to the list.
///
/// # Errors
/// `not_open` when somebody has taken it meanwhile.
#[server(endpoint = "companies/offers/withdraw", output = Answer)]
pub async fn withdraw_offer(company_id: String, offer_id: String) -> Result<(), ApiError> {
    use contracts::ids::{CompanyId, OfferId};

    let calls = gateway::signed_in()?;
    let company_id = gateway::id::<CompanyId>(&company_id)?;
    let offer_id = gateway::id::<OfferId>(&offer_id)?;
    calls.delete(&format!("/company/{company_id}/offers/{offer_id}")).done().await?;
    leptos_axum::redirect(&format!("/manage/{company_id}/offers?done=withdrawn"));
    Ok(())
}

#[cfg(feature = "ssr")]
mod server {
    use contracts::format;
    use contracts::http::booking::{NewOffer, Offer, OfferChange, OfferDetail, Service};
    use contracts::http::company::Company;
    use contracts::ids::{OfferId, ServiceId};
    use contracts::money::AmountInput;
    use jiff::Timestamp;
    use jiff::tz::TimeZone;
    use serde::Serialize;

    use super::{CompanyOffer, OfferFields, ServiceChoice, ServiceGroup};
    use crate::api::local_time::{self, NoMoment};
    use crate::api::{ApiError, FieldError, Refusal};
    use crate::gateway::{self, Calls};
    use crate::i18n::Lang;

    /// How long a visit is unless the company says otherwise.
    const USUAL_DURATION_MIN: &str = "60";

    #[derive(Serialize)]
    pub(super) struct Filter {
        pub status: Option<&'static str>,
        pub service_id: Option<i16>,
        pub from: Option<Timestamp>,
        pub to: Option<Timestamp>,
    }

    /// A branch without leaves is a service itself.
    pub(super) fn groups(services: &[Service]) -> Vec<ServiceGroup> {
        let choice =
            |service: &Service| ServiceChoice { id: service.id.to_string(), name: service.name.clone() };
        let branches = services.iter().filter(|service| service.parent_id.is_none());
        branches
            .map(|branch| {
                let leaves = services.iter().filter(|service| service.parent_id == Some(branch.id));
                let mut leaves: Vec<_> = leaves.map(choice).collect();
                if leaves.is_empty() {
                    leaves.push(choice(branch));
                }
                ServiceGroup { name: branch.name.clone(), services: leaves }
            })
            .collect()
    }

    pub(super) fn view(calls: &Calls, offer: Offer) -> CompanyOffer {
        let locale = calls.lang.into();
        CompanyOffer {
            id: offer.id.to_string(),
            when: calls.when(offer.datetime, &offer.time_zone),
            service: offer.service_name,
            price: format::price(locale, offer.price, offer.currency),
            duration: format::duration(locale, offer.duration_min),
            description: offer.description,
            status: offer.status.into(),
            revision: offer.revision,
        }
    }

    /// One of the company's offers; `NotFound` for another one's.
    pub(super) async fn find(calls: &Calls, company: &Company, offer_id: &str) -> Result<Offer, ApiError> {
        let id = gateway::id::<OfferId>(offer_id)?;
        let OfferDetail { offer, .. } = calls.get(&format!("/offers/{id}")).read().await?;
        if offer.company_id == company.id { Ok(offer) } else { Err(ApiError::NotFound) }
    }

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
    pub(super) fn offer_change(
        lang: Lang,
        typed: &OfferFields,
        offer: &Offer,
    ) -> Result<OfferChange, ApiError> {
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

        #[test]
        fn a_branch_without_leaves_can_be_offered_itself() {
            let service = |id, parent: Option<i16>| Service {
                id: ServiceId(id),
                parent_id: parent.map(ServiceId),
                name: id.to_string(),
            };
            let groups = groups(&[service(1, None), service(6, None), service(7, Some(1))]);
            let ids: Vec<_> =
                groups.iter().map(|group| (group.name.as_str(), group.services[0].id.as_str())).collect();
            assert_eq!(ids, [("1", "7"), ("6", "6")]);
        }
    }
}
