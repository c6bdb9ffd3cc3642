use bytes::Bytes;
use eventsourcing::wire::{self, CommandResult};
use serde_json::value::RawValue;

use super::message::{ServerMessage, Success, Tag};
use crate::commands::{self, Asked};
use crate::problem::Problem;
use crate::shared::Shared;

/// The message that tells what came of a command.
pub(super) async fn message(shared: &Shared, request: &Tag, asked: &Asked, result: CommandResult) -> String {
    match result {
        CommandResult::Success(success) => succeeded(shared, request, &success),
        other => failed(request, &commands::problem(shared, asked, other).await),
    }
}

fn succeeded(shared: &Shared, request: &Tag, success: &wire::Success) -> String {
    let events: Vec<Bytes> = success.events.iter().map(|event| shared.render(event)).collect();
    let message = ServerMessage::Result {
        request,
        success: Some(Success {
            command_id: success.command_id,
            position: success.position,
            versions: &success.versions,
            repeated: success.repeated,
            events: events.iter().filter_map(as_json).collect(),
        }),
        problem: None,
    };
    message.to_json()
}

fn as_json(rendered: &Bytes) -> Option<&RawValue> {
    serde_json::from_slice(rendered).ok()
}

fn failed(request: &Tag, problem: &Problem) -> String {
    let message = ServerMessage::Result {
        request,
        success: None,
        problem: Some(problem),
    };
    message.to_json()
}
