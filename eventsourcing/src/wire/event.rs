use std::ops::Deref;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::value::RawValue;

use super::json;
use crate::{
    ContentType, EventId, EventTypeName, Position, RecordedEvent, SchemaVersion, StreamId, StreamVersion,
    TenantId, Timestamp, Version,
};

/// A stored event with a JSON form.
///
/// | member | |
/// |---|---|
/// | `id` | the event id |
/// | `tenant` | whose it is |
/// | `position` | its place in the store |
/// | `type`, `schema_version` | its type, as it is stored |
/// | `stream`, `version` | its home, and its version there |
/// | `links` | further streams that hold it, each with its version; left out if there are none |
/// | `recorded_at` | RFC 3339 |
/// | `content_type` | how the payload is written |
/// | `payload` or `payload_base64` | the payload: as JSON if it is, and otherwise its bytes |
/// | `metadata` or `metadata_base64` | likewise |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireEvent(pub Arc<RecordedEvent>);

impl Deref for WireEvent {
    type Target = RecordedEvent;

    fn deref(&self) -> &RecordedEvent {
        &self.0
    }
}

impl From<Arc<RecordedEvent>> for WireEvent {
    fn from(event: Arc<RecordedEvent>) -> Self {
        Self(event)
    }
}

#[derive(Serialize)]
struct Written<'a> {
    id: EventId,
    tenant: &'a TenantId,
    position: Position,
    #[serde(rename = "type")]
    event_type: &'a EventTypeName,
    schema_version: SchemaVersion,
    stream: &'a StreamId,
    version: Version,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    links: Vec<Link>,
    recorded_at: Timestamp,
    content_type: &'a ContentType,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload_base64: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata_base64: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct Link {
    stream: StreamId,
    version: Version,
}

impl Serialize for WireEvent {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (payload, payload_base64) = content(&self.payload);
        let (metadata, metadata_base64) = content(&self.metadata);
        let written = Written {
            id: self.id,
            tenant: &self.tenant,
            position: self.position,
            event_type: &self.event_type,
            schema_version: self.schema_version,
            stream: &self.home.stream,
            version: self.home.version,
            links: self.links.iter().cloned().map(Link::from).collect(),
            recorded_at: self.recorded_at,
            content_type: &self.content_type,
            payload,
            payload_base64,
            metadata,
            metadata_base64,
        };
        written.serialize(serializer)
    }
}

/// Bytes as JSON if they are that and nothing else, otherwise as base64.
fn content(bytes: &[u8]) -> (Option<&RawValue>, Option<String>) {
    match serde_json::from_slice::<&RawValue>(bytes) {
        Ok(json) if json.get().len() == bytes.len() => (Some(json), None),
        _ => (None, Some(BASE64_STANDARD.encode(bytes))),
    }
}

#[derive(Deserialize)]
struct Read {
    id: EventId,
    tenant: TenantId,
    position: Position,
    #[serde(rename = "type")]
    event_type: EventTypeName,
    schema_version: SchemaVersion,
    stream: StreamId,
    version: Version,
    #[serde(default)]
    links: Vec<Link>,
    recorded_at: Timestamp,
    content_type: ContentType,
    #[serde(default, deserialize_with = "json::raw")]
    payload: Option<Box<RawValue>>,
    payload_base64: Option<String>,
    #[serde(default, deserialize_with = "json::raw")]
    metadata: Option<Box<RawValue>>,
    metadata_base64: Option<String>,
}

impl<'de> Deserialize<'de> for WireEvent {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(deserializer)?;
        Ok(Self(Arc::new(RecordedEvent {
            id: read.id,
            tenant: read.tenant,
            position: read.position,
            event_type: read.event_type,
            schema_version: read.schema_version,
            content_type: read.content_type,
            payload: bytes("payload", read.payload, read.payload_base64)?,
            metadata: bytes("metadata", read.metadata, read.metadata_base64)?,
            recorded_at: read.recorded_at,
            home: StreamVersion {
                stream: read.stream,
                version: read.version,
            },
            links: read.links.into_iter().map(StreamVersion::from).collect(),
        })))
    }
}

fn bytes<E: de::Error>(
    name: &'static str,
    json: Option<Box<RawValue>>,
    base64: Option<String>,
) -> Result<Bytes, E> {
    match (json, base64) {
        (_, Some(base64)) => BASE64_STANDARD.decode(base64).map(Bytes::from).map_err(E::custom),
        (Some(json), None) => Ok(Box::<str>::from(json).into_boxed_bytes().into()),
        (None, None) => Err(E::missing_field(name)),
    }
}

impl From<StreamVersion> for Link {
    fn from(StreamVersion { stream, version }: StreamVersion) -> Self {
        Self { stream, version }
    }
}

impl From<Link> for StreamVersion {
    fn from(Link { stream, version }: Link) -> Self {
        Self { stream, version }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::{CommandId, Metadata};

    fn recorded() -> RecordedEvent {
        let place = |stream, version| StreamVersion {
            stream: StreamId::new(stream).unwrap(),
            version: Version::new(version),
        };
        RecordedEvent {
            id: EventId::new(Uuid::from_u128(1)),
            tenant: TenantId::DEFAULT,
            position: Position::new(9),
            event_type: EventTypeName::from_static("account.Transferred"),
            schema_version: 2,
            content_type: ContentType::JSON,
            payload: r#"{ "amount": 1.10 }"#.into(),
            metadata: Metadata::of_command(CommandId::new(Uuid::from_u128(2))).to_bytes(),
            recorded_at: Timestamp::UNIX_EPOCH,
            home: place("account-alice", 3),
            links: vec![place("account-bob", 5)],
        }
    }

    fn and_back(event: RecordedEvent) -> String {
        let event = WireEvent(Arc::new(event));
        let json = serde_json::to_string(&event).unwrap();
        assert_eq!(serde_json::from_str::<WireEvent>(&json).unwrap(), event);
        json
    }

    #[test]
    fn the_json_form_is_this_and_keeps_every_byte() {
        let expected = concat!(
            r#"{"id":"00000000-0000-0000-0000-000000000001","tenant":"default","position":9,"#,
            r#""type":"account.Transferred","schema_version":2,"stream":"account-alice","version":3,"#,
            r#""links":[{"stream":"account-bob","version":5}],"recorded_at":"1970-01-01T00:00:00.000000Z","#,
            r#""content_type":"application/json","payload":{ "amount": 1.10 },"#,
            r#""metadata":{"command_id":"00000000-0000-0000-0000-000000000002"}}"#
        );
        assert_eq!(and_back(recorded()), expected);
    }

    #[test]
    fn what_is_not_json_is_base64() {
        let json = and_back(RecordedEvent {
            payload: Bytes::from_static(&[0xff, 0x00]),
            metadata: Bytes::new(),
            ..recorded()
        });
        assert!(json.contains(r#""payload_base64":"/wA=""#) && json.contains(r#""metadata_base64":"""#));
    }

    #[test]
    fn json_with_blanks_around_it_comes_back_byte_for_byte() {
        for payload in [" 1", "1\n", "null"] {
            and_back(RecordedEvent {
                payload: payload.into(),
                ..recorded()
            });
        }
    }
}
