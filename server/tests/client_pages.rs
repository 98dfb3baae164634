//! The pages of a client over a gateway that gives fixed answers: what is in the HTML, without a browser.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as a test does")]

use app::App;
use app::document::document;
use app::gateway::{AccessToken, Calls, Gateway};
use app::i18n::Lang;
use app::preferences::Preferences;
use app::theme::Theme;
use app::viewer::Viewer;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::RawQuery;
use axum::http::header::{ACCEPT, CONTENT_TYPE, LINK, LOCATION, REFERER};
use axum::http::{Request, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use leptos::prelude::{LeptosOptions, provide_context};
use leptos_axum::{LeptosRoutes as _, generate_route_list};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

const OFFER: &str = r#"{
    "id": "01990000-0000-7000-8000-000000000001", "company_id": "01990000-0000-7000-8000-00000000000c",
    "company_name": "Barber & Sons", "service_id": 7, "service_name": "Men's haircut",
    "datetime": "2099-06-03T07:00:00Z", "duration_min": 90, "price": "1500.00", "currency": "RUB",
    "time_zone": "Europe/Moscow", "status": "open", "description": "With a <b>hot</b> towel", "location": null,
    "revision": 3
"#;

const COMPANY: &str = r#""company": {
    "id": "01990000-0000-7000-8000-00000000000c", "name": "Barber & Sons", "description": null,
    "address": "1 Main street", "phone": "+7 495 000-00-00", "location": {"lat": 55.75, "lon": 37.61},
    "time_zone": "Europe/Moscow", "cancellation_policy": {"free_until_hours": 24, "late_refund_percent": 30},
    "active": true
}"#;

const BOOKING: &str = r#"
    "id": "01990000-0000-7000-8000-00000000000b", "offer_id": "01990000-0000-7000-8000-000000000001",
    "company_id": "01990000-0000-7000-8000-00000000000c", "company_name": "Barber & Sons", "service_id": 7,
    "service_name": "Men's haircut", "datetime": "2099-06-03T07:00:00Z", "duration_min": 90, "price": "1500.00",
    "currency": "RUB", "time_zone": "Europe/Moscow", "created_at": "2026-06-01T07:00:00Z", "revision": 4
"#;

