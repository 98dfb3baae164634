//! What a company can be opened with, and what of it can be changed by whom.

use contracts::http;
use contracts::http::company::{CancellationPolicy, Location, Role};
use contracts::problem::FieldProblem;
use kit::input::{Email, Fields, Invalid, Phone, TimeZoneName, one_line, paragraphs, within};

use super::company::Company;
use super::members::Refusal;

const LONGEST_NAME: usize = 100;
const LONGEST_ADDRESS: usize = 300;
const LONGEST_DESCRIPTION: usize = 2000;

/// Where a company is that does not say in which zone.
const DEFAULT_TIME_ZONE: &str = "Europe/Moscow";

/// A company that somebody wants to open.
#[derive(Debug, Clone, PartialEq)]
pub struct NewCompany {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) phone: Phone,
    pub(crate) email: Option<Email>,
    pub(crate) description: Option<String>,
    pub(crate) time_zone: TimeZoneName,
    pub(crate) place: Option<Place>,
}

impl NewCompany {
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(body: &http::company::NewCompany) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let name = fields.take("name", one_line(&body.name, LONGEST_NAME));
        let address = fields.take("address", one_line(&body.address, LONGEST_ADDRESS));
        let phone = fields.take("phone", Phone::parse(&body.phone));
        let email = fields.take_given("email", body.email.as_deref().map(email));
        let description = fields.take_given("description", body.description.as_deref().map(description));
        let time_zone = body.time_zone.as_deref().unwrap_or(DEFAULT_TIME_ZONE);
        let time_zone = fields.take("time_zone", TimeZoneName::parse(time_zone));
        let place = body.location.and_then(|location| Place::take(&mut fields, "location.", location));
        let refused = fields.refused();
        match (name, address, phone, time_zone) {
            (Some(name), Some(address), Some(phone), Some(time_zone)) if refused.is_empty() => Ok(Self {
                name,
                address,
                phone,
                email: email.flatten(),
                description: description.flatten(),
                time_zone,
                place,
            }),
            _ => Err(refused),
        }
    }
}

/// Somewhere on earth.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place(Location);

impl Place {
    /// # Errors
    /// What is out of range, field by field.
    pub fn parse(location: Location) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        Self::take(&mut fields, "", location).ok_or_else(|| fields.refused())
    }

    /// `before` is what stands before the names of the two fields.
    fn take(fields: &mut Fields, before: &str, Location { lat, lon }: Location) -> Option<Self> {
        let lat = within(lat, -90.0, 90.0, "must be a number from -90 to 90");
        let lat = fields.take(&format!("{before}lat"), lat);
        let lon = within(lon, -180.0, 180.0, "must be a number from -180 to 180");
        let lon = fields.take(&format!("{before}lon"), lon);
        Some(Self(Location { lat: lat?, lon: lon? }))
    }

    pub fn location(self) -> Location {
        self.0
    }
}

/// What clients get back who cancel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Policy(CancellationPolicy);

impl Policy {
    fn take(fields: &mut Fields, policy: CancellationPolicy) -> Option<Self> {
        let CancellationPolicy { free_until_hours, late_refund_percent } = policy;
        let free_until_hours = within(free_until_hours, 0, 720, "must be a whole number from 0 to 720");
        let free_until_hours = fields.take("cancellation_policy.free_until_hours", free_until_hours);
        let late_refund_percent = within(late_refund_percent, 0, 100, "must be a whole number from 0 to 100");
        let late_refund_percent = fields.take("cancellation_policy.late_refund_percent", late_refund_percent);
        Some(Self(CancellationPolicy {
            free_until_hours: free_until_hours?,
            late_refund_percent: late_refund_percent?,
        }))
    }
}

/// What somebody wants to have otherwise; `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Details {
    name: Option<String>,
    address: Option<String>,
    phone: Option<Phone>,
    /// `Some(None)` is to have none any more; of the description likewise.
    email: Option<Option<Email>>,
    description: Option<Option<String>>,
    time_zone: Option<TimeZoneName>,
    policy: Option<Policy>,
}

impl Details {
    /// # Errors
    /// All that is wrong, field by field.
    pub fn parse(body: &http::company::CompanyChange) -> Result<Self, Vec<FieldProblem>> {
        let mut fields = Fields::default();
        let name = body.name.as_deref().map(|name| one_line(name, LONGEST_NAME));
        let address = body.address.as_deref().map(|address| one_line(address, LONGEST_ADDRESS));
        let details = Self {
            name: fields.take_given("name", name),
            address: fields.take_given("address", address),
            phone: fields.take_given("phone", body.phone.as_deref().map(Phone::parse)),
            email: fields.take_given("email", body.email.as_deref().map(email)),
            description: fields.take_given("description", body.description.as_deref().map(description)),
            time_zone: fields.take_given("time_zone", body.time_zone.as_deref().map(TimeZoneName::parse)),
            policy: body.cancellation_policy.and_then(|policy| Policy::take(&mut fields, policy)),
        };
        let refused = fields.refused();
        if refused.is_empty() { Ok(details) } else { Err(refused) }
    }
}

