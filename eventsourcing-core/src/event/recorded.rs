use bytes::Bytes;

use super::{ContentType, EventTypeName, SchemaVersion};
use crate::{EventId, InvalidMetadata, Metadata, Position, StreamId, TenantId, Timestamp, Version};

/// An event as it lies in a store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordedEvent {
    /// Identifies the event for ever.
    pub id: EventId,
    /// Who it belongs to.
    pub tenant: TenantId,
    /// Its place in the store.
    pub position: Position,
    /// The name of its type, as it was when the event was stored.
    pub event_type: EventTypeName,
    /// The version of its payload, as it was when the event was stored.
    pub schema_version: SchemaVersion,
    /// How its payload is written.
    pub content_type: ContentType,
    /// What happened, byte for byte.
    pub payload: Bytes,
    /// What is known besides, byte for byte.
    pub metadata: Bytes,
    /// When it was stored, by the store's clock.
    pub recorded_at: Timestamp,
    /// The stream it belongs to, and its version there.
    pub home: StreamVersion,
    /// Further streams that hold it, and its version in each.
    pub links: Vec<StreamVersion>,
}

impl RecordedEvent {
    /// Every stream that holds the event, its home first.
    pub fn streams(&self) -> impl Iterator<Item = &StreamVersion> {
        std::iter::once(&self.home).chain(&self.links)
    }

    /// Its version in a stream, if the stream holds it.
    pub fn version_in(&self, stream: &StreamId) -> Option<Version> {
        self.streams()
            .find(|place| place.stream == *stream)
            .map(|place| place.version)
    }

    /// Reads the metadata.
    ///
    /// # Errors
    /// If it was not written by this framework.
    pub fn metadata(&self) -> Result<Metadata, InvalidMetadata> {
        Metadata::from_bytes(&self.metadata)
    }
}

/// A place in a stream.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct StreamVersion {
    /// The stream.
    pub stream: StreamId,
    /// The version in it.
    pub version: Version,
}
