//! What the contract says of each route, and a call of it that would do something.

use contracts::http::booking::Booking;
use contracts::http::company::Invitation;
use contracts::http::customer::Tokens;
use contracts::ids::{BookingId, OfferId};
use contracts::money::Money;
use harness::gateway::Route;
use harness::market::{self, SERVICE};
use harness::person::{Account, login_of, stranger};
use harness::stack::Stack;
use jiff::Span;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::people::{People, Who};

const PRICE: Money = Money(10_000);

/// One red pixel.
pub(crate) const PICTURE: &[u8] = &[
    0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52, 0, 0, 0, 1, 0, 0,
    0, 1, 8, 2, 0, 0, 0, 0x90, 0x77, 0x53, 0xde, 0, 0, 0, 0x0c, 0x49, 0x44, 0x41, 0x54, 0x78, 0x9c, 0x63,
    0xf8, 0xcf, 0xc0, 0, 0, 3, 1, 1, 0, 0xc9, 0xfe, 0x92, 0xef, 0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae,
    0x42, 0x60, 0x82,
];

/// Who may make a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Rule {
    Anybody,
    /// Everybody with a token.
    Person,
    /// The client whose booking it is.
    OwnClient,
    /// Whoever acts for the company.
    Member,
    Owner,
}

impl Rule {
    pub(crate) fn allows(self, who: Who) -> bool {
        match self {
            Self::Anybody => true,
            Self::Person => who != Who::Nobody,
            Self::OwnClient => who == Who::ClientA,
            Self::Member => matches!(who, Who::Owner | Who::Manager),
            Self::Owner => who == Who::Owner,
        }
    }
}

/// `None` for a route that nobody has thought of.
pub(crate) fn rule(method: &str, path: &str) -> Option<Rule> {
    Some(match (method, path) {
        ("POST", "/customer/register" | "/company/register")
        | ("POST", "/customer/login" | "/company/login")
        | ("POST", "/customer/token" | "/company/token")
        | ("POST", "/customer/logout" | "/company/logout")
        | ("GET", "/company/{id}" | "/company/{id}/logo")
        | ("GET", "/booking/services" | "/customer/offers" | "/customer/offers/summary" | "/offers/{id}") => {
            Rule::Anybody
        }
        ("PUT", "/customer/session" | "/customer/profile")
        | ("GET", "/customer/profile")
        | ("POST", "/customer/email/verify" | "/customer/phone/verify" | "/customer/phone/verify/check")
        | ("POST", "/company" | "/invitations/accept")
        | ("GET", "/company/my")
        | ("POST", "/customer/offer/{id}/book")
        | ("GET", "/customer/offers/my" | "/customer/bookings")
        | ("POST", "/customer/payment/create-account" | "/customer/payment/top-up")
        | ("GET", "/customer/payment/balance" | "/customer/payment/transactions") => Rule::Person,
        ("GET", "/customer/bookings/{id}" | "/customer/bookings/{id}/cancellation")
        | ("POST", "/customer/bookings/{id}/cancel") => Rule::OwnClient,
        ("PUT", "/company/{id}")
        | ("POST", "/company/{id}/location" | "/company/{id}/logo")
        | ("GET", "/company/{id}/members")
        | ("POST" | "GET", "/company/{id}/invitations")
        | ("DELETE", "/company/{id}/invitations/{invitation}")
        | ("POST" | "GET", "/company/{id}/offers")
        | ("POST", "/company/{id}/offers/batch")
        | ("PUT" | "DELETE", "/company/{id}/offers/{offer}")
        | ("GET", "/company/{id}/summary" | "/company/{id}/bookings" | "/company/{id}/bookings/{booking}")
        | (
            "POST",
            "/company/{id}/bookings/{booking}/cancel"
            | "/company/{id}/bookings/{booking}/complete"
            | "/company/{id}/bookings/{booking}/no-show",
        )
        | ("GET", "/company/{id}/payment/balance" | "/company/{id}/payment/transactions") => Rule::Member,
        ("POST", "/company/{id}/activate" | "/company/{id}/deactivate")
        | ("PUT" | "DELETE", "/company/{id}/members/{user}") => Rule::Owner,
        _ => return None,
    })
}

/// A call with something to work on.
pub(crate) struct Called {
    pub(crate) path: String,
    pub(crate) body: Option<Value>,
}

