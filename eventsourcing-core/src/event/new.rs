use bytes::Bytes;

use super::{ContentType, EventTypeName, SchemaVersion};
use crate::{EventId, StreamId};

/// An event that is to be appended. The store gives it versions, a position and a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// Identifies the event for ever; made by whoever appends it.
    pub id: EventId,
    /// The name of its type.
    pub event_type: EventTypeName,
    /// The version of its payload.
    pub schema_version: SchemaVersion,
    /// How its payload is written.
    pub content_type: ContentType,
    /// What happened; stored byte for byte.
    pub payload: Bytes,
    /// What is known besides; stored byte for byte.
    pub metadata: Bytes,
    /// The stream it belongs to.
    pub home: StreamId,
    /// Further streams it takes a version in; distinct, and none of them its home.
    pub links: Vec<StreamId>,
}

impl NewEvent {
    /// Every stream that the event takes a version in, its home first.
    pub fn streams(&self) -> impl Iterator<Item = &StreamId> {
        std::iter::once(&self.home).chain(&self.links)
    }
}
