//! What a client looks for: the query of a search, parsed.

use contracts::ids::{CompanyId, OfferId, ServiceId};
use contracts::money::{AmountInput, Money};
use contracts::problem::FieldProblem;
use jiff::civil::Time;
use jiff::{SignedDuration, Timestamp};
use kit::input::{self, Fields, Invalid};
use kit::paging;
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use super::catalogue;
use super::plan::time;

/// Unless the client says otherwise.
const LOOKS_AHEAD: SignedDuration = SignedDuration::from_hours(24 * 30);

/// What is looked for: the filters of `GET /customer/offers` and its summary.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilterQuery {
    /// A service of the catalogue; a parent includes its children.
    #[param(value_type = Option<i16>)]
    service_id: Option<String>,
    /// RFC 3339, inclusive; now unless given.
    from: Option<String>,
    /// RFC 3339, inclusive; 30 days after `from` unless given.
    to: Option<String>,
    /// `HH:MM` on the venue's clock, inclusive.
    time_from: Option<String>,
    /// `HH:MM` on the venue's clock, inclusive; earlier than `time_from` it means the next day.
    time_to: Option<String>,
    /// A part of the company's or the service's name.
    q: Option<String>,
    price_min: Option<String>,
    price_max: Option<String>,
    company_id: Option<String>,
}

/// Which page of it, in which order.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// `datetime` (the default) or `price`.
    sort: Option<String>,
    /// 1 to 100; 50 unless given.
    #[param(value_type = Option<i64>)]
    limit: Option<String>,
    /// From the `Link` of an earlier page.
    cursor: Option<String>,
}

/// A search that makes sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    pub filter: Filter,
    pub order: Order,
    pub limit: i64,
}

/// Which offers are looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    pub services: Option<Services>,
    pub from: Timestamp,
    pub to: Timestamp,
    pub time_from: Option<Time>,
    pub time_to: Option<Time>,
    pub text: Option<Text>,
    pub price_min: Option<Money>,
    pub price_max: Option<Money>,
    pub company_id: Option<CompanyId>,
}

/// One service, or a parent with its children.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Services {
    One(ServiceId),
    Category(ServiceId),
}

/// What a name must have in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// For the companies' names.
    pub text: String,
    /// The services whose names have it.
    pub services: Vec<ServiceId>,
}

/// The order of the answer, and behind which offer the page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    ByStart(Option<AfterStart>),
    ByPrice(Option<AfterPrice>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterStart {
    pub starts_at: Timestamp,
    pub id: OfferId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AfterPrice {
    pub price: i64,
    pub starts_at: Timestamp,
    pub id: OfferId,
}

impl Search {
    /// # Errors
    /// What is wrong, field by field.
    pub fn parse(filter: &FilterQuery, page: &PageQuery, now: Timestamp) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let filter = Filter::take(filter, now, &mut fields);
        let order = order(page, &mut fields);
        let limit = fields.take("limit", paging::limit(page.limit.as_deref()));
        let refused = fields.refused();
        match (order, limit) {
            (Some(order), Some(limit)) if refused.is_empty() => Ok(Self { filter, order, limit }),
            _ => Err(refused),
        }
    }
}

impl Filter {
    /// # Errors
    /// What is wrong, field by field.
    pub fn parse(query: &FilterQuery, now: Timestamp) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let filter = Self::take(query, now, &mut fields);
        let refused = fields.refused();
        if refused.is_empty() { Ok(filter) } else { Err(refused) }
    }

    /// What can be understood of it; the rest is in `fields`.
    fn take(query: &FilterQuery, now: Timestamp, fields: &mut Fields) -> Self {
        let services = fields.take_given("service_id", query.service_id.as_deref().map(services));
        let from = fields.take_given("from", query.from.as_deref().map(input::instant_of_query));
        let to = fields.take_given("to", query.to.as_deref().map(input::instant_of_query));
        let time_from = fields.take_given("time_from", query.time_from.as_deref().map(time));
        let time_to = fields.take_given("time_to", query.time_to.as_deref().map(time));
        let text = fields.take_given("q", query.q.as_deref().map(text)).flatten();
        let price_min = fields.take_given("price_min", query.price_min.as_deref().map(price));
        let price_max = fields.take_given("price_max", query.price_max.as_deref().map(price));
        let company_id = fields.take_given("company_id", query.company_id.as_deref().map(company_id));
        if let (Some(from), Some(to)) = (from, to)
            && to < from
        {
            fields.take::<()>("to", Err(Invalid::new("before_from", "must not be before from")));
        }
        let from = from.unwrap_or(now);
        let later = || from.saturating_add(LOOKS_AHEAD).unwrap_or(Timestamp::MAX);
        let to = to.unwrap_or_else(later);
        Self { services, from, to, time_from, time_to, text, price_min, price_max, company_id }
    }
}

