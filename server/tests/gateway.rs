//! What the portal says to the gateway, and makes of its answers.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

use app::api::ApiError;
use app::gateway::{Calls, Gateway};
use app::i18n::Lang;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use contracts::problem::ProblemBody;
use serde_json::Value;
use tokio::net::TcpListener;

/// Refuses with the status and the code that the address names; `whose` answers for whom it is asked.
async fn calls() -> Calls {
    let refuse = async |Path((status, code)): Path<(u16, String)>| {
        let text = String::new;
        let body = ProblemBody {
            kind: text(),
            title: text(),
            status,
            detail: "words".to_owned(),
            code,
            instance: text(),
            errors: Vec::new(),
            trace_id: text(),
            error: text(),
        };
        (StatusCode::from_u16(status).unwrap(), Json(body))
    };
    let routes = Router::new()
        .route("/api/v1/refuse/{status}/{code}", get(refuse))
        .route("/api/v1/bare", get(async || StatusCode::FORBIDDEN))
        .route(
            "/api/v1/whose",
            get(async |headers: HeaderMap| Json(headers["x-forwarded-for"].to_str().unwrap().to_owned())),
        );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let gateway = Gateway::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async { axum::serve(listener, routes).await });
    Calls {
        gateway,
        address: "192.0.2.7".parse().unwrap(),
        token: None,
        is_cut_off: false,
        lang: Lang::En,
        time_zone: None,
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        trace_id: String::new(),
    }
}

#[tokio::test]
async fn a_refusal_says_why_and_only_a_closed_door_is_forbidden() {
    let calls = calls().await;
    let refused = async |path: &str| calls.get(path).read::<Value>().await.unwrap_err();
    assert_eq!(refused("/bare").await, ApiError::Forbidden);
    assert_eq!(refused("/refuse/403/forbidden").await, ApiError::Forbidden);
    assert_eq!(refused("/refuse/404/not_found").await, ApiError::NotFound);
    for (path, code) in
        [("/refuse/403/email_not_verified", "email_not_verified"), ("/refuse/409/offer_taken", "offer_taken")]
    {
        let ApiError::Refused(refusal) = refused(path).await else { panic!("{path}") };
        assert_eq!(refusal.code, code);
        assert_eq!(refusal.message, Lang::En.problem(code).unwrap());
    }
}

#[tokio::test]
async fn the_gateway_is_told_whose_request_it_is() {
    let whose: String = calls().await.get("/whose").read().await.unwrap();
    assert_eq!(whose, "192.0.2.7");
}
