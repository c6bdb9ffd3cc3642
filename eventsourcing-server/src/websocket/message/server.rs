use std::collections::BTreeMap;
use std::time::Duration;

use bytes::Bytes;
use eventsourcing::{CommandId, Position, StreamId, Version};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::Tag;
use crate::events::Cursor;
use crate::problem::Problem;
use crate::websocket::WebSocketLimits;

/// What the server says, except for [`Events`] and [`Answer`](super::Answer).
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(in crate::websocket) enum ServerMessage<'a> {
    Hello {
        protocol: &'static str,
        service: &'a str,
        limits: Announced,
    },
    Result {
        request: &'a Tag,
        #[serde(skip_serializing_if = "Option::is_none")]
        success: Option<Success<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<&'a Problem>,
    },
    Subscribed {
        subscription: &'a Tag,
        cursor: Cursor,
    },
    Following {
        subscription: &'a Tag,
    },
    CaughtUp {
        subscription: &'a Tag,
        cursor: Cursor,
    },
    Ended {
        subscription: &'a Tag,
        reason: EndReason,
        #[serde(skip_serializing_if = "Option::is_none")]
        cursor: Option<Cursor>,
        #[serde(skip_serializing_if = "Option::is_none")]
        problem: Option<&'a Problem>,
    },
    Pong {
        #[serde(skip_serializing_if = "Option::is_none")]
        nonce: Option<&'a Tag>,
    },
    Goodbye {
        reason: EndReason,
        #[serde(rename = "retry_after_ms", serialize_with = "as_millis")]
        retry_after: Duration,
    },
    Error {
        #[serde(skip_serializing_if = "Option::is_none")]
        request: Option<&'a Tag>,
        #[serde(skip_serializing_if = "Option::is_none")]
        subscription: Option<&'a Tag>,
        problem: &'a Problem,
    },
}

/// What has happened, with its events as they are sent to subscribers.
#[derive(Serialize)]
pub(in crate::websocket) struct Success<'a> {
    pub(in crate::websocket) command_id: CommandId,
    pub(in crate::websocket) position: Position,
    pub(in crate::websocket) versions: &'a BTreeMap<StreamId, Version>,
    pub(in crate::websocket) repeated: bool,
    pub(in crate::websocket) events: Vec<&'a RawValue>,
}

/// What a client has to know of the [limits](WebSocketLimits).
#[derive(Serialize)]
pub(in crate::websocket) struct Announced {
    message_bytes: usize,
    commands: usize,
    subscriptions: usize,
    #[serde(rename = "ping_interval_ms", serialize_with = "as_millis")]
    ping_interval: Duration,
}

impl From<&WebSocketLimits> for Announced {
    fn from(limits: &WebSocketLimits) -> Self {
        Self {
            message_bytes: limits.message_bytes,
            commands: limits.commands,
            subscriptions: limits.subscriptions,
            ping_interval: limits.ping_interval,
        }
    }
}

/// Why there will be no more events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::websocket) enum EndReason {
    Unsubscribed,
    Failed,
    SlowConsumer,
    ShuttingDown,
    ProtocolError,
    NoPong,
    CredentialsExpired,
}

impl ServerMessage<'_> {
    pub(in crate::websocket) fn to_json(&self) -> String {
        #[expect(
            clippy::expect_used,
            reason = "text, numbers, and JSON that was rendered before"
        )]
        serde_json::to_string(self).expect("a message has a JSON form")
    }
}

fn as_millis<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u128(duration.as_millis())
}

/// Events, rendered already: they are only put together.
pub(in crate::websocket) struct Events {
    json: Vec<u8>,
    begins: usize,
}

impl Events {
    pub(in crate::websocket) fn new(subscription: &Tag, cursor: Cursor, bytes: usize) -> Self {
        let head =
            format!(r#"{{"type":"events","subscription":"{subscription}","cursor":"{cursor}","events":["#);
        let mut json = Vec::with_capacity(head.len() + bytes + END.len());
        json.extend_from_slice(head.as_bytes());
        Self {
            begins: json.len(),
            json,
        }
    }

    pub(in crate::websocket) fn push(&mut self, event: &Bytes) {
        if self.json.len() > self.begins {
            self.json.push(b',');
        }
        self.json.extend_from_slice(event);
    }

    pub(in crate::websocket) fn into_json(mut self) -> String {
        self.json.extend_from_slice(END);
        #[expect(clippy::expect_used, reason = "rendered events are JSON, and JSON is UTF-8")]
        String::from_utf8(self.json).expect("events are UTF-8")
    }
}

const END: &[u8] = b"]}";
