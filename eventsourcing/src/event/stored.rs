use std::borrow::Borrow as _;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{Codec, DecodeFailure, EncodeError};
use crate::{ContentType, EventType, RecordedEvent, SchemaVersion};

/// An event as bytes, on its way into a store.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// Its type.
    pub event_type: EventType,
    /// How its payload is written.
    pub content_type: ContentType,
    /// Its payload.
    pub payload: Bytes,
}

impl Encoded {
    /// Writes a payload with a codec.
    ///
    /// # Errors
    /// If the payload has no form in that codec.
    pub fn by<C: Codec>(event_type: EventType, payload: &impl Serialize) -> Result<Self, EncodeError> {
        match C::encode(payload) {
            Ok(bytes) => Ok(Self {
                event_type,
                content_type: C::CONTENT_TYPE,
                payload: bytes.into(),
            }),
            Err(source) => Err(EncodeError {
                event_type: event_type.name,
                source,
            }),
        }
    }

    /// The same event as it would be read.
    pub fn as_stored(&self) -> Stored<'_> {
        Stored {
            event_type: self.event_type.name,
            schema_version: self.event_type.version,
            content_type: self.content_type.borrow(),
            payload: &self.payload,
        }
    }
}

/// An event as bytes, as it was read from a store.
#[derive(Clone, Copy, Debug)]
pub struct Stored<'a> {
    /// The name of its type, as it was stored.
    pub event_type: &'a str,
    /// The version of its payload.
    pub schema_version: SchemaVersion,
    /// How its payload is written.
    pub content_type: &'a str,
    /// Its payload.
    pub payload: &'a [u8],
}

impl Stored<'_> {
    /// Reads the payload with a codec.
    ///
    /// # Errors
    /// If it is of another content type than the codec's, or cannot be read.
    pub fn payload_by<C: Codec, T: DeserializeOwned>(&self) -> Result<T, DecodeFailure> {
        if C::CONTENT_TYPE != self.content_type {
            return Err(DecodeFailure::ContentType {
                found: self.content_type.into(),
                expected: C::CONTENT_TYPE,
            });
        }
        C::decode(self.payload).map_err(DecodeFailure::Payload)
    }
}

impl<'a> From<&'a RecordedEvent> for Stored<'a> {
    fn from(event: &'a RecordedEvent) -> Self {
        Self {
            event_type: event.event_type.borrow(),
            schema_version: event.schema_version,
            content_type: event.content_type.borrow(),
            payload: &event.payload,
        }
    }
}
