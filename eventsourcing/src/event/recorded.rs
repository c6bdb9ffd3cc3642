use std::sync::Arc;

use super::{DecodeError, Event};
use crate::{
    EventId, InvalidMetadata, Metadata, Position, RecordedEvent, StreamId, StreamVersion, TenantId,
    Timestamp, Version,
};

/// An event that was read from a store: what happened, and where and when it was stored.
///
/// An event in several streams is read through one of them at a time; [`stream`](Self::stream) and
/// [`version`](Self::version) speak of that one.
#[derive(Clone, Debug)]
pub struct Recorded<E> {
    payload: E,
    event: Arc<RecordedEvent>,
    /// Which of the event's streams it was read through: 0 is its home.
    place: usize,
}

impl<E: Event> Recorded<E> {
    /// Reads an event through its home stream.
    ///
    /// # Errors
    /// If the event is of another type, or its payload cannot be read.
    pub fn decode(event: Arc<RecordedEvent>) -> Result<Self, DecodeError> {
        Self::decode_at(event, 0)
    }

    /// Reads an event through one of its streams; through its home if the stream does not hold it.
    pub(crate) fn decode_through(event: &Arc<RecordedEvent>, stream: &StreamId) -> Result<Self, DecodeError> {
        let place = event
            .streams()
            .position(|place| place.stream == *stream)
            .unwrap_or(0);
        Self::decode_at(Arc::clone(event), place)
    }

    fn decode_at(event: Arc<RecordedEvent>, place: usize) -> Result<Self, DecodeError> {
        match E::decode((&*event).into()) {
            Ok(payload) => Ok(Self {
                payload,
                event,
                place,
            }),
            Err(failure) => Err(DecodeError::of(&event, failure)),
        }
    }
}

impl<E> Recorded<E> {
    /// What happened.
    pub fn payload(&self) -> &E {
        &self.payload
    }

    /// What happened, without the rest.
    pub fn into_payload(self) -> E {
        self.payload
    }

    /// The id of the event.
    pub fn id(&self) -> EventId {
        self.event.id
    }

    /// The stream it was read through.
    pub fn stream(&self) -> &StreamId {
        &self.place().stream
    }

    /// Its version in the stream it was read through.
    pub fn version(&self) -> Version {
        self.place().version
    }

    /// Its place in the store.
    pub fn position(&self) -> Position {
        self.event.position
    }

    /// Who it belongs to.
    pub fn tenant(&self) -> &TenantId {
        &self.event.tenant
    }

    /// When it was stored, by the store's clock.
    pub fn recorded_at(&self) -> Timestamp {
        self.event.recorded_at
    }

    /// What is known besides: who caused it, and by which command.
    ///
    /// # Errors
    /// If the metadata was not written by this framework.
    pub fn metadata(&self) -> Result<Metadata, InvalidMetadata> {
        self.event.metadata()
    }

    /// The event as it lies in the store.
    pub fn as_stored(&self) -> &Arc<RecordedEvent> {
        &self.event
    }

    fn place(&self) -> &StreamVersion {
        match self.place {
            0 => &self.event.home,
            link => self.event.links.get(link - 1).unwrap_or(&self.event.home),
        }
    }
}
