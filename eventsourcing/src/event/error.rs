use std::error::Error;

use crate::{ContentType, EventTypeName, Position, RecordedEvent, SchemaVersion, StreamId, Version};

/// A stored event that cannot be read: which one, and why.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot read event {version} of stream `{stream}`, a `{event_type}` of schema version {schema_version} at position {position}"
)]
pub struct DecodeError {
    /// The stream it belongs to.
    pub stream: StreamId,
    /// Its version in that stream.
    pub version: Version,
    /// Its place in the store.
    pub position: Position,
    /// The name of its type.
    pub event_type: EventTypeName,
    /// The version of its payload.
    pub schema_version: SchemaVersion,
    /// What is wrong with it.
    #[source]
    pub failure: DecodeFailure,
}

impl DecodeError {
    /// Says of which event a failure speaks.
    pub fn of(event: &RecordedEvent, failure: DecodeFailure) -> Self {
        Self {
            stream: event.home.stream.clone(),
            version: event.home.version,
            position: event.position,
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            failure,
        }
    }
}

/// Why bytes do not make an event of the wanted type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeFailure {
    /// No variant and no alias has this name.
    #[error("`{event}` has no event type of this name; was it renamed without an `alias`?")]
    UnknownType {
        /// The Rust type that was to be read.
        event: &'static str,
    },
    /// Written by a newer program.
    #[error("this program knows versions up to {known}; a newer one has written it")]
    NewerVersion {
        /// The newest version that this program knows.
        known: SchemaVersion,
    },
    /// Schema versions start at 1.
    #[error("there is no schema version 0")]
    VersionZero,
    /// Written by another codec.
    #[error("its content type is `{found}`, its type is read as `{expected}`")]
    ContentType {
        /// The content type of the stored event.
        found: String,
        /// The content type of the event type's codec.
        expected: ContentType,
    },
    /// The payload is not one of this type.
    #[error("its payload does not fit the type")]
    Payload(#[source] Box<dyn Error + Send + Sync>),
}

/// An event that has no form in its codec.
#[derive(Debug, thiserror::Error)]
#[error("the payload of a `{event_type}` cannot be written")]
pub struct EncodeError {
    /// The name of its type.
    pub event_type: &'static str,
    /// What the codec says.
    pub source: Box<dyn Error + Send + Sync>,
}
