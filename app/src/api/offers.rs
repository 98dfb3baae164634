//! What can be booked: search, one offer, book it.

use leptos::prelude::*;
use leptos::server_fn::codec::Json;
use serde::{Deserialize, Serialize};

use super::protocol::Answer;
use super::{ApiError, Filter, OfferStatus, When};

/// How a visitor may search.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchForm {
    /// Empty while the catalogue is away.
    pub categories: Vec<Category>,
    /// Two weeks, beginning with today.
    pub days: Vec<Day>,
}

/// A branch of the catalogue with its services.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    pub id: String,
    pub name: String,
    pub services: Vec<(String, String)>,
}

/// A day of the date strip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// `2026-06-03`
    pub date: String,
    /// `Wed 3 Jun`
    pub label: String,
}

/// An offer in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferCard {
    pub id: String,
    pub service: String,
    pub company: String,
    pub when: When,
    pub duration: String,
    pub price: String,
    pub status: OfferStatus,
    pub revision: i64,
}

/// A page of what was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SearchPage {
    pub offers: Vec<OfferCard>,
    /// The company that the search is limited to, where its name can be had.
    pub company: Option<String>,
    /// The cursor of the next page.
    pub next: Option<String>,
    /// The stream that tells what becomes of these offers.
    pub live: Option<String>,
    /// Where nothing was found: the soonest later offer that fits otherwise.
    pub nearest: Option<Nearest>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nearest {
    pub when: When,
    /// The day to search for, on the viewer's clock.
    pub date: String,
}

/// Everything about one offer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferPage {
    pub card: OfferCard,
    pub service_id: String,
    /// `1500.00`, as the service compares it.
    pub amount: String,
    pub description: Option<String>,
    pub about_company: Option<String>,
    pub address: String,
    pub phone: String,
    /// A map of the place, elsewhere.
    pub map: Option<String>,
    /// The cancellation policy in words.
    pub policy: String,
    /// Open, in the future, and of a company that takes bookings.
    pub is_bookable: bool,
    /// The viewer's own booking that holds it.
    pub own_booking: Option<String>,
    /// For a viewer who is signed in.
    pub checkout: Option<Checkout>,
    /// Where it cannot be booked: the nearest ones that can.
    pub alternatives: Vec<OfferCard>,
    /// The stream that tells what becomes of it.
    pub live: Option<String>,
}

/// What a booking would do to the viewer's wallet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkout {
    /// `None` where the wallet cannot be asked now.
    pub balance: Option<String>,
    /// What would be left; `None` when it is not enough.
    pub after: Option<String>,
    /// How much is missing.
    pub shortfall: Option<Shortfall>,
    /// Under which this form books once.
    pub book_key: String,
    /// Under which the form for a top-up does so once.
    pub top_up_key: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    pub text: String,
    /// `500.00`
    pub amount: String,
}

/// What the form of the search offers. It is there even when no service answers.
#[server(endpoint = "offers/form", output = Answer)]
pub async fn read_search_form() -> Result<SearchForm, ApiError> {
    let calls = crate::gateway::calls()?;
    let categories = server::categories(&calls).await.unwrap_or_default();
    Ok(SearchForm { categories, days: server::days(&calls) })
}

/// A page of the offers that can be booked and fit.
#[server(endpoint = "offers/search", input = Json, output = Answer)]
pub async fn search_offers(filter: Filter) -> Result<SearchPage, ApiError> {
    let calls = crate::gateway::calls()?;
    server::search(&calls, &filter).await
}

/// The soonest offers of all.
#[server(endpoint = "offers/soonest", output = Answer)]
pub async fn list_soonest_offers() -> Result<Vec<OfferCard>, ApiError> {
    let calls = crate::gateway::calls()?;
    server::soonest(&calls).await
}

/// One offer, with what this viewer can do about it.
#[server(endpoint = "offers/read", output = Answer)]
pub async fn read_offer(id: String) -> Result<OfferPage, ApiError> {
    let calls = crate::gateway::calls()?;
    server::offer(&calls, &id).await
}

