//! What a company publishes.

/// What was typed into the form of an offer.
#[cfg(feature = "ssr")]
mod form;

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
        Ok(offer) => OfferFields { date: String::new(), time: String::new(), ..form::fields(&offer) },
        Err(_) => form::empty(),
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
    let form = OfferForm { fields: form::fields(&offer), today };
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
        let offer = form::new_offer(calls.lang, &fields, &local_time::zone(&company.time_zone))?;
        calls.post(&format!("/company/{}/offers", company.id)).body(&offer).read::<Offer>().await
    };
    let offer = publish.await.map_err(|error| form::with_fields(error, &fields))?;
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
        let change = form::offer_change(calls.lang, &fields, &offer)?;
        calls.put(&format!("/company/{}/offers/{}", company.id, offer.id)).body(&change).done().await?;
        Ok(company.id)
    };
    let company_id = change.await.map_err(|error| form::with_fields(error, &fields))?;
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
    use contracts::http::booking::{Offer, OfferDetail, Service};
    use contracts::http::company::Company;
    use contracts::ids::OfferId;
    use jiff::Timestamp;
    use serde::Serialize;

    use super::{CompanyOffer, ServiceChoice, ServiceGroup};
    use crate::api::ApiError;
    use crate::gateway::{self, Calls};

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

    #[cfg(test)]
    mod tests {
        use contracts::ids::ServiceId;

        use super::*;

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
