//! Who may make which call: every route of the gateway, asked by everybody, at the gateway and at the service itself.
//!
//! What a token must be to count at all is the business of `tokens`, on every route too.

mod calls;
mod people;

use harness::gateway::{self, Route};
use harness::http::{Answer, Server};
use harness::stack::Stack;

use crate::calls::{Called, Rule, prepare, rule};
use crate::people::{People, Who};

/// What a call that is not theirs answers to people.
const NOT_YOURS: [u16; 2] = [403, 404];

#[tokio::test]
async fn every_route_does_for_everybody_what_the_contract_says_and_nothing_else() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let people = People::gather(&stack).await?;
    let mut routes = gateway::routes()?;
    // Nobody can book at a company that takes no bookings, and who was let go is gone.
    routes.sort_by_key(|route| (route.path.ends_with("/deactivate"), route.method == "DELETE"));
    let (mut cells, mut flaws) = (0, Vec::new());
    for route in &routes {
        let rule = rule(&route.method, &route.path)
            .unwrap_or_else(|| panic!("{} {} is missing in the matrix", route.method, route.path));
        assert_eq!(rule == Rule::Anybody, !route.token, "{} {}: a token or not", route.method, route.path);
        // First those who may not: nothing that they do may change what the others find.
        let (may, may_not): (Vec<Who>, Vec<Who>) = Who::ALL.into_iter().partition(|who| rule.allows(*who));
        let called = prepare(&stack, &people, route).await?;
        for who in may_not {
            for door in stack.doors(&route.service) {
                cells += 1;
                let answer = ask(door, &people, route, &called, who).await?;
                let refused = if who == Who::Nobody {
                    answer.status == 401
                } else {
                    NOT_YOURS.contains(&answer.status)
                };
                if !refused {
                    flaws.push(format!(
                        "{who:?} may not: {}: {} {}",
                        answer.title,
                        answer.status,
                        answer.text()
                    ));
                }
            }
        }
        for who in may {
            cells += 1;
            let called = prepare(&stack, &people, route).await?;
            let answer = ask(&stack.gateway, &people, route, &called, who).await?;
            if [401, 403, 404].contains(&answer.status) || answer.status >= 500 {
                flaws.push(format!("{who:?} may: {}: {} {}", answer.title, answer.status, answer.text()));
            }
        }
    }
    println!("{} routes, {cells} cells", routes.len());
    assert!(flaws.is_empty(), "{} flaws:\n{}", flaws.len(), flaws.join("\n"));
    Ok(())
}

async fn ask(
    door: &Server,
    people: &People,
    route: &Route,
    called: &Called,
    who: Who,
) -> anyhow::Result<Answer> {
    let mut call = door.call(route.method(), &called.path);
    if let Some(account) = people.account(who) {
        call = call.token(account.token());
    }
    match &called.body {
        Some(body) => call.json(body).await,
        None if route.path.ends_with("/logo") && route.method == "POST" => {
            call.untyped_body(calls::PICTURE).await
        }
        None => call.await,
    }
}
