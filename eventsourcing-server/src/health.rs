//! For those who watch the process.

use std::num::NonZeroU32;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};
use eventsourcing::Position;
use eventsourcing::projection::{ProjectionState, ProjectionStatus};
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
    /// How each projection fares. Whatever it is, commands are decided, so it does not count.
    projections: Vec<OneProjection>,
}

/// What anybody may know of a projection: of all its tenants, the one that is worst off. Why it is so is in the log.
#[derive(Serialize)]
struct OneProjection {
    projection: String,
    version: NonZeroU32,
    /// Whether queries that read it are answered.
    ready: bool,
    state: ProjectionState,
    position: Position,
    lag_events: u64,
    lag_seconds: u64,
    parked_events: usize,
}

impl OneProjection {
    fn of(status: &ProjectionStatus) -> Self {
        Self {
            projection: status.projection.clone(),
            version: status.version,
            ready: status.is_ready,
            state: status.state,
            position: status.position,
            lag_events: status.lag_events,
            lag_seconds: status.lag_seconds,
            parked_events: status.parked_events,
        }
    }

    fn with(&mut self, other: &Self) {
        self.ready &= other.ready;
        if other.state.concern() > self.state.concern() {
            self.state = other.state;
        }
        self.position = self.position.min(other.position);
        self.lag_events = self.lag_events.max(other.lag_events);
        self.lag_seconds = self.lag_seconds.max(other.lag_seconds);
        self.parked_events += other.parked_events;
    }
}

/// One for each projection, in the order in which the service lists them.
fn by_projection(all: &[ProjectionStatus]) -> Vec<OneProjection> {
    let mut projections: Vec<OneProjection> = Vec::new();
    for one in all.iter().map(OneProjection::of) {
        match projections
            .iter_mut()
            .find(|known| known.projection == one.projection)
        {
            Some(known) => known.with(&one),
            None => projections.push(one),
        }
    }
    projections
}

async fn readiness(State(shared): State<Shared>) -> Response {
    let runtime = shared.runtime();
    let now = runtime.status();
    let phase = if shared.is_ending() {
        Phase::ShuttingDown
    } else {
        now.phase
    };
    let projections = by_projection(&now.projections);
    let parked_events = projections.iter().map(|one| one.parked_events).sum();
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
            projections,
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
