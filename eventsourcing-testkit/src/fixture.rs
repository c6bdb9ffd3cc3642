//! Short ways to write appends and reads in tests.
//!
//! ```
//! use eventsourcing_testkit::fixture::{AppendExt, NewEventExt, append, event};
//!
//! let transfer = event("account.Transferred", "account-alice").linked_to("account-bob");
//! let append = append([transfer]).if_at("account-alice", 3).if_absent("account-bob");
//! assert_eq!(append.conditions.len(), 2);
//! ```
#![expect(
    clippy::expect_used,
    reason = "texts in tests are written by hand; a wrong one is a wrong test"
)]

use eventsourcing_core::bytes::Bytes;
use eventsourcing_core::store::{
    Append, Checkpoint, CommandKey, Condition, Fingerprint, Progress, ReadStream, ReadStreams,
};
use eventsourcing_core::{
    Category, CommandId, ContentType, EventId, EventTypeName, NewEvent, StreamId, TenantId, TypeFilter,
    TypeSet, Version,
};
use uuid::Uuid;

/// The stream with this id.
///
/// # Panics
/// If the text is not a stream id.
pub fn stream(id: &str) -> StreamId {
    StreamId::new(id).expect("a stream id")
}

/// The category with this name.
///
/// # Panics
/// If the text is not a category.
pub fn category(name: &str) -> Category {
    Category::new(name).expect("a category")
}

/// The tenant with this id.
///
/// # Panics
/// If the text is not a tenant id.
pub fn tenant(id: &str) -> TenantId {
    TenantId::new(id).expect("a tenant id")
}

/// The event type with this name.
///
/// # Panics
/// If the text is not an event type name.
pub fn event_type(name: &str) -> EventTypeName {
    EventTypeName::new(name).expect("an event type name")
}

/// The filter that lets these event types through.
///
/// # Panics
/// If a text is not an event type name.
pub fn only(names: &[&str]) -> TypeFilter {
    TypeFilter::Only(names.iter().copied().map(event_type).collect::<TypeSet>())
}

/// The key of a command that nobody has sent yet.
pub fn new_command() -> CommandKey {
    CommandKey {
        id: CommandId::new(Uuid::now_v7()),
        fingerprint: Fingerprint::of("test.Command", b"{}"),
    }
}

/// An event of this type in this stream, with an id of its own and a payload that repeats its type.
///
/// # Panics
/// If a text is not an event type name or not a stream id.
pub fn event(name: &str, home: &str) -> NewEvent {
    NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: event_type(name),
        schema_version: 1,
        content_type: ContentType::JSON,
        payload: format!(r#"{{"type":"{name}"}}"#).into(),
        metadata: Bytes::from_static(b"{}"),
        home: stream(home),
        links: Vec::new(),
    }
}

/// What tests add to an event.
pub trait NewEventExt {
    /// Links the event to a further stream.
    #[must_use]
    fn linked_to(self, stream: &str) -> Self;

    /// Gives it another payload.
    #[must_use]
    fn with_payload(self, payload: impl Into<Bytes>) -> Self;

    /// Gives it a payload that is not JSON.
    #[must_use]
    fn with_binary(self, payload: impl Into<Bytes>) -> Self;
}

impl NewEventExt for NewEvent {
    fn linked_to(mut self, id: &str) -> Self {
        self.links.push(stream(id));
        self
    }

    fn with_payload(self, payload: impl Into<Bytes>) -> Self {
        Self {
            payload: payload.into(),
            ..self
        }
    }

    fn with_binary(self, payload: impl Into<Bytes>) -> Self {
        Self {
            content_type: ContentType::new("application/octet-stream").expect("a content type"),
            ..self.with_payload(payload)
        }
    }
}

/// An append of these events, without conditions.
pub fn append(events: impl IntoIterator<Item = NewEvent>) -> Append {
    Append {
        events: events.into_iter().collect(),
        ..Append::default()
    }
}

/// What tests add to an append.
pub trait AppendExt {
    /// Only if the stream has not moved on from this version.
    #[must_use]
    fn if_at(self, stream: &str, seen: u64) -> Self;

    /// Only if the stream has no events.
    #[must_use]
    fn if_absent(self, stream: &str) -> Self;

    /// Only if the stream holds no events of these types above this version.
    #[must_use]
    fn if_none_of(self, types: TypeFilter, stream: &str, seen: u64) -> Self;

    /// Under a command id.
    #[must_use]
    fn under(self, command: CommandKey) -> Self;

    /// Moving a reader.
    #[must_use]
    fn moving(self, reader: &str, from: Option<Checkpoint>, to: Checkpoint) -> Self;
}

impl AppendExt for Append {
    fn if_at(self, stream: &str, seen: u64) -> Self {
        self.if_none_of(TypeFilter::All, stream, seen)
    }

    fn if_absent(self, stream: &str) -> Self {
        self.if_at(stream, 0)
    }

    fn if_none_of(mut self, types: TypeFilter, id: &str, seen: u64) -> Self {
        self.conditions.push(Condition {
            stream: stream(id),
            seen: Version::new(seen),
            types,
        });
        self
    }

    fn under(self, command: CommandKey) -> Self {
        Self {
            command: Some(command),
            ..self
        }
    }

    fn moving(self, reader: &str, from: Option<Checkpoint>, to: Checkpoint) -> Self {
        Self {
            progress: Some(Progress {
                reader: reader.into(),
                from,
                to,
            }),
            ..self
        }
    }
}

/// Everything in this stream.
///
/// # Panics
/// If the text is not a stream id.
pub fn whole(id: &str) -> ReadStream {
    ReadStream {
        stream: stream(id),
        after: Version::ABSENT,
        types: TypeFilter::All,
    }
}

/// A read of these streams, without a command id.
pub fn read(streams: impl IntoIterator<Item = ReadStream>) -> ReadStreams {
    ReadStreams {
        streams: streams.into_iter().collect(),
        command: None,
    }
}