/// A cursor belongs to the order of the list that it came from.
fn order(query: &PageQuery, fields: &mut Fields) -> Option<Order> {
    let cursor = query.cursor.as_deref();
    match query.sort.as_deref() {
        None | Some("datetime") => {
            let after = cursor.map(paging::cursor).transpose();
            fields.take("cursor", after).map(Order::ByStart)
        }
        Some("price") => {
            let after = cursor.map(paging::cursor).transpose();
            fields.take("cursor", after).map(Order::ByPrice)
        }
        Some(_) => fields.take("sort", Err(Invalid::new("unknown_sort", "must be datetime or price"))),
    }
}

fn services(text: &str) -> Result<Services, Invalid> {
    let id = text.parse().ok().map(ServiceId);
    let service = id.and_then(catalogue::find);
    let service = service.ok_or(Invalid::new("unknown_service", "must be a service of the catalogue"))?;
    Ok(if service.parent_id.is_some() { Services::One(service.id) } else { Services::Category(service.id) })
}

fn text(text: &str) -> Result<Option<Text>, Invalid> {
    let Some(text) = input::paragraphs(text, 100)? else { return Ok(None) };
    let services = catalogue::named(&text);
    Ok(Some(Text { text, services }))
}

/// A bound of prices, which may be zero where a price may not.
fn price(text: &str) -> Result<Money, Invalid> {
    input::amount_from_zero(&AmountInput::of_text(text))
}

fn company_id(text: &str) -> Result<CompanyId, Invalid> {
    text.parse().map_err(|_| Invalid::new("invalid_id", "must be the id of a company"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:00:00Z".parse().unwrap()
    }

    fn refused(filter: &FilterQuery, page: &PageQuery) -> Vec<(String, String)> {
        let problems = Search::parse(filter, page, now()).unwrap_err();
        problems.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    #[test]
    fn nothing_asked_is_everything_of_the_next_30_days() {
        let search = Search::parse(&FilterQuery::default(), &PageQuery::default(), now()).unwrap();
        assert_eq!((search.filter.from, search.filter.to), (now(), "2026-01-31T00:00:00Z".parse().unwrap()));
        assert_eq!((search.order, search.limit), (Order::ByStart(None), 50));
    }

    #[test]
    fn a_parent_is_a_category_and_a_child_is_itself() {
        assert_eq!(services("3"), Ok(Services::Category(ServiceId(3))));
        assert_eq!(services("6"), Ok(Services::Category(ServiceId(6))));
        assert_eq!(services("20"), Ok(Services::One(ServiceId(20))));
    }

    #[test]
    fn a_bound_of_prices_may_be_zero_and_not_below() {
        assert_eq!(price("0"), Ok(Money::ZERO));
        assert_eq!(price("0.01"), Ok(Money(1)));
        assert_eq!(price("-0.01").unwrap_err().code, "not_positive");
    }

    #[test]
    fn every_field_is_refused_by_its_name() {
        let text = |text: &str| Some(text.to_owned());
        let filter = FilterQuery {
            service_id: text("99"),
            from: text("today"),
            to: text("2026-01-01"),
            time_from: text("9"),
            time_to: text("25:00"),
            q: text("a\0"),
            price_min: text("-1"),
            price_max: text("1e3"),
            company_id: text("1"),
        };
        let page = PageQuery { sort: text("name"), limit: text("0"), cursor: None };
        let fields: Vec<String> = refused(&filter, &page).into_iter().map(|(field, _)| field).collect();
        let expected = [
            "service_id",
            "from",
            "to",
            "time_from",
            "time_to",
            "q",
            "price_min",
            "price_max",
            "company_id",
            "sort",
            "limit",
        ];
        assert_eq!(fields, expected);
    }

    #[test]
    fn a_cursor_of_another_order_is_refused() {
        use base64::Engine as _;
        use base64::engine::general_purpose::URL_SAFE_NO_PAD;
        let after = AfterStart { starts_at: now(), id: OfferId(uuid::Uuid::nil()) };
        let cursor = Some(URL_SAFE_NO_PAD.encode(serde_json::to_string(&after).unwrap()));
        let filter = FilterQuery::default();
        let page = PageQuery { cursor: cursor.clone(), ..PageQuery::default() };
        assert_eq!(Search::parse(&filter, &page, now()).unwrap().order, Order::ByStart(Some(after)));
        let page = PageQuery { cursor, sort: Some("price".to_owned()), ..PageQuery::default() };
        assert_eq!(refused(&filter, &page), [("cursor".to_owned(), "invalid_cursor".to_owned())]);
    }

    #[test]
    fn a_window_that_ends_before_it_begins_is_refused() {
        let filter = FilterQuery {
            from: Some("2026-02-02T00:00:00Z".to_owned()),
            to: Some("2026-02-01T00:00:00Z".to_owned()),
            ..FilterQuery::default()
        };
        assert_eq!(refused(&filter, &PageQuery::default()), [("to".to_owned(), "before_from".to_owned())]);
    }
}
