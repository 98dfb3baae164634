//! Ids that name nothing.

use harness::gateway::{self, Route};
use harness::http::Server;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{Market, nobody};

const MALFORMED: [&str; 9] = [
    "x",
    "0",
    "-1",
    "null",
    "1e3",
    "01900000-0000-7000-8000-00000000000",
    "01900000-0000-7000-8000-0000000000000",
    "01900000-0000-7000-8000-00000000000g",
    "%D1%8B",
];

/// A body that would do, where the call takes one.
fn body_of(market: &Market, route: &Route) -> Option<Value> {
    let offer = json!({ "service_id": 7, "price": 1, "datetime": market.shop.next_start().to_string() });
    match (route.method.as_str(), route.path.as_str()) {
        ("POST", "/company/{id}/offers") => Some(offer),
        ("PUT", "/company/{id}/offers/{offer}" | "/company/{id}") => Some(json!({})),
        ("POST", "/company/{id}/location") => Some(json!({ "lat": 55.75, "lon": 37.61 })),
        ("PUT", "/company/{id}/members/{user}") => Some(json!({ "role": "manager" })),
        ("POST", "/company/{id}/invitations") => {
            Some(json!({ "email": "olga@example.com", "role": "manager" }))
        }
        ("POST", "/company/{id}/offers/batch") => Some(json!({
            "service_id": 7,
            "price": 1,
            "from": "2026-01-05",
            "to": "2026-01-11",
            "weekly": [{ "weekday": "monday", "times": ["10:00"] }],
        })),
        _ => None,
    }
}

/// The path with `other` in the place of `name`, and what is there for the other names.
fn path_with(market: &Market, route: &Route, name: &str, other: &str) -> String {
    let good = |part: &str| match part {
        "{id}" => market.shop.company.id.to_string(),
        "{offer}" => market.offer.to_string(),
        "{user}" => market.shop.owner.user_id.to_string(),
        "{booking}" => market.booking.to_string(),
        // One that is out is as good as none where the company is not there.
        "{invitation}" => Uuid::nil().to_string(),
        part => part.to_owned(),
    };
    let part = |part: &str| if part == name { other.to_owned() } else { good(part) };
    route.path.split('/').map(part).collect::<Vec<_>>().join("/")
}

async fn ask(market: &Market, door: &Server, route: &Route, path: &str) -> anyhow::Result<()> {
    let call = door.call(route.method(), path).token(market.shop.owner.token());
    let call = match body_of(market, route) {
        Some(body) => call.json(&body),
        None => call,
    };
    call.await?.refused(404);
    Ok(())
}

#[tokio::test]
async fn an_id_that_names_nothing_is_not_found_in_every_place_of_every_path() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    let mut asked = 0;
    for route in gateway::routes()? {
        for name in route.path.split('/').filter(|part| part.starts_with('{')) {
            let unknown = Uuid::now_v7().to_string();
            for other in MALFORMED.into_iter().chain([unknown.as_str()]) {
                for door in market.stack.doors(&route.service) {
                    ask(&market, door, &route, &path_with(&market, &route, name, other)).await?;
                    asked += 1;
                }
            }
        }
    }
    println!("{asked} calls");
    assert!(asked > 200);
    market.assert_unchanged(&before).await
}

#[tokio::test]
async fn an_offer_of_another_company_is_not_found_under_ones_own() -> anyhow::Result<()> {
    let (mine, other) = (Market::open().await?, Market::open().await?);
    let before = other.stored().await?;
    for door in mine.stack.doors("booking") {
        let path = mine.shop.path(&format!("/offers/{}", other.offer));
        for method in [Method::PUT, Method::DELETE] {
            let call = door.call(method, &path).token(mine.shop.owner.token());
            call.json(&json!({ "price": 1 })).await?.refused(404);
        }
    }
    other.assert_unchanged(&before).await
}

#[tokio::test]
async fn a_booking_of_another_company_is_not_found_under_ones_own() -> anyhow::Result<()> {
    let (mine, other) = (Market::open().await?, Market::open().await?);
    let before = other.stored().await?;
    for door in mine.stack.doors("booking") {
        let path = mine.shop.path(&format!("/bookings/{}", other.booking));
        door.get(&path).token(mine.shop.owner.token()).await?.refused(404);
        for step in ["cancel", "complete", "no-show"] {
            door.post(&format!("{path}/{step}")).token(mine.shop.owner.token()).await?.refused(404);
        }
    }
    other.assert_unchanged(&before).await
}

#[tokio::test]
async fn a_member_who_is_none_cannot_be_changed_or_removed() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let before = market.stored().await?;
    for door in market.stack.doors("company") {
        for user in [nobody(), market.client.user_id] {
            let path = market.shop.path(&format!("/members/{user}"));
            let owner = market.shop.owner.token();
            door.put(&path).token(owner).json(&json!({ "role": "owner" })).await?.refused(404);
            door.call(Method::DELETE, &path).token(owner).await?.refused(404);
        }
        let path = market.shop.path(&format!("/members/{}", market.shop.owner.user_id));
        for role in ["admin", "", "OWNER", "owner "] {
            let call = door.put(&path).token(market.shop.owner.token()).json(&json!({ "role": role }));
            crate::refused_by_field(call, "role", role).await?;
        }
    }
    market.assert_unchanged(&before).await
}
