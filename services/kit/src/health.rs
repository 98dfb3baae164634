//! `/healthz`: the process runs. `/readyz`: it can do its work.
//!
//! Ready means that the database answers, its migrations are in, and each consumer has once been given
//! its partitions. A later loss of Kafka is `degraded`, still with 200: requests can be served, and
//! taking every replica out of service would help nobody.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;
use sqlx::PgPool;
use sqlx::migrate::Migrator;

use crate::database;

/// What the parts of a process report about themselves.
#[derive(Debug, Clone, Default)]
pub struct Health(Arc<Mutex<Vec<Part>>>);

#[derive(Debug, Clone)]
struct Part {
    name: String,
    status: Arc<Status>,
}

/// One part's own view; set by the part, read by `/readyz`.
#[derive(Debug, Default)]
pub struct Status {
    started: AtomicBool,
    degraded: AtomicBool,
}

impl Status {
    /// It has done its work once.
    pub fn started(&self) {
        self.started.store(true, Ordering::Relaxed);
    }

    /// Whether it works at present.
    pub fn degraded(&self, degraded: bool) {
        self.degraded.store(degraded, Ordering::Relaxed);
    }

    /// What it last said.
    pub fn is_degraded(&self) -> bool {
        self.degraded.load(Ordering::Relaxed)
    }
}

impl Health {
    /// A part that must start before the process is ready.
    pub fn part(&self, name: impl Into<String>) -> Arc<Status> {
        let status = Arc::new(Status::default());
        let part = Part { name: name.into(), status: status.clone() };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(part);
        status
    }

    /// The answer of `/readyz`: 200 with `ready` or `degraded`, or 503 with `unready`, and what is amiss.
    pub(crate) async fn readiness(&self, pool: &PgPool, migrator: &Migrator) -> Response {
        let mut missing = Vec::new();
        match database::is_migrated(pool, migrator).await {
            Ok(true) => {}
            Ok(false) => missing.push("migrations".to_owned()),
            Err(_) => missing.push("database".to_owned()),
        }
        let mut degraded = Vec::new();
        for part in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            if !part.status.started.load(Ordering::Relaxed) {
                missing.push(part.name.clone());
            } else if part.status.is_degraded() {
                degraded.push(part.name.clone());
            }
        }
        let (code, status) = match (missing.is_empty(), degraded.is_empty()) {
            (true, true) => (StatusCode::OK, "ready"),
            (true, false) => (StatusCode::OK, "degraded"),
            (false, _) => (StatusCode::SERVICE_UNAVAILABLE, "unready"),
        };
        (code, axum::Json(json!({ "status": status, "missing": missing, "degraded": degraded })))
            .into_response()
    }
}