/// Books an offer for the price that the viewer saw, once for each `key`, and leads to the booking.
#[server(endpoint = "offers/book", output = Answer)]
pub async fn book_offer(offer_id: String, expected_price: String, key: String) -> Result<(), ApiError> {
    let calls = crate::gateway::signed_in()?;
    let booking_id = server::book(&calls, &offer_id, &expected_price, &key).await?;
    leptos_axum::redirect(&format!("/bookings/{booking_id}"));
    Ok(())
}

#[cfg(feature = "ssr")]
pub(super) mod server {
    use contracts::format;
    use contracts::http::booking::{
        BookRequest, Booking, MyOffer, Offer, OfferDetail, OfferStatus as Status, Service,
    };
    use contracts::http::company::{Company, Location};
    use contracts::http::payment::Balance;
    use contracts::ids::{BookingId, CompanyId, OfferId, ServiceId};
    use contracts::money::{AmountInput, Money};
    use futures::future::OptionFuture;
    use jiff::{SignedDuration, Timestamp};
    use uuid::Uuid;

    use super::super::{FieldError, Refusal, days};
    use super::*;
    use crate::gateway::{self, Calls};

    const DAYS_IN_STRIP: i64 = 14;
    const SOONEST: &str = "6";
    /// How far the search for another day looks.
    const FAR_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 90);
    const ALTERNATIVES: usize = 3;

    pub async fn categories(calls: &Calls) -> Result<Vec<Category>, ApiError> {
        let services: Vec<Service> = calls.get("/booking/services").read().await?;
        let children = |parent: ServiceId| {
            let children = services.iter().filter(move |service| service.parent_id == Some(parent));
            children.map(|service| (service.id.to_string(), service.name.clone())).collect()
        };
        let parents = services.iter().filter(|service| service.parent_id.is_none());
        let category = |parent: &Service| Category {
            id: parent.id.to_string(),
            name: parent.name.clone(),
            services: children(parent.id),
        };
        Ok(parents.map(category).collect())
    }

    pub fn days(calls: &Calls) -> Vec<Day> {
        let name = days::viewer_zone(calls);
        let zone = days::zone(name);
        let day = |at| {
            let moment = format::moment(calls.lang.into(), at, name);
            Day { date: moment.date, label: moment.day }
        };
        days::next_days(days::now(), &zone, DAYS_IN_STRIP).into_iter().map(day).collect()
    }

    pub async fn search(calls: &Calls, filter: &Filter) -> Result<SearchPage, ApiError> {
        let zone = days::zone(days::viewer_zone(calls));
        let now = days::now();
        let window = days::window(&filter.from, &filter.to, &zone, now)
            .map_err(|no_day| invalid(calls, no_day.field, no_day.code))?;
        let Some(window) = window else {
            let (nearest, company) = futures::join!(nearest(calls, filter, now), company(calls, filter));
            return Ok(SearchPage { offers: Vec::new(), company, next: None, live: None, nearest });
        };
        let mut query = query(filter, window);
        if !filter.cursor.is_empty() {
            query.push(("cursor", filter.cursor.clone()));
        }
        let (found, company) = futures::join!(
            calls.get("/customer/offers").query(&query).list::<Offer>(),
            company(calls, filter)
        );
        let found = found?;
        let nearest = match found.items.as_slice() {
            [] if filter.cursor.is_empty() => nearest(calls, filter, window.from).await,
            _ => None,
        };
        let found = found.map(|offer| card(calls, offer));
        let live = Some(live(&filter.service_id, window));
        Ok(SearchPage { offers: found.items, company, next: found.next, live, nearest })
    }

    /// The name of the company that the search is limited to. Without it the list is as good.
    async fn company(calls: &Calls, filter: &Filter) -> Option<String> {
        let id: CompanyId = filter.company_id.parse().ok()?;
        let company: Company = calls.get(&format!("/company/{id}")).read().await.ok()?;
        Some(company.name)
    }

    fn query(filter: &Filter, window: days::Window) -> Vec<(&'static str, String)> {
        let mut query = vec![("from", window.from.to_string()), ("to", window.to.to_string())];
        let others = [
            ("service_id", &filter.service_id),
            ("q", &filter.q),
            ("time_from", &filter.time_from),
            ("time_to", &filter.time_to),
            ("price_min", &filter.price_min),
            ("price_max", &filter.price_max),
            ("company_id", &filter.company_id),
            ("sort", &filter.sort),
        ];
        query.extend(
            others
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| (name, value.clone())),
        );
        query
    }

    /// The stream of the offers that such a search finds.
    fn live(service_id: &str, window: days::Window) -> String {
        // In whole seconds: the stream needs no more.
        let seconds = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
        let mut address = format!("{}?", crate::live::LIVE_OFFERS_PATH);
        if service_id.parse::<i16>().is_ok() {
            address.push_str(&format!("service_id={service_id}&"));
        }
        address.push_str(&format!("from={}&to={}", seconds(window.from), seconds(window.to)));
        address
    }

    /// Only a suggestion: where it cannot be had there is none.
    async fn nearest(calls: &Calls, filter: &Filter, from: Timestamp) -> Option<Nearest> {
        let window = days::Window { from, to: from.checked_add(FAR_AHEAD).ok()? };
        let mut query = query(&Filter { sort: String::new(), ..filter.clone() }, window);
        query.push(("limit", "1".to_owned()));
        let found = calls.get("/customer/offers").query(&query).list::<Offer>().await.ok()?;
        let offer = found.items.into_iter().next()?;
        let zone = days::zone(days::viewer_zone(calls));
        let date = days::date(offer.datetime, &zone);
        Some(Nearest { when: calls.when(offer.datetime, &offer.time_zone), date })
    }

    pub async fn soonest(calls: &Calls) -> Result<Vec<OfferCard>, ApiError> {
        let found = calls.get("/customer/offers").query(&[("limit", SOONEST)]).list::<Offer>().await?;
        Ok(found.map(|offer| card(calls, offer)).items)
    }

    pub fn card(calls: &Calls, offer: Offer) -> OfferCard {
        let lang = calls.lang.into();
        OfferCard {
            id: offer.id.to_string(),
            when: calls.when(offer.datetime, &offer.time_zone),
            duration: format::duration(lang, offer.duration_min),
            price: format::price(lang, offer.price, offer.currency),
            service: offer.service_name,
            company: offer.company_name,
            status: offer.status.into(),
            revision: offer.revision,
        }
    }

    pub async fn offer(calls: &Calls, id: &str) -> Result<OfferPage, ApiError> {
        let id = gateway::id::<OfferId>(id)?;
        let is_known = calls.token.is_some();
        let path = format!("/offers/{id}");
        let (detail, wallet, own) = futures::join!(
            calls.get(&path).read::<OfferDetail>(),
            OptionFuture::from(is_known.then(|| calls.get("/customer/payment/balance").read::<Balance>())),
            OptionFuture::from(is_known.then(|| own_booking(calls, id))),
        );
        let OfferDetail { offer, company } = detail?;
        let now = days::now();
        let own_booking = own.flatten().map(|id| id.to_string());
        let is_bookable = offer.status == Status::Open && offer.datetime > now && company.active;
        let alternatives = if is_bookable || own_booking.is_some() {
            Vec::new()
        } else {
            alternatives(calls, offer.service_id, company.id, offer.datetime, id).await
        };
        let policy = company.cancellation_policy;
        let before = SignedDuration::from_hours(policy.free_until_hours.into());
        let free_until = offer.datetime.checked_sub(before).ok().filter(|until| *until > now);
        let free_until = free_until.map(|until| moment_words(calls, until, &offer.time_zone));
        let hour = SignedDuration::from_hours(1);
        let around = days::Window {
            from: offer.datetime.saturating_sub(hour).unwrap_or(offer.datetime),
            to: offer.datetime.saturating_add(hour).unwrap_or(offer.datetime),
        };
        // A session that has just ended looks like none.
        let checkout = match wallet {
            None | Some(Err(ApiError::SignedOut)) => None,
            Some(wallet) => Some(checkout(calls, wallet.ok(), &offer)),
        };
        Ok(OfferPage {
            service_id: offer.service_id.to_string(),
            amount: offer.price.to_string(),
            description: offer.description.clone(),
            about_company: company.description,
            address: company.address,
            phone: company.phone,
            map: company.location.map(map),
            policy: calls.lang.policy(free_until.as_deref(), policy.late_refund_percent),
            is_bookable,
            own_booking,
            checkout,
            alternatives,
            live: (offer.datetime > now).then(|| live(&offer.service_id.to_string(), around)),
            card: card(calls, offer),
        })
    }

    fn checkout(calls: &Calls, wallet: Option<Balance>, offer: &Offer) -> Checkout {
        let words = |amount| format::price(calls.lang.into(), amount, offer.currency);
        let left = wallet.as_ref().map(|wallet| wallet.balance - offer.price);
        let shortfall = left
            .filter(|left| *left < Money::ZERO)
            .map(|left| Shortfall { text: words(-left), amount: (-left).to_string() });
        Checkout {
            balance: wallet.map(|wallet| words(wallet.balance)),
            after: left.filter(|left| *left >= Money::ZERO).map(words),
            shortfall,
            book_key: new_key(),
            top_up_key: new_key(),
        }
    }

    /// Under which a form does what it does once.
    pub fn new_key() -> String {
        Uuid::new_v4().to_string()
    }

    /// The viewer's booking that holds this offer. Of those that he holds, more than a hundred are too many to look.
    async fn own_booking(calls: &Calls, id: OfferId) -> Option<BookingId> {
        let held =
            calls.get("/customer/offers/my").query(&[("limit", "100")]).list::<MyOffer>().await.ok()?;
        held.items.into_iter().find(|offer| offer.id == id).map(|offer| offer.booking_id)
    }

    /// What could be booked instead. Only a suggestion: where it cannot be had there is none.
    pub async fn alternatives(
        calls: &Calls,
        service_id: ServiceId,
        company_id: CompanyId,
        at: Timestamp,
        except: OfferId,
    ) -> Vec<OfferCard> {
        let days = |count: i64| SignedDuration::from_hours(24 * count);
        let from = at.checked_sub(days(3)).unwrap_or(at).max(days::now());
        let query = [
            ("service_id", service_id.to_string()),
            ("from", from.to_string()),
            ("to", from.checked_add(days(30)).unwrap_or(from).to_string()),
            ("limit", "100".to_owned()),
        ];
        let Ok(found) = calls.get("/customer/offers").query(&query).list::<Offer>().await else {
            return Vec::new();
        };
        let mut offers = found.items;
        offers.retain(|offer| offer.id != except);
        offers.sort_by_key(|offer| (offer.company_id != company_id, offer.datetime.duration_since(at).abs()));
        offers.truncate(ALTERNATIVES);
        offers.into_iter().map(|offer| card(calls, offer)).collect()
    }

    pub async fn book(
        calls: &Calls,
        offer_id: &str,
        expected_price: &str,
        key: &str,
    ) -> Result<BookingId, ApiError> {
        let id = gateway::id::<OfferId>(offer_id)?;
        let body = BookRequest { expected_price: Some(AmountInput::of_text(expected_price)) };
        let booking: Booking =
            calls.post(&format!("/customer/offer/{id}/book")).body(&body).once(key).read().await?;
        Ok(booking.id)
    }

    /// A link to the place.
    pub fn map(place: Location) -> String {
        let Location { lat, lon } = place;
        format!("https://www.openstreetmap.org/?mlat={lat}&mlon={lon}#map=17/{lat}/{lon}")
    }

    /// `Wed 3 Jun, 10:00 (Moscow)`
    pub fn moment_words(calls: &Calls, at: Timestamp, time_zone: &str) -> String {
        let moment = format::moment(calls.lang.into(), at, time_zone);
        format!("{}, {} ({})", moment.day, moment.time, moment.place)
    }

    fn invalid(calls: &Calls, field: &str, code: &str) -> ApiError {
        let message = calls.lang.problem(code).unwrap_or_default().to_owned();
        ApiError::Refused(Refusal {
            code: code.to_owned(),
            message: message.clone(),
            fields: vec![FieldError { field: field.to_owned(), message }],
            input: Vec::new(),
        })
    }
}
