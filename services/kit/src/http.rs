//! What surrounds every route: trace, log line, metrics, limits, and answers in our own form to what no
//! route takes.

use std::any::Any;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::task::{self, Poll};
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum_prometheus::metrics_exporter_prometheus::PrometheusHandle;
use axum_prometheus::{EndpointLabel, PrometheusMetricLayer, PrometheusMetricLayerBuilder};
use http_body::{Frame, SizeHint};
use http_body_util::BodyExt as _;
use sqlx::PgPool;
use sqlx::migrate::Migrator;
use tower_http::catch_panic::CatchPanicLayer;
use tracing::Instrument as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::router::OpenApiRouter;

use crate::Problem;
use crate::context::{self, Context};
use crate::document;
use crate::health::Health;

/// The largest body that a route takes unless it says otherwise.
pub const BODY_LIMIT_BYTES: usize = 64 * 1024;

/// How much of a body that nobody wants is read all the same, and for how long.
const REST_LIMIT_BYTES: usize = 4 * 1024 * 1024;
const REST_LIMIT_TIME: Duration = Duration::from_secs(1);

const TRACEPARENT: &str = "traceparent";

/// The calls that every process answers besides its own.
pub(crate) fn operations(health: Health, pool: PgPool, migrator: &'static Migrator) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(async move || health.readiness(&pool, migrator).await))
        .route("/metrics", get(|| async { recorder().1.render() }))
}

/// A service's routes, with the document that describes them, and a problem body for whatever no route
/// takes.
pub fn api(routes: OpenApiRouter) -> Router {
    let (routes, document) = described(routes);
    routes
        .route("/openapi.json", get(async move || axum::Json(document)))
        .fallback(async || Problem::not_found("there is nothing at this address"))
        .method_not_allowed_fallback(async || {
            let detail = "this address does not take that method";
            Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        })
}

/// A service's routes beside the whole document that describes them.
pub fn described<S: Clone + Send + Sync + 'static>(routes: OpenApiRouter<S>) -> (Router<S>, OpenApi) {
    let (routes, mut description) = routes.split_for_parts();
    document::complete(&mut description);
    (routes, description)
}

/// Wraps all routes of a process.
pub(crate) fn surround(routes: Router) -> Router {
    routes
        .layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))
        .layer(CatchPanicLayer::custom(answer_panic))
        .layer(middleware::from_fn(read_to_the_end))
        .layer(middleware::from_fn(observe))
        .layer(middleware::from_fn(run_to_the_end))
        .layer(recorder().0.clone())
}

/// A request that has begun is finished, also when its caller has hung up.
///
/// Otherwise its future would be dropped wherever it is. Dropped inside of a `begin`, it leaves the pool a
/// connection that is in a transaction and does not know it, whose `now()` stands still for whoever is next.
async fn run_to_the_end(request: Request, next: Next) -> Response {
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "request was not finished");
            Problem::internal().into_response()
        }
    }
}

/// One recorder for the process; tests start several servers in one.
fn recorder() -> &'static (PrometheusMetricLayer<'static>, PrometheusHandle) {
    static RECORDER: OnceLock<(PrometheusMetricLayer<'static>, PrometheusHandle)> = OnceLock::new();
    RECORDER.get_or_init(|| {
        PrometheusMetricLayerBuilder::new()
            // Addresses that no route takes are anybody's to invent.
            .with_endpoint_label_type(EndpointLabel::MatchedPathWithFallbackFn(|_| String::new()))
            .with_default_metrics()
            .build_pair()
    })
}

/// Continues the caller's trace, answers with it, and writes one line about the request.
async fn observe(request: Request, next: Next) -> Response {
    let traceparent = request.headers().get(TRACEPARENT).and_then(|value| value.to_str().ok());
    let context = Context::of_request(traceparent, request.uri().path());
    let trace = context.trace;
    let method = request.method().clone();
    // The route, not the address: addresses hold ids.
    let route = request.extensions().get::<MatchedPath>().map_or("", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("http.request", trace_id = trace.id());
    let began = Instant::now();
    context::scope(
        context,
        async move {
            let mut response = next.run(request).await;
            let value = HeaderValue::try_from(trace.to_string()).expect("a traceparent is hexadecimal");
            response.headers_mut().insert(TRACEPARENT, value);
            let status = response.status().as_u16();
            let duration_ms = began.elapsed().as_secs_f64() * 1_000.0;
            if matches!(route.as_str(), "/healthz" | "/readyz" | "/metrics") {
                tracing::debug!(%method, route, status, duration_ms, "request answered");
            } else {
                tracing::info!(%method, route, status, duration_ms, "request answered");
            }
            response
        }
        .instrument(span),
    )
    .await
}

/// Reads what a handler left of the body before it is answered, within [`REST_LIMIT_BYTES`].
///
/// A refusal (401, 413, …) is made before the body has arrived. Closing the connection with bytes unread
/// makes the kernel reset it, and the reset can overtake the answer.
async fn read_to_the_end(request: Request, next: Next) -> Response {
    // Such a client sends its body only once it is asked to.
    if request.headers().contains_key(header::EXPECT) || request.body().is_end_stream() {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let mut rest = SharedBody(Arc::new(Mutex::new(body)));
    let response = next.run(Request::from_parts(parts, Body::new(rest.clone()))).await;
    let read = async {
        let mut bytes = 0;
        while let Some(Ok(frame)) = rest.frame().await {
            bytes += frame.data_ref().map_or(0, Bytes::len);
            if bytes > REST_LIMIT_BYTES {
                break;
            }
        }
    };
    if tokio::time::timeout(REST_LIMIT_TIME, read).await.is_err() {
        tracing::debug!("the rest of a body did not come");
    }
    response
}

/// A body that two can read from: the handler, then whoever reads the rest.
#[derive(Clone)]
struct SharedBody(Arc<Mutex<Body>>);

impl SharedBody {
    fn lock(&self) -> MutexGuard<'_, Body> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl HttpBody for SharedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        context: &mut task::Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut *self.lock()).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.lock().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().size_hint()
    }
}

fn answer_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
    tracing::error!(panic = text, "request panicked");
    let mut response = Problem::internal().into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}
