use std::sync::Arc;

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::{
    ContentType, EventId, EventTypeName, Position, RecordedEvent, SchemaVersion, StreamId, StreamVersion,
    TenantId, Timestamp, Version,
};

/// An event as it was when a process manager reacted to it, copied whole: it is read again in the same way, upcasts included,
/// whatever becomes of the stream that it came from.
///
/// Payload and metadata are `{"json": ..}`, or `{"base64": ".."}` if they are not JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopiedEvent {
    /// Its id.
    pub id: EventId,
    /// Its place in the store.
    pub position: Position,
    /// The name of its type, as it was stored.
    #[serde(rename = "type")]
    pub event_type: EventTypeName,
    /// The version of its payload.
    pub schema_version: SchemaVersion,
    /// How its payload is written.
    pub content_type: ContentType,
    /// When it was stored.
    pub recorded_at: Timestamp,
    /// Its home.
    pub stream: StreamId,
    /// Its version there.
    pub version: Version,
    /// The streams that it is linked to, and its versions there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<(StreamId, Version)>,
    /// What happened.
    #[serde(with = "verbatim")]
    pub payload: Bytes,
    /// What is known besides.
    #[serde(with = "verbatim")]
    pub metadata: Bytes,
}

impl From<&RecordedEvent> for CopiedEvent {
    fn from(event: &RecordedEvent) -> Self {
        Self {
            id: event.id,
            position: event.position,
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            content_type: event.content_type.clone(),
            recorded_at: event.recorded_at,
            stream: event.home.stream.clone(),
            version: event.home.version,
            links: event
                .links
                .iter()
                .map(|link| (link.stream.clone(), link.version))
                .collect(),
            payload: event.payload.clone(),
            metadata: event.metadata.clone(),
        }
    }
}

impl CopiedEvent {
    /// The event itself, which belongs to the tenant that the copy belongs to.
    pub fn into_recorded(self, tenant: TenantId) -> Arc<RecordedEvent> {
        let place = |(stream, version)| StreamVersion { stream, version };
        Arc::new(RecordedEvent {
            id: self.id,
            tenant,
            position: self.position,
            event_type: self.event_type,
            schema_version: self.schema_version,
            content_type: self.content_type,
            payload: self.payload,
            metadata: self.metadata,
            recorded_at: self.recorded_at,
            home: place((self.stream, self.version)),
            links: self.links.into_iter().map(place).collect(),
        })
    }
}

/// Bytes of any kind.
mod verbatim {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use serde::de::Error as _;
    use serde::{Deserializer, Serializer};

    use super::{Bytes, Deserialize, RawValue, Serialize};

    #[derive(Serialize, Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum Verbatim<J> {
        Json(J),
        Base64(String),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &Bytes, serializer: S) -> Result<S::Ok, S::Error> {
        let verbatim = match serde_json::from_slice::<&RawValue>(bytes) {
            // White space around it would be lost.
            Ok(json) if json.get().len() == bytes.len() => Verbatim::Json(json),
            _ => Verbatim::Base64(BASE64_STANDARD.encode(bytes)),
        };
        verbatim.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        match Verbatim::<Box<RawValue>>::deserialize(deserializer)? {
            Verbatim::Json(json) => Ok(super::bytes_of(json)),
            Verbatim::Base64(text) => BASE64_STANDARD
                .decode(text)
                .map(Bytes::from)
                .map_err(D::Error::custom),
        }
    }
}

/// Bytes that are JSON.
pub(super) mod raw_json {
    use serde::ser::Error as _;
    use serde::{Deserializer, Serializer};

    use super::{Bytes, Deserialize as _, RawValue, Serialize as _};

    pub(in crate::process) fn serialize<S: Serializer>(
        bytes: &Bytes,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let json: &RawValue = serde_json::from_slice(bytes).map_err(S::Error::custom)?;
        json.serialize(serializer)
    }

    pub(in crate::process) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Bytes, D::Error> {
        Box::<RawValue>::deserialize(deserializer).map(super::bytes_of)
    }
}

fn bytes_of(json: Box<RawValue>) -> Bytes {
    Box::<str>::from(json).into_boxed_bytes().into()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn copied(payload: &'static [u8]) -> CopiedEvent {
        CopiedEvent {
            id: EventId::new(Uuid::nil()),
            position: Position::new(4),
            event_type: EventTypeName::from_static("order.Placed"),
            schema_version: 1,
            content_type: ContentType::JSON,
            recorded_at: Timestamp::UNIX_EPOCH,
            stream: StreamId::new("order-17").unwrap(),
            version: Version::FIRST,
            links: Vec::new(),
            payload: Bytes::from_static(payload),
            metadata: Bytes::from_static(b"{}"),
        }
    }

    #[test]
    fn a_copy_is_stored_as_json_that_people_can_read() {
        let text = serde_json::to_string(&copied(b"{\"total\": 1.50}")).unwrap();
        assert_eq!(
            text,
            r#"{"id":"00000000-0000-0000-0000-000000000000","position":4,"type":"order.Placed","schema_version":1,"#
                .to_owned()
                + r#""content_type":"application/json","recorded_at":"1970-01-01T00:00:00.000000Z","stream":"order-17","#
                + r#""version":1,"payload":{"json":{"total": 1.50}},"metadata":{"json":{}}}"#
        );
    }

    #[test]
    fn any_bytes_come_back_as_they_were() {
        for payload in [&b"{\"total\": 1.50}"[..], b" {} ", b"\x00\xff", b"", b"\"text\""] {
            let mut event = copied(payload);
            event.links = vec![(StreamId::new("customer-1").unwrap(), Version::new(3))];
            let bytes = serde_json::to_vec(&event).unwrap();
            assert_eq!(serde_json::from_slice::<CopiedEvent>(&bytes).unwrap(), event);
            let recorded = event.clone().into_recorded(TenantId::DEFAULT);
            assert_eq!(CopiedEvent::from(&*recorded), event);
        }
    }
}
