//! Commands over HTTP: `POST /commands/{name}`, and `POST /commands/{category}/{id}/{name}` for those of an aggregate.
//!
//! The body is the payload of the command, everything else is in headers. A request that is dropped does not tear its command:
//! that happens as a whole or not at all, and under an `Idempotency-Key` the client can ask again which it was.

mod body;
mod headers;
mod outcome;

use axum::Extension;
use axum::extract::rejection::PathRejection;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use axum::routing::{MethodRouter, post};
use eventsourcing::wire::WireCommand;
use eventsourcing::{InvalidStreamId, StreamId};

pub(crate) use headers::{
    CAUSATION_ID, CORRELATION_ID, IDEMPOTENCY_KEY, TRACEPARENT, TRACESTATE, entity_tag,
};
pub(crate) use outcome::{Asked, problem};

use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind, chain};
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
    let command = WireCommand {
        id,
        name,
        target,
        payload: body::read(request, shared.limits()).await?,
        metadata,
    };
    let asked = Asked::of(&command);
    let result = shared.runtime().dispatch(command).await;
    let mut response = outcome::response(shared, &asked, result).await;
    if let Some(trace) = trace {
        headers::write_trace(response.headers_mut(), &trace);
    }
    Ok(response)
}

#[expect(clippy::needless_pass_by_value, reason = "this is how `map_err` calls it")]
pub(crate) fn unreadable(rejection: PathRejection) -> Problem {
    Problem::new(ProblemKind::Malformed, rejection.body_text())
}

pub(crate) fn no_stream(error: &InvalidStreamId) -> Problem {
    Problem::new(ProblemKind::Malformed, chain(error))
}
