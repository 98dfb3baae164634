//! Lists: what a page and a filter may be.

use harness::gateway;
use harness::http::Call;
use harness::stack::Stack;

use crate::{Market, refused_by_field};

/// Every list, as `market`'s owner may ask for it.
fn lists<'a>(
    market: &'a Market,
    stack: &'a Stack,
) -> anyhow::Result<Vec<(String, impl Fn() -> Vec<Call> + 'a)>> {
    let mut lists = Vec::new();
    for route in gateway::routes()?.into_iter().filter(|route| route.query.iter().any(|name| name == "limit"))
    {
        let path = route.path.replace("{id}", &market.shop.company.id.to_string());
        let (title, method) = (format!("{} {}", route.method, route.path), route.method());
        let service = route.service.clone();
        let calls = move || {
            let doors = stack.doors(&service);
            doors.map(|door| door.call(method.clone(), &path).token(market.shop.owner.token())).into()
        };
        lists.push((title, calls));
    }
    assert!(lists.len() >= 5, "{} lists have pages", lists.len());
    Ok(lists)
}

#[tokio::test]
async fn a_limit_is_1_to_100() -> anyhow::Result<()> {
    let market = Market::open().await?;
    for (title, calls) in lists(&market, &market.stack)? {
        for limit in ["-1", "0", "101", "1000000000", "99999999999999999999", "ten", "1.5", "1e1", ""] {
            for call in calls() {
                refused_by_field(call.query(&[("limit", limit)]), "limit", &title).await?;
            }
        }
        for limit in ["1", "100"] {
            for call in calls() {
                call.query(&[("limit", limit)]).await?.expect(200);
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_cursor_comes_from_the_list_itself() -> anyhow::Result<()> {
    let market = Market::open().await?;
    for (title, calls) in lists(&market, &market.stack)? {
        for cursor in ["x", "%", "bnVsbA", "W10", "eyJpZCI6MX0", "'; drop table bookings; --"] {
            for call in calls() {
                refused_by_field(call.query(&[("cursor", cursor)]), "cursor", &title).await?;
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_filter_that_names_nothing_is_refused_by_its_name() -> anyhow::Result<()> {
    let market = Market::open().await?;
    let (of_company, bookings) = (market.shop.path("/offers"), market.shop.path("/bookings"));
    let flaws = [
        ("/customer/offers", "service_id", vec!["0", "-1", "35", "1000000000", "seven", "7.5", ""]),
        ("/customer/offers", "from", vec!["yesterday", "2027-01-31", "2027-01-31T10:00:00", "1e30", ""]),
        ("/customer/offers", "to", vec!["tomorrow", "0", "1999-01-01T00:00:00", ""]),
        ("/customer/offers", "time_from", vec!["25:00", "9", "-1:00", "09:60", "nine"]),
        ("/customer/offers", "time_to", vec!["24:01", "abcde", "00:00:00.0"]),
        ("/customer/offers", "company_id", vec!["x", "0", "-1", "null"]),
        ("/customer/offers", "sort", vec!["id", "price desc", "-price", ""]),
        (of_company.as_str(), "status", vec!["free", "OPEN", "", "open,booked"]),
        (of_company.as_str(), "service_id", vec!["0", "seven"]),
        (of_company.as_str(), "from", vec!["yesterday"]),
        (of_company.as_str(), "to", vec!["tomorrow"]),
        (bookings.as_str(), "status", vec!["open", "PAID", ""]),
        (bookings.as_str(), "from", vec!["yesterday"]),
        (bookings.as_str(), "to", vec!["tomorrow"]),
        ("/customer/bookings", "status", vec!["open", "PAID", ""]),
    ];
    for (path, field, values) in flaws {
        for door in market.stack.doors("booking") {
            for value in &values {
                let call = door.get(path).token(market.shop.owner.token()).query(&[(field, value)]);
                refused_by_field(call, field, value).await?;
            }
        }
    }
    Ok(())
}
