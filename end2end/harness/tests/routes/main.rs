//! The services' documents, the gateway's table, and the gateway as it runs say the same.

mod calls;

use harness::gateway;
use harness::http::API;
use harness::stack::Stack;
use reqwest::Method;
use serde_json::{Value, json};

use crate::calls::{
    Calls, Facts, assert_same, calls_of_document, calls_of_table, list, operations, parameters, sorted, text,
};

/// What the gateway passes on: the list in the API's conventions.
const INPUT_HEADERS: [&str; 9] = [
    "Authorization",
    "Content-Type",
    "Content-Length",
    "Accept",
    "Accept-Language",
    "Idempotency-Key",
    "If-None-Match",
    "traceparent",
    "tracestate",
];

#[tokio::test]
async fn the_table_of_the_gateway_holds_the_routes_of_the_services() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let mut documented = Calls::new();
    for service in stack.services() {
        let document: Value = service.plain(Method::GET, "/openapi.json").await?.parsed(200);
        documented.extend(calls_of_document(service.name, &document));
    }
    assert_same("the services", &documented, "the table", &calls_of_table(&gateway::routes()?));
    Ok(())
}

#[tokio::test]
async fn the_rendered_configuration_holds_the_table() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let configuration = gateway::rendered().await?;
    let mut rendered = Calls::new();
    for endpoint in list(&configuration["endpoints"]) {
        let title = format!("{} {}", text(&endpoint["method"]), text(&endpoint["endpoint"]));
        let backends = list(&endpoint["backend"]);
        assert_eq!(backends.len(), 1, "{title}: one backend");
        let backend = &backends[0];
        assert_eq!(endpoint["output_encoding"], "no-op", "{title}");
        assert_eq!(backend["encoding"], "no-op", "{title}");
        assert_eq!(backend["url_pattern"], endpoint["endpoint"], "{title}: the path is not changed");
        assert_eq!(backend["method"], endpoint["method"], "{title}: the method is not changed");
        assert_eq!(endpoint["input_headers"], json!(INPUT_HEADERS), "{title}");
        assert!(!list(&endpoint["input_query_strings"]).contains(&json!("*")), "{title}");

        let validator = &endpoint["extra_config"]["auth/validator"];
        if !validator.is_null() {
            assert_eq!(validator["alg"], "RS256", "{title}");
            assert_eq!(validator["issuer"], json!(stack.keycloak.issuer), "{title}");
            assert_eq!(validator["audience"], json!(["booksvc"]), "{title}");
            assert_eq!(validator["cache"], true, "{title}");
        }
        let limit = &endpoint["extra_config"]["qos/ratelimit/router"];
        let strategy = if validator.is_null() { "ip" } else { "header" };
        assert_eq!(limit["strategy"], strategy, "{title}");

        let host = text(&list(&backend["host"])[0]);
        let service = stack.services().iter().find(|service| service.url == host);
        let facts = Facts {
            service: service.unwrap_or_else(|| panic!("{title}: no service is at {host}")).name.to_owned(),
            token: !validator.is_null(),
            query: sorted(list(&endpoint["input_query_strings"]).iter().map(text)),
        };
        let key = (text(&endpoint["method"]), text(&endpoint["endpoint"]));
        assert_eq!(rendered.insert(key, facts), None, "{title}: twice");
    }
    assert_same("the configuration", &rendered, "the table", &calls_of_table(&gateway::routes()?));
    Ok(())
}

#[tokio::test]
async fn the_gateway_asks_for_a_token_where_the_table_says_so_and_reaches_a_service_elsewhere()
-> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for route in gateway::routes()? {
        let answer = stack.gateway.call(route.method(), &route.example()).await?;
        if route.token {
            assert_eq!(answer.status, 401, "{}: {}", answer.title, answer.text());
            assert!(
                answer.problem().is_err(),
                "{}: refused by the service, not by the gateway",
                answer.title
            );
            continue;
        }
        // Without a body and without a token an open call may be refused, but by its service.
        assert!(answer.status < 500, "{}: {} {}", answer.title, answer.status, answer.text());
        if answer.status >= 400 {
            let flaw = answer.problem().err();
            assert_eq!(flaw, None, "{}: {} {}", answer.title, answer.status, answer.text());
        }
    }
    Ok(())
}

#[tokio::test]
async fn every_documented_refusal_of_a_token_is_kept_by_the_services_themselves() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for route in gateway::routes()?.into_iter().filter(|route| route.token) {
        stack.service(&route.service).call(route.method(), &route.example()).await?.refused(401);
    }
    Ok(())
}

#[tokio::test]
async fn the_services_read_no_header_that_the_gateway_holds_back() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    for service in stack.services() {
        let document: Value = service.plain(Method::GET, "/openapi.json").await?.parsed(200);
        for (call, operation) in operations(&document) {
            for name in parameters(&operation, "header") {
                let passed = INPUT_HEADERS.iter().any(|header| header.eq_ignore_ascii_case(&name));
                assert!(passed, "{call:?} reads {name}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn what_is_meant_for_operators_is_not_behind_the_gateway() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let paths = [
        "/metrics",
        "/healthz",
        "/readyz",
        "/openapi.json",
        "/__debug/",
        "/__debug/x",
        "/__echo/",
        "/__echo/x",
        "/nothing",
        "/",
    ];
    for path in paths {
        for path in [path.to_owned(), format!("{API}{path}"), format!("{API}/customer{path}")] {
            let answer = stack.gateway.plain(Method::GET, &path).await?;
            assert_eq!(answer.status, 404, "{}: {}", answer.title, answer.text());
        }
    }
    Ok(())
}

#[tokio::test]
async fn the_portal_may_call_from_a_browser_and_no_other_page() -> anyhow::Result<()> {
    let stack = Stack::running().await?;
    let portal = stack.portal.url.as_str();
    for origin in [portal, "https://evil.example.com", "null", &format!("{portal}.evil.example.com")] {
        let preflight = stack.gateway.call(Method::OPTIONS, "/customer/profile").headers([
            ("Origin", origin),
            ("Access-Control-Request-Method", "PUT"),
            ("Access-Control-Request-Headers", "authorization,content-type"),
        ]);
        let preflight = preflight.await?;
        let simple = stack.gateway.get("/customer/profile").header("Origin", origin).await?;
        let allowed = if origin == portal { portal } else { "" };
        for answer in [&preflight, &simple] {
            assert_eq!(
                answer.header("Access-Control-Allow-Origin"),
                allowed,
                "{} from {origin}",
                answer.title
            );
        }
        if origin != portal {
            continue;
        }
        assert!([200, 204].contains(&preflight.status), "preflight: {}", preflight.status);
        assert!(preflight.header("Access-Control-Allow-Methods").contains("PUT"));
        let headers = preflight.header("Access-Control-Allow-Headers").to_lowercase();
        assert!(headers.contains("authorization") && headers.contains("content-type"), "{headers}");
        let exposed: Vec<String> = sorted(
            simple.header("Access-Control-Expose-Headers").split(',').map(|name| name.trim().to_owned()),
        );
        assert_eq!(exposed, ["Link", "Location", "Retry-After"]);
    }
    Ok(())
}
