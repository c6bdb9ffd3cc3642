//! For those who watch the process.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use eventsourcing::service::{Phase, Runtime};
use serde::Serialize;
use tokio::time::timeout;

use crate::shared::Shared;

/// How long the store may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(5);

/// `GET /livez`: the process answers. It asks nobody, so that a store that is away does not have the process restarted.
pub(crate) fn live() -> MethodRouter<Shared> {
    get(async || Json(Live { live: true }))
}

/// `GET /readyz`: a command that is sent now can be expected to be decided.
pub(crate) fn ready() -> MethodRouter<Shared> {
    get(readiness)
}

#[derive(Serialize)]
struct Live {
    live: bool,
}

#[derive(Serialize)]
struct Readiness {
    ready: bool,
    phase: Phase,
    /// Whether the stores answer.
    store: bool,
    /// How many events the projections have parked.
    parked_events: usize,
}

async fn readiness(State(shared): State<Shared>) -> Response {
    let runtime = shared.runtime();
    let now = runtime.status();
    let phase = if shared.is_ending() {
        Phase::ShuttingDown
    } else {
        now.phase
    };
    let parked = now.projections.iter().map(|projection| projection.parked_events);
    let parked_events = parked.sum();
    let store = answers(runtime).await;
    let ready = store && phase == Phase::Running;
    let status = if ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (
        status,
        Json(Readiness {
            ready,
            phase,
            store,
            parked_events,
        }),
    )
        .into_response()
}

async fn answers(runtime: &Runtime) -> bool {
    let Ok(health) = timeout(PATIENCE, runtime.health()).await else {
        tracing::warn!("the store takes too long to answer");
        return false;
    };
    let errors = health.stores.iter().filter_map(|store| store.error.as_ref());
    let mut answers = true;
    for error in errors {
        tracing::warn!(error, "a store does not answer");
        answers = false;
    }
    answers
}