/// What stands behind the portal, and how much is in the wallet.
fn gateway(balance: &'static str) -> Router {
    let json = |body: String| ([(CONTENT_TYPE, "application/json")], body);
    let offers = move |RawQuery(query): RawQuery| async move {
        let query = query.unwrap_or_default();
        // Nothing fits so low a price, except the search for another day.
        if query.contains("price_max=1&") || query.ends_with("price_max=1") {
            return json("[]".to_owned()).into_response();
        }
        let next = "</api/v1/customer/offers?cursor=NEXT>; rel=\"next\"";
        ([(CONTENT_TYPE, "application/json"), (LINK, next)], format!("[{OFFER}}}]")).into_response()
    };
    let taken = OFFER.replace("\"open\"", "\"booked\"").replace("000000000001", "000000000002");
    let timeline = r#""timeline": [
        {"at": "2026-06-01T07:00:00Z", "status": "reserved", "actor": "client", "detail": null},
        {"at": "2026-06-01T07:00:01Z", "status": "paid", "actor": "system", "detail": null}
    ]"#;
    let booking = format!(
        r#"{{{BOOKING}, "status": "paid", "reason": null, "address": "1 Main street", "phone": "+7 495", "location": null, {timeline}}}"#
    );
    let problem = |status: StatusCode, code: &'static str| {
        let body = format!(
            r#"{{"type": "about:blank", "title": "", "status": {}, "detail": "d", "code": "{code}", "instance": "",
               "trace_id": "t", "error": "e"}}"#,
            status.as_u16()
        );
        (status, [(CONTENT_TYPE, "application/problem+json")], body)
    };
    let service = r#"[{"id": 1, "parent_id": null, "name": "Beauty"}, {"id": 7, "parent_id": 1, "name": "Men's haircut"}]"#;
    let transactions = r#"[
        {"id": "01990000-0000-7000-8000-0000000000f1", "type": "payment", "status": "failed", "amount": "9000.00",
         "currency": "RUB", "booking_id": "01990000-0000-7000-8000-00000000000b", "reason": "insufficient_funds",
         "created_at": "2026-06-02T07:00:00Z"},
        {"id": "01990000-0000-7000-8000-0000000000f2", "type": "top_up", "status": "completed", "amount": "2000.00",
         "currency": "RUB", "booking_id": null, "reason": null, "created_at": "2026-06-01T07:00:00Z"}
    ]"#;
    let quote = r#"{"refund": "1500.00", "price": "1500.00", "currency": "RUB", "free_until": "2099-06-02T07:00:00Z"}"#;
    let api = Router::new()
        .route("/booking/services", get(move || async move { json(service.to_owned()) }))
        .route("/customer/offers", get(offers))
        .route("/customer/offers/my", get(move || async move { json("[]".to_owned()) }))
        .route(
            "/offers/{id}",
            get(move |axum::extract::Path(id): axum::extract::Path<String>| async move {
                match id.as_str() {
                    id if id.ends_with("000000000001") => json(format!("{OFFER}, {COMPANY}}}")).into_response(),
                    id if id.ends_with("000000000002") => json(format!("{taken}, {COMPANY}}}")).into_response(),
                    _ => problem(StatusCode::NOT_FOUND, "not_found").into_response(),
                }
            }),
        )
        .route(
            "/customer/offer/{id}/book",
            post(move |axum::extract::Path(id): axum::extract::Path<String>| async move {
                if id.ends_with("000000000001") {
                    json(format!(r#"{{{BOOKING}, "status": "paid", "reason": null}}"#)).into_response()
                } else {
                    problem(StatusCode::CONFLICT, "offer_taken").into_response()
                }
            }),
        )
        .route(
            "/customer/bookings",
            get(move || async move { json(format!(r#"[{{{BOOKING}, "status": "paid", "reason": null}}]"#)) }),
        )
        .route("/customer/bookings/{id}", get(move || async move { json(booking) }))
        .route("/customer/bookings/{id}/cancellation", get(move || async move { json(quote.to_owned()) }))
        .route(
            "/customer/payment/balance",
            get(move || async move { json(format!(r#"{{"balance": "{balance}", "currency": "RUB"}}"#)) }),
        )
        .route("/customer/payment/transactions", get(move || async move { json(transactions.to_owned()) }));
    Router::new().nest("/api/v1", api)
}

/// The pages as `viewer` gets them, in English.
struct Portal(Router);

impl Portal {
    async fn start(balance: &'static str, is_signed_in: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, gateway(balance)).await });
        Self::over(&url, is_signed_in)
    }

    fn over(url: &str, is_signed_in: bool) -> Self {
        let calls = Calls {
            gateway: Gateway::new(url).unwrap(),
            token: is_signed_in.then(|| AccessToken("token".to_owned())),
            lang: Lang::En,
            time_zone: Some("Europe/Moscow".to_owned()),
            traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".to_owned(),
            trace_id: "0af7651916cd43dd8448eb211c80319c".to_owned(),
        };
        let provide = move || {
            provide_context(Preferences { lang: Lang::En, theme: Theme::System });
            provide_context(calls.clone());
            if is_signed_in {
                provide_context(Viewer {
                    id: "01990000-0000-7000-8000-0000000000aa".to_owned(),
                    first_name: "Ann".to_owned(),
                    last_name: "Lee".to_owned(),
                    email: "ann@booksvc.example".to_owned(),
                });
            }
        };
        let options = LeptosOptions::builder().output_name("booksvc").build();
        let shell = {
            let options = options.clone();
            move || document(options.clone())
        };
        let pages = Router::new()
            .leptos_routes_with_context(&options, generate_route_list(App), provide, shell)
            .with_state(options);
        Self(pages)
    }

    /// The status and the HTML, with its plain spaces.
    async fn get(&self, path: &str) -> (StatusCode, String) {
        let request = Request::get(path).body(Body::empty()).unwrap();
        let response = self.0.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let html = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, String::from_utf8(html.to_vec()).unwrap().replace('\u{a0}', " ").replace("<!>", ""))
    }

    /// Where a form leads that was sent from `from` without JavaScript.
    async fn submit(&self, path: &str, from: &str, form: &'static str) -> String {
        let request = Request::post(path)
            .header(ACCEPT, "text/html")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(REFERER, format!("https://booksvc.example{from}"));
        let response = self.0.clone().oneshot(request.body(Body::from(form)).unwrap()).await.unwrap();
        assert_eq!(response.status(), StatusCode::FOUND);
        response.headers()[LOCATION].to_str().unwrap().to_owned()
    }
}

const OFFER_PATH: &str = "/offers/01990000-0000-7000-8000-000000000001";
const TAKEN_PATH: &str = "/offers/01990000-0000-7000-8000-000000000002";
const BOOKING_PATH: &str = "/bookings/01990000-0000-7000-8000-00000000000b";

fn assert_has(html: &str, parts: &[&str]) {
    for part in parts {
        assert!(html.contains(part), "{part} is not in {html}");
    }
    assert_eq!(html.matches("<h1").count(), 1, "{html}");
}

#[tokio::test]
async fn the_home_page_searches_and_shows_what_is_soonest() {
    let (status, html) = Portal::start("0.00", false).await.get("/").await;
    assert_eq!(status, StatusCode::OK);
    assert_has(&html, &["action=\"/search\"", "<optgroup label=\"Beauty\"", "/search?service_id=6", OFFER_PATH]);
}

#[tokio::test]
async fn the_home_page_stands_without_any_service() {
    let (status, html) = Portal::over("http://127.0.0.1:1", false).get("/").await;
    assert_eq!(status, StatusCode::OK);
    assert_has(&html, &["action=\"/search\"", "name=\"q\"", "cannot be shown at this moment"]);
}

#[tokio::test]
async fn a_search_shows_its_filter_its_offers_and_the_next_page() {
    let portal = Portal::start("0.00", false).await;
    let (status, html) = portal.get("/search?service_id=7&q=barber&time_from=09:00").await;
    assert_eq!(status, StatusCode::OK);
    assert_has(
        &html,
        &[
            "value=\"barber\"",
            "value=\"09:00\"",
            "selected",
            "Barber &amp; Sons",
            "RUB 1,500.00",
            "/search?service_id=7&amp;q=barber&amp;time_from=09%3A00&amp;cursor=NEXT",
            "/search?service_id=7&amp;q=barber&amp;time_from=09%3A00&amp;sort=price",
        ],
    );
}

#[tokio::test]
async fn a_search_that_finds_nothing_says_what_to_leave_out() {
    let portal = Portal::start("0.00", false).await;
    let (_, html) = portal.get("/search?service_id=7&price_max=1").await;
    assert_has(&html, &["Nothing is free", "href=\"/search?service_id=7\"", "href=\"/search?price_max=1\""]);
    let (_, html) = portal.get("/search?from=tomorrow").await;
    assert_has(&html, &["This search cannot be done", "This is not a date"]);
}

#[tokio::test]
async fn a_visitor_is_led_to_sign_in_and_back_to_the_offer() {
    let (status, html) = Portal::start("0.00", false).await.get(OFFER_PATH).await;
    assert_eq!(status, StatusCode::OK);
    assert_has(
        &html,
        &[
            &format!("/sign-in?return_to={OFFER_PATH}"),
            &format!("/sign-up?return_to={OFFER_PATH}"),
            "With a &lt;b&gt;hot&lt;/b&gt; towel",
            "After that, 30% of it",
            "href=\"tel:+74950000000\"",
            "openstreetmap.org",
        ],
    );
    assert!(!html.contains("expected_price"));
}

#[tokio::test]
async fn who_has_enough_can_book_and_who_has_not_can_top_up() {
    let (_, html) = Portal::start("2000.00", true).await.get(OFFER_PATH).await;
    assert_has(&html, &["Book and pay", "name=\"expected_price\" value=\"1500.00\"", "RUB 500.00"]);
    let (_, html) = Portal::start("1000.00", true).await.get(OFFER_PATH).await;
    assert_has(&html, &["Missing:", "action=\"/api/wallet/top-up\"", "value=\"500.00\"", "value=\"3000\""]);
    assert!(!html.contains("Book and pay"));
}

#[tokio::test]
async fn a_booking_leads_to_its_page_and_a_refusal_back_with_its_reason() {
    let portal = Portal::start("2000.00", true).await;
    let form = "offer_id=01990000-0000-7000-8000-000000000001&expected_price=1500.00&key=k";
    assert_eq!(portal.submit("/api/offers/book", OFFER_PATH, form).await, BOOKING_PATH);
    let form = "offer_id=01990000-0000-7000-8000-000000000002&expected_price=1500.00&key=k";
    let back = portal.submit("/api/offers/book", TAKEN_PATH, form).await;
    let (status, html) = portal.get(back.strip_prefix("https://booksvc.example").unwrap()).await;
    assert_eq!(status, StatusCode::OK);
    assert_has(&html, &["Somebody else has just taken this time", "Free near that time", OFFER_PATH]);
}

#[tokio::test]
async fn what_is_not_there_is_a_404() {
    let portal = Portal::start("0.00", true).await;
    for path in ["/offers/01990000-0000-7000-8000-000000000009", "/offers/nonsense", "/bookings/nonsense"] {
        assert_eq!(portal.get(path).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_booking_is_told_in_steps_and_cancelled_after_a_quote() {
    let portal = Portal::start("0.00", true).await;
    let (status, html) = portal.get(BOOKING_PATH).await;
    assert_eq!(status, StatusCode::OK);
    assert_has(&html, &["Time held for you", "10:00:01", "1 Main street", "?cancel=1"]);
    assert!(!html.contains("expected_refund"));
    let (_, html) = portal.get(&format!("{BOOKING_PATH}?cancel=1")).await;
    assert_has(&html, &["You get back", "name=\"expected_refund\" value=\"1500.00\"", "name=\"reason\""]);
}

#[tokio::test]
async fn the_lists_show_what_there_is_and_are_for_those_who_are_signed_in() {
    let portal = Portal::start("2000.00", true).await;
    let (status, html) = portal.get("/bookings").await;
    assert_eq!(status, StatusCode::OK);
    assert_has(&html, &[BOOKING_PATH, "aria-current=\"page\"", "Paid"]);
    let (_, html) = portal.get("/bookings?show=past").await;
    assert_has(&html, &["No visit has taken place yet"]);
    let (_, html) = portal.get("/wallet").await;
    assert_has(
        &html,
        &["+RUB 2,000.00", "Failed, nothing charged", "There was not enough money", "name=\"key\""],
    );
    let visitor = Portal::start("0.00", false).await;
    for path in ["/bookings", BOOKING_PATH, "/wallet"] {
        let (status, html) = visitor.get(path).await;
        assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}");
        assert!(html.contains("/sign-in?return_to="), "{path}");
    }
}
