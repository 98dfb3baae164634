//! A portal that consists of streams, over services that answer what the test wants.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use app::gateway::{AccessToken, Calls, Gateway};
use app::i18n::Lang;
use app::viewer::Viewer;
use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use contracts::envelope::Envelope;
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use server::address;
use server::live::hub::Hub;
use server::live::{self, Live, SessionCheck, Settings};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

/// Ten times what it should take at worst.
pub const DEADLINE: Duration = Duration::from_secs(60);

pub const PUBLIC_URL: &str = "https://booksvc.example";
/// The client of the golden samples.
pub const CLIENT: &str = "3f2b8c1e-6a4d-4e8b-9c57-0d1e2f3a4b5c";
/// A member of the company of the golden samples.
pub const MANAGER: &str = "7b1d2c3e-6a4d-4e8b-9c57-0d1e2f3a4b5c";
pub const COMPANY: &str = "01900000-0000-7000-8000-0000000000c0";
pub const BOOKING: &str = "01900000-0000-7000-8000-0000000000b0";
pub const OFFER: &str = "01900000-0000-7000-8000-0000000000f0";

/// Polls `condition` until it holds.
pub async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let began = Instant::now();
    while !condition().await {
        assert!(began.elapsed() < DEADLINE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A golden sample of a message, as a record of Kafka holds it.
pub fn sample(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../services/contracts/tests/samples");
    std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()
}

/// What the services know.
#[derive(Clone, Default)]
struct Services {
    are_away: Arc<AtomicBool>,
}

impl Services {
    fn answer(&self, body: Value) -> Response {
        if self.are_away.load(Ordering::Relaxed) {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
        axum::Json(body).into_response()
    }
}

/// Ends with the test.
pub struct Portal {
    pub hub: Hub,
    pub stopping: CancellationToken,
    pub is_signed_in: Arc<AtomicBool>,
    services: Services,
    router: Router,
}

impl Portal {
    pub async fn start() -> Self {
        let portal = Self::start_closed().await;
        portal.hub.open();
        portal
    }

    /// Whose feed has no place yet.
    pub async fn start_closed() -> Self {
        let services = Services::default();
        let gateway = Gateway::new(&serve(gateway(services.clone())).await).unwrap();
        let (hub, stopping) = (Hub::default(), CancellationToken::new());
        let settings = Settings { live_streams_per_address: 2 };
        let live = Live::new(hub.clone(), &settings, PUBLIC_URL.parse().unwrap(), stopping.clone())
            .with_heartbeat_every(Duration::from_millis(50));
        let is_signed_in = Arc::new(AtomicBool::new(true));
        let router = live::routes(live).layer(from_fn_with_state((gateway, is_signed_in.clone()), identify));
        Self { hub, stopping, is_signed_in, services, router }
    }

    pub fn take_services_away(&self) {
        self.services.are_away.store(true, Ordering::Relaxed);
    }

    pub async fn ask(&self, path: &str, headers: &[(&'static str, &str)]) -> Response {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
    }

    /// The stream of `user`'s bookings.
    pub async fn bookings(&self, user: &str) -> Stream {
        Stream::of(self.ask("/live", &[("test-user", user)]).await)
    }

    pub async fn bookings_without_session(&self) -> Stream {
        Stream::of(self.ask("/live", &[]).await)
    }

    /// Offers, for somebody without a session.
    pub async fn offers(&self, query: &str) -> Stream {
        self.offers_from("192.0.2.1", query).await
    }

    /// Offers, for somebody without a session at `address`.
    pub async fn offers_from(&self, address: &str, query: &str) -> Stream {
        Stream::of(self.ask(&format!("/live/offers{query}"), &[("x-forwarded-for", address)]).await)
    }
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}

fn gateway(services: Services) -> Router {
    let company = |id: &str, active: bool| {
        json!({
            "id": id, "name": "", "description": null, "address": "", "phone": "", "location": null,
            "time_zone": "UTC", "cancellation_policy": { "free_until_hours": 24, "late_refund_percent": 0 },
            "active": active, "revision": 1, "role": "owner",
        })
    };
    let companies = async move |State(services): State<Services>, headers: HeaderMap| {
        let mut companies = vec![];
        // The token is the user's id.
        if headers["authorization"].to_str().unwrap().ends_with(MANAGER) {
            companies = vec![
                company(COMPANY, true),
                company("01900000-0000-7000-8000-0000000000c1", false),
                company("01900000-0000-7000-8000-0000000000c2", true),
            ];
        }
        services.answer(companies.into())
    };
    let own = async |State(services): State<Services>, headers: HeaderMap| {
        let is_client = headers["authorization"].to_str().unwrap().ends_with(CLIENT);
        services.answer(if is_client { json!([booking(1)]) } else { json!([]) })
    };
    let at_company = async |State(services): State<Services>, Path(id): Path<String>| {
        // At the third company he became a member a moment ago.
        if id == COMPANY {
            services.answer(json!([booking(1)]))
        } else {
            StatusCode::FORBIDDEN.into_response()
        }
    };
    let catalogue = async |State(services): State<Services>| {
        let service =
            |id: i16, parent_id: Option<i16>| json!({ "id": id, "parent_id": parent_id, "name": "" });
        services.answer(json!([
            service(1, None),
            service(3, None),
            service(7, Some(1)),
            service(20, Some(3))
        ]))
    };
    Router::new()
        .route("/api/v1/company/my", get(companies))
        .route("/api/v1/customer/bookings", get(own))
        .route("/api/v1/company/{id}/bookings", get(at_company))
        .route("/api/v1/booking/services", get(catalogue))
        .with_state(services)
}

fn booking(revision: i64) -> Value {
    json!({
        "id": BOOKING, "offer_id": OFFER, "company_id": COMPANY, "company_name": "", "service_id": 20,
        "service_name": "", "datetime": "2026-12-01T07:00:00Z", "duration_min": 60, "price": "1.00",
        "currency": "RUB", "time_zone": "UTC", "status": "reserved", "reason": null,
        "created_at": "2026-11-01T07:00:00Z", "revision": revision,
    })
}

/// Whoever the header names is signed in.
async fn identify(
    State((gateway, is_signed_in)): State<(Gateway, Arc<AtomicBool>)>,
    mut request: Request,
    next: Next,
) -> Response {
    let address = address::of_request(request.headers(), request.extensions(), 1);
    let user = request.headers().get(HeaderName::from_static("test-user"));
    let user = user.map(|user| user.to_str().unwrap().to_owned());
    let extensions = request.extensions_mut();
    extensions.insert(Calls {
        gateway,
        address,
        token: user.clone().map(AccessToken),
        is_cut_off: false,
        lang: Lang::En,
        time_zone: None,
        traceparent: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned(),
        trace_id: String::new(),
    });
    if let Some(id) = user {
        extensions.insert(Viewer {
            id,
            first_name: String::new(),
            last_name: String::new(),
            email: String::new(),
        });
        extensions.insert(SessionCheck::new(move || {
            let is_signed_in = is_signed_in.load(Ordering::Relaxed);
            async move { is_signed_in }
        }));
    }
    next.run(request).await
}

/// What a browser reads.
pub struct Stream {
    body: Body,
    text: String,
}

impl Stream {
    #[track_caller]
    fn of(response: Response) -> Self {
        assert_eq!(response.status(), StatusCode::OK);
        for (name, value) in [
            ("content-type", "text/event-stream"),
            ("cache-control", "no-store"),
            ("x-accel-buffering", "no"),
        ] {
            assert_eq!(response.headers()[name], value);
        }
        Self { body: response.into_body(), text: String::new() }
    }

    /// The next event but heartbeats, as `name data`; `None` at the end.
    pub async fn next(&mut self) -> Option<String> {
        loop {
            match self.any().await {
                Some(event) if event.starts_with("beat ") || event.starts_with("retry ") => {}
                event => return event,
            }
        }
    }

    /// The next event of any kind.
    pub async fn any(&mut self) -> Option<String> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event =
                    event.replace("event: ", "").replace("\ndata: ", " ").replace("retry: ", "retry ");
                self.text = rest.to_owned();
                return Some(event);
            }
            let frame = tokio::time::timeout(DEADLINE, self.body.frame()).await.expect("nothing came")?;
            let data: Bytes = frame.unwrap().into_data().unwrap();
            self.text.push_str(std::str::from_utf8(&data).unwrap());
        }
    }
}

/// The event of [`BOOKING`].
pub fn booking_event(status: &str, revision: i64) -> Option<String> {
    let (id, company) = (BOOKING, COMPANY);
    Some(format!(
        r#"booking {{"booking_id":"{id}","company_id":"{company}","status":"{status}","revision":{revision}}}"#
    ))
}

/// The event of [`OFFER`].
pub fn offer_event(status: &str, revision: i64) -> Option<String> {
    Some(format!(r#"offer {{"offer_id":"{OFFER}","status":"{status}","revision":{revision}}}"#))
}

/// Tells the hub what a record says, as the feed does.
pub fn tell(hub: &Hub, record: &str) {
    for change in live::changes::of_booking(Some(record.as_bytes())).unwrap().unwrap().changes {
        hub.tell(change);
    }
}

/// The record's key.
pub fn key(record: &str) -> String {
    serde_json::from_str::<Envelope>(record).unwrap().key
}