/// A call of this route that would do something, were it made by somebody who may.
pub(crate) async fn prepare(stack: &Stack, people: &People, route: &Route) -> anyhow::Result<Called> {
    let shop = &people.shop;
    let mut path = route.path.clone();
    let mut put = |name: &str, id: String| path = path.replace(name, &id);
    match route.path.as_str() {
        "/offers/{id}" | "/customer/offer/{id}/book" => put("{id}", offer(stack, people).await?.to_string()),
        "/customer/bookings/{id}"
        | "/customer/bookings/{id}/cancellation"
        | "/customer/bookings/{id}/cancel" => {
            put("{id}", booking(stack, people).await?.to_string());
        }
        own if own.starts_with("/company/{id}") => {
            put("{id}", shop.company.id.to_string());
            if own.contains("{offer}") {
                put("{offer}", offer(stack, people).await?.to_string());
            }
            if own.contains("{booking}") {
                put("{booking}", booking(stack, people).await?.to_string());
            }
            if own.contains("{user}") {
                put("{user}", people.subordinate().user_id.to_string());
            }
            if own.contains("{invitation}") {
                let email = stranger().email;
                let made = market::invite(stack, &shop.owner, shop.company.id, &email, "manager").await?;
                put("{invitation}", made.parsed::<Invitation>(201).id.to_string());
            }
        }
        _ => {}
    }
    if route.path == "/company/{id}/logo" {
        let path = shop.path("/logo");
        stack.gateway.post(&path).token(shop.owner.token()).untyped_body(PICTURE).await?.expect(200);
    }
    let body = body(stack, people, route).await?;
    Ok(Called { path, body })
}

async fn body(stack: &Stack, people: &People, route: &Route) -> anyhow::Result<Option<Value>> {
    let shop = &people.shop;
    let start = || shop.next_start().to_string();
    // Some time ahead of the single offers.
    let day = |days: i64| -> anyhow::Result<String> {
        let start =
            shop.next_start().to_zoned(TimeZone::UTC).date().checked_add(Span::new().days(30 + days))?;
        Ok(start.to_string())
    };
    Ok(Some(match (route.method.as_str(), route.path.as_str()) {
        (_, "/customer/register" | "/company/register") => serde_json::to_value(stranger())?,
        (_, "/customer/login" | "/company/login") => {
            serde_json::to_value(login_of(&people.subordinate().person))?
        }
        (_, "/customer/token" | "/company/token" | "/customer/logout" | "/company/logout") => {
            let login = login_of(&people.subordinate().person);
            let tokens: Tokens = stack.gateway.post("/customer/login").json(&login).await?.parsed(200);
            json!({ "refresh_token": tokens.refresh_token })
        }
        ("PUT", "/customer/profile") => json!({ "last_name": "Петрова" }),
        (_, "/customer/phone/verify") => json!({ "phone": "+7 495 555-01-17" }),
        (_, "/customer/phone/verify/check") => json!({ "phone": "+7 495 555-01-17", "code": "000000" }),
        ("POST", "/company") => serde_json::to_value(market::new_company())?,
        ("PUT", "/company/{id}") => json!({ "description": Uuid::new_v4().to_string() }),
        (_, "/company/{id}/location") => json!({ "lat": 55.75, "lon": 37.62 }),
        ("PUT", "/company/{id}/members/{user}") => json!({ "role": "manager" }),
        ("POST", "/company/{id}/invitations") => json!({ "email": stranger().email, "role": "manager" }),
        (_, "/invitations/accept") => json!({ "token": token(stack, people).await? }),
        ("POST", "/company/{id}/offers") => serde_json::to_value(shop.new_offer(PRICE))?,
        (_, "/company/{id}/offers/batch") => json!({
            "service_id": SERVICE,
            "price": "100",
            "from": day(0)?,
            "to": day(6)?,
            "weekly": [{ "weekday": "monday", "times": [shop.next_start().strftime("%H:%M").to_string()] }],
        }),
        ("PUT", "/company/{id}/offers/{offer}") => json!({ "datetime": start() }),
        (_, "/customer/payment/top-up") => json!({ "amount": "1" }),
        _ => return Ok(None),
    }))
}

async fn offer(stack: &Stack, people: &People) -> anyhow::Result<OfferId> {
    Ok(people.shop.publish(stack, 1, PRICE).await?[0])
}

/// A paid booking of the first client.
async fn booking(stack: &Stack, people: &People) -> anyhow::Result<BookingId> {
    let client: &Account = people.account(Who::ClientA).expect("he has an account");
    let offer = offer(stack, people).await?;
    let answer = market::book_patiently(&stack.gateway, client, offer, &market::new_key()).await?;
    Ok(answer.parsed::<Booking>(200).id)
}

/// The token of an invitation to a company that is nobody else's business; whoever has it may accept.
async fn token(stack: &Stack, people: &People) -> anyhow::Result<String> {
    let email = stranger().email;
    market::invite(stack, &people.shop.owner, people.club.id, &email, "manager").await?.expect(201);
    market::invitation_token(stack, &email).await
}
