//! Commands over HTTP: `POST /commands/{name}`, and `POST /commands/{category}/{id}/{name}` for those of an aggregate.
//!
//! The body is the payload of the command, everything else is in headers. A request that is dropped does not tear its command:
//! that happens as a whole or not at all, and under an `Idempotency-Key` the client can ask again which it was.

pub(crate) mod body;
mod headers;
mod outcome;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use eventsourcing::observe::chain;
use eventsourcing::wire::{CommandResult, WireCommand};
use eventsourcing::{InvalidStreamId, Position, StreamId, TenantId};
use tokio::time::timeout;

pub(crate) use headers::{
    CAUSATION_ID, CORRELATION_ID, IDEMPOTENCY_KEY, TRACEPARENT, TRACESTATE, entity_tag,
};
pub(crate) use outcome::{Asked, problem};

use crate::auth::Identity;
use crate::prefer::{Wait, write_position};
use crate::problem::{Problem, ProblemKind};
use crate::shared::Shared;

pub(crate) fn over_streams() -> MethodRouter<Shared> {
    post(
        async |State(shared), Extension(identity), name: Result<Path<String>, PathRejection>, request| {
            let Path(name) = name.map_err(unreadable)?;
            handle(&shared, &identity, name, None, request).await
        },
    )
}

pub(crate) fn of_aggregate() -> MethodRouter<Shared> {
    post(
        async |State(shared), Extension(identity), path: Result<Path<Parts>, PathRejection>, request| {
            let Path((category, id, name)) = path.map_err(unreadable)?;
            let target = StreamId::new(&format!("{category}-{id}")).map_err(|error| no_stream(&error))?;
            handle(&shared, &identity, name, Some(target), request).await
        },
    )
}

/// Category, id and name.
type Parts = (String, String, String);

async fn handle(
    shared: &Shared,
    identity: &Identity,
    name: String,
    target: Option<StreamId>,
    request: Request,
) -> Result<Response, Problem> {
    let (id, metadata) = headers::read(request.headers(), identity)?;
    let trace = metadata.trace.clone();
    let wait = Wait::read(request.headers(), shared.limits());
    let command = WireCommand {
        id,
        name,
        target,
        payload: body::read(request, shared.limits()).await?,
        metadata,
    };
    let asked = Asked::of(&command);
    let result = shared.runtime().dispatch(command).await;
    let position = match &result {
        CommandResult::Success(success) => Some(success.position),
        _ => None,
    };
    let mut response = outcome::response(shared, &asked, result).await;
    if let Some(position) = position {
        write_position(response.headers_mut(), position);
        if let Some(wait) = wait
            && is_projected(shared, &identity.tenant, position, wait).await
        {
            wait.applied(response.headers_mut());
        }
    }
    if let Some(trace) = trace {
        headers::write_trace(response.headers_mut(), &trace);
    }
    Ok(response)
}

/// Waits until all projections have come to a position; says whether they have.
async fn is_projected(shared: &Shared, tenant: &TenantId, position: Position, wait: Wait) -> bool {
    let come = shared.runtime().wait_for_all_in(tenant, position);
    matches!(timeout(wait.at_most, come).await, Ok(Ok(())))
}

#[expect(clippy::needless_pass_by_value, reason = "this is how `map_err` calls it")]
pub(crate) fn unreadable(rejection: PathRejection) -> Problem {
    Problem::new(ProblemKind::Malformed, rejection.body_text())
}

pub(crate) fn no_stream(error: &InvalidStreamId) -> Problem {
    Problem::new(ProblemKind::Malformed, chain(error))
}