/// A change of the company itself.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    Details(Details),
    Place(Place),
    Activate,
    Deactivate,
}

impl Change {
    /// The company as it is afterwards. One that is like that already comes back equal, whoever asks.
    ///
    /// # Errors
    /// When somebody of this `role` may not.
    pub fn apply(self, by: Role, company: Company) -> Result<Company, Refusal> {
        if by < self.least_role() {
            return Err(Refusal::OwnersOnly);
        }
        Ok(match self {
            Self::Details(details) => Company {
                name: details.name.unwrap_or(company.name),
                address: details.address.unwrap_or(company.address),
                phone: details.phone.map_or(company.phone, |phone| phone.as_str().to_owned()),
                email: match details.email {
                    Some(email) => email.map(|email| email.as_str().to_owned()),
                    None => company.email,
                },
                description: details.description.unwrap_or(company.description),
                time_zone: details.time_zone.map_or(company.time_zone, |zone| zone.as_str().to_owned()),
                cancellation_policy: details
                    .policy
                    .map_or(company.cancellation_policy, |Policy(policy)| policy),
                ..company
            },
            Self::Place(place) => Company { location: Some(place.location()), ..company },
            Self::Activate => Company { active: true, ..company },
            Self::Deactivate => Company { active: false, ..company },
        })
    }

    fn least_role(&self) -> Role {
        match self {
            Self::Details(_) | Self::Place(_) => Role::Manager,
            Self::Activate | Self::Deactivate => Role::Owner,
        }
    }
}

/// Nothing but space is no address at all.
fn email(text: &str) -> Result<Option<Email>, Invalid> {
    if text.trim().is_empty() { Ok(None) } else { Email::parse(text).map(Some) }
}

fn description(text: &str) -> Result<Option<String>, Invalid> {
    paragraphs(text, LONGEST_DESCRIPTION)
}

#[cfg(test)]
mod tests {
    use contracts::ids::CompanyId;
    use serde_json::{Value, json};
    use uuid::Uuid;

    use super::*;

    /// The body of a call, with `changes` in it; `null` takes a field out.
    fn opened(changes: Value) -> Result<NewCompany, Vec<FieldProblem>> {
        let mut body =
            json!({ "name": "Барбершоп", "address": "Москва, Тверская, 1", "phone": "+7 495 123-45-67" });
        body.as_object_mut().unwrap().extend(changes.as_object().unwrap().clone());
        NewCompany::parse(&serde_json::from_value(body).unwrap())
    }

    fn details(body: Value) -> Result<Details, Vec<FieldProblem>> {
        Details::parse(&serde_json::from_value(body).unwrap())
    }

    fn names(refused: Vec<FieldProblem>) -> Vec<(String, String)> {
        refused.into_iter().map(|problem| (problem.field, problem.code)).collect()
    }

    fn company() -> Company {
        Company {
            id: CompanyId(Uuid::from_u128(1)),
            name: "Барбершоп".to_owned(),
            description: Some("Стрижём".to_owned()),
            address: "Москва, Тверская, 1".to_owned(),
            phone: "+7 495 123-45-67".to_owned(),
            email: Some("office@example.com".to_owned()),
            location: None,
            time_zone: "Europe/Moscow".to_owned(),
            cancellation_policy: CancellationPolicy::default(),
            active: true,
            revision: 7,
        }
    }

    #[test]
    fn a_company_needs_only_name_address_and_phone() {
        let new = opened(json!({})).unwrap();
        assert_eq!((new.email, new.description, new.place), (None, None, None));
        assert_eq!(new.time_zone.as_str(), "Europe/Moscow");
        let new = opened(json!({ "email": " ", "description": "\n" })).unwrap();
        assert_eq!((new.email, new.description), (None, None));
    }

    #[test]
    fn markup_is_text() {
        let new =
            opened(json!({ "name": " <b>O'Brien & Sons</b> ", "description": "<script>\r\n{{x}}" })).unwrap();
        assert_eq!(new.name, "<b>O'Brien & Sons</b>");
        assert_eq!(new.description.as_deref(), Some("<script>\n{{x}}"));
    }

