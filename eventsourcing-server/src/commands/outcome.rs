//! What came of a command, as a response.

use std::collections::BTreeMap;

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use eventsourcing::store::ReadError;
use eventsourcing::wire::{CommandResult, Success, WireCommand};
use eventsourcing::{CommandId, Position, StreamId, TenantId, Version};
use serde::Serialize;

use super::headers::entity_tag;
use crate::events::{head_of, json_with_events};
use crate::problem::{Problem, ProblemKind};
use crate::shared::Shared;

/// What was asked for.
pub(crate) struct Asked {
    tenant: TenantId,
    target: Option<StreamId>,
    expected: Option<Version>,
}

impl Asked {
    pub(crate) fn of(command: &WireCommand) -> Self {
        Self {
            tenant: command.metadata.tenant.clone(),
            target: command.target.clone(),
            expected: command.metadata.expected_version,
        }
    }
}

pub(super) async fn response(shared: &Shared, asked: &Asked, result: CommandResult) -> Response {
    match result {
        CommandResult::Success(success) => done(shared, asked.target.as_ref(), &success),
        CommandResult::Invalid { path, message } if path != "/id" => in_body(&path, message).into_response(),
        other => problem(shared, asked, other).await.into_response(),
    }
}

/// Paths point into the whole command. Of that, the body is the payload; the rest comes from the address and the headers.
fn in_body(path: &str, message: String) -> Problem {
    let problem = Problem::new(ProblemKind::Malformed, message);
    match path.strip_prefix("/payload") {
        Some(path) => problem.at(path),
        None => problem,
    }
}

/// A success in JSON, save for its events.
#[derive(Serialize)]
struct Done<'a> {
    command_id: CommandId,
    position: Position,
    versions: &'a BTreeMap<StreamId, Version>,
    repeated: bool,
}

fn done(shared: &Shared, target: Option<&StreamId>, success: &Success) -> Response {
    let done = Done {
        command_id: success.command_id,
        position: success.position,
        versions: &success.versions,
        repeated: success.repeated,
    };
    let events = success.events.iter().map(|event| shared.render(event));
    let mut response = json_with_events(&done, events);
    if let Some(version) = target.and_then(|target| success.versions.get(target)) {
        response.headers_mut().insert(header::ETAG, entity_tag(*version));
    }
    response
}

/// The head of the target, if that is not where it was expected to be: a conflict may be one of other streams as well.
async fn unmet(shared: &Shared, asked: &Asked) -> Result<Option<Version>, ReadError> {
    let (Some(target), Some(expected)) = (&asked.target, asked.expected) else {
        return Ok(None);
    };
    let head = head_of(shared, &asked.tenant, target).await?;
    Ok(Some(head).filter(|head| *head != expected))
}

/// Why a command has not happened. What the store says is told to nobody but the log.
pub(crate) async fn problem(shared: &Shared, asked: &Asked, result: CommandResult) -> Problem {
    match result {
        CommandResult::Rejected(rejection) => Problem::rejected(rejection),
        CommandResult::Conflict { message } => match unmet(shared, asked).await {
            Ok(Some(head)) => Problem::new(ProblemKind::PreconditionFailed, message).with_version(head),
            Ok(None) | Err(_) => Problem::new(ProblemKind::Conflict, message),
        },
        CommandResult::Invalid { path, message } if path == "/id" => {
            Problem::new(ProblemKind::KeyReused, message)
        }
        CommandResult::Invalid { path, message } => Problem::new(ProblemKind::Malformed, message).at(path),
        CommandResult::UnknownCommand { name, suggestions } => Problem::new(
            ProblemKind::UnknownCommand,
            format!("there is no command `{name}`"),
        )
        .with_suggestions(suggestions),
        CommandResult::Overloaded { message } => Problem::unavailable(ProblemKind::Overloaded, &message),
        CommandResult::Unavailable { message } => Problem::unavailable(ProblemKind::Unavailable, &message),
        CommandResult::UnknownOutcome { message } => {
            Problem::unavailable(ProblemKind::UnknownOutcome, &message)
        }
        CommandResult::Failed { message } => Problem::failed(&message),
        other => Problem::failed(other.name()),
    }
}
