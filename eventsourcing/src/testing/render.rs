//! Events as text, so that people can see what differs.

use std::error::Error;
use std::fmt::Write as _;

use serde_json::Value;
use similar::{ChangeTag, TextDiff};

use super::past::Written;
use crate::event::Encoded;
use crate::process::Outgoing;
use crate::{ContentType, NewEvent, StreamId};

pub(super) fn written(events: &[Written]) -> String {
    events
        .iter()
        .map(|event| one(&event.encoded, &event.streams))
        .collect()
}

pub(super) fn emitted(events: &[NewEvent]) -> String {
    let mut text = String::new();
    for event in events {
        let streams: Vec<StreamId> = event.streams().cloned().collect();
        text += &block(
            event.event_type.as_str(),
            &streams,
            &payload(&event.content_type, &event.payload),
        );
    }
    text
}

/// A command that was sent.
pub(super) fn outgoing(command: &Outgoing) -> String {
    self::command(&command.name, command.target.as_ref(), &command.payload)
}

/// A command as it is sent.
pub(super) fn command(name: &str, target: Option<&StreamId>, json: &[u8]) -> String {
    let target = target.map(|stream| format!(" to {stream}")).unwrap_or_default();
    format!("{name}{target}\n{}\n", payload(&ContentType::JSON, json))
}

fn one(encoded: &Encoded, streams: &[StreamId]) -> String {
    block(
        encoded.event_type.name,
        streams,
        &payload(&encoded.content_type, &encoded.payload),
    )
}

fn block(event_type: &str, streams: &[StreamId], payload: &str) -> String {
    let streams: Vec<&str> = streams.iter().map(StreamId::as_str).collect();
    format!("{event_type} in {}\n{payload}\n", streams.join(", "))
}

/// JSON is shown with one member to a line and in alphabetical order, so that equal payloads have equal texts.
fn payload(content_type: &ContentType, bytes: &[u8]) -> String {
    let json = (*content_type == ContentType::JSON)
        .then(|| serde_json::from_slice::<Value>(bytes).ok())
        .flatten();
    let pretty = json.and_then(|value| serde_json::to_string_pretty(&value).ok());
    pretty.unwrap_or_else(|| format!("{bytes:02x?}"))
}

/// Lines that are expected are marked `-`, lines that came instead `+`.
pub(super) fn diff(expected: &str, found: &str) -> String {
    let mut text = String::from("  (- expected, + found)\n");
    for change in TextDiff::from_lines(expected, found).iter_all_changes() {
        let mark = match change.tag() {
            ChangeTag::Delete => "- ",
            ChangeTag::Insert => "+ ",
            ChangeTag::Equal => "  ",
        };
        text.push_str(mark);
        text.push_str(change.value());
    }
    text
}

/// An error with everything beneath it.
pub(super) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let _ = write!(text, "\n  because {error}");
        source = error.source();
    }
    text
}