    #[test]
    fn what_is_wrong_with_a_new_company_is_named_by_field() {
        for (given, field, code) in [
            (json!({ "name": " " }), "name", "empty"),
            (json!({ "name": "ы".repeat(101) }), "name", "too_long"),
            (json!({ "name": "Барбершоп\nBcc: all@example.com" }), "name", "invalid_character"),
            (json!({ "address": "" }), "address", "empty"),
            (json!({ "address": "ы".repeat(301) }), "address", "too_long"),
            (json!({ "address": "Москва\u{2028}Тверская" }), "address", "invalid_character"),
            (json!({ "phone": "call me" }), "phone", "invalid_phone"),
            (json!({ "email": "office" }), "email", "invalid_email"),
            (json!({ "description": "ы".repeat(2001) }), "description", "too_long"),
            (json!({ "time_zone": "Moscow" }), "time_zone", "unknown_time_zone"),
            (json!({ "location": { "lat": 90.1, "lon": 0 } }), "location.lat", "out_of_range"),
            (json!({ "location": { "lat": 0, "lon": -180.1 } }), "location.lon", "out_of_range"),
        ] {
            let refused = names(opened(given.clone()).unwrap_err());
            assert_eq!(refused, [(field.to_owned(), code.to_owned())], "{given}");
        }
        let all =
            opened(json!({ "name": "", "phone": "", "location": { "lat": 91, "lon": 181 } })).unwrap_err();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn a_place_is_on_earth() {
        for (lat, lon) in [(0.0, 0.0), (90.0, 180.0), (-90.0, -180.0), (55.7558, 37.6173)] {
            let location = Location { lat, lon };
            assert_eq!(Place::parse(location).unwrap().location(), location);
        }
        for (lat, lon) in [
            (90.000_001, 0.0),
            (0.0, 180.000_001),
            (f64::NAN, 0.0),
            (0.0, f64::NAN),
            (f64::INFINITY, 0.0),
            (0.0, f64::NEG_INFINITY),
        ] {
            assert_eq!(Place::parse(Location { lat, lon }).unwrap_err().len(), 1, "{lat} {lon}");
        }
    }

    #[test]
    fn a_policy_has_bounds() {
        let policy = |hours: u16, percent: u8| json!({ "cancellation_policy": { "free_until_hours": hours, "late_refund_percent": percent } });
        for (hours, percent) in [(0, 0), (720, 100)] {
            assert!(details(policy(hours, percent)).is_ok(), "{hours} {percent}");
        }
        for (hours, percent, field) in [
            (721, 0, "cancellation_policy.free_until_hours"),
            (0, 101, "cancellation_policy.late_refund_percent"),
        ] {
            let refused = names(details(policy(hours, percent)).unwrap_err());
            assert_eq!(refused, [(field.to_owned(), "out_of_range".to_owned())]);
        }
    }

    #[test]
    fn what_is_left_out_stays_and_an_empty_text_removes() {
        let change = |body| Change::Details(details(body).unwrap()).apply(Role::Manager, company()).unwrap();
        assert_eq!(change(json!({})), company());
        assert_eq!(change(json!({ "email": null, "description": null })), company());
        assert_eq!(change(json!({ "email": "" })), Company { email: None, ..company() });
        assert_eq!(change(json!({ "description": " " })), Company { description: None, ..company() });
        assert_eq!(
            change(json!({ "name": "Цирюльня" })),
            Company { name: "Цирюльня".to_owned(), ..company() }
        );
        let policy = CancellationPolicy { free_until_hours: 48, late_refund_percent: 50 };
        assert_eq!(
            change(json!({ "cancellation_policy": policy })),
            Company { cancellation_policy: policy, ..company() }
        );
        for field in ["name", "address", "phone", "time_zone"] {
            assert_eq!(details(json!({ field: "" })).unwrap_err().len(), 1, "{field}");
        }
    }

    #[test]
    fn what_a_client_cannot_set_is_not_read() {
        let body = json!({ "active": false, "revision": 99, "role": "owner", "id": "x", "unknown": [1] });
        assert_eq!(details(body), Ok(Details::default()));
    }

    #[test]
    fn a_manager_changes_what_is_said_and_an_owner_whether_it_is_open() {
        let place = Place::parse(Location { lat: 55.75, lon: 37.62 }).unwrap();
        for (change, role, allowed) in [
            (Change::Details(Details::default()), Role::Manager, true),
            (Change::Details(Details::default()), Role::Owner, true),
            (Change::Place(place), Role::Manager, true),
            (Change::Place(place), Role::Owner, true),
            (Change::Activate, Role::Manager, false),
            (Change::Activate, Role::Owner, true),
            (Change::Deactivate, Role::Manager, false),
            (Change::Deactivate, Role::Owner, true),
        ] {
            let applied = change.clone().apply(role, company());
            assert_eq!(applied.is_ok(), allowed, "{change:?} {role:?}");
        }
    }
}
