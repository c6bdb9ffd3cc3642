//! Events: what is stored of them, and how it comes back.

mod codec;
mod delegation;
mod evolution;
mod generics;
mod payload;
mod round_trip;
mod schema;
mod serde_attributes;
mod streams;
mod types;

use std::sync::Arc;

use eventsourcing::event::{DecodeError, DecodeFailure, Stored};
use eventsourcing::prelude::*;
use eventsourcing::uuid::Uuid;
use eventsourcing::{ContentType, EventId, EventTypeName, Position, RecordedEvent, StreamVersion, TenantId};
use serde_json::Value;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "account")]
struct AccountId(String);

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[stream_key(category = "rules")]
struct RulesId(u32);

fn account(id: &str) -> AccountId {
    AccountId(id.into())
}

/// The payload that is stored of an event.
fn stored(event: &impl Event) -> String {
    String::from_utf8(event.encode().unwrap().payload.to_vec()).unwrap()
}

/// The name and the version that an event is stored with.
fn stored_type(event: &impl Event) -> (&'static str, u32) {
    let event_type = event.encode().unwrap().event_type;
    (event_type.name, event_type.version)
}

/// What comes back of an event that was stored.
fn read_back<E: Event>(event: &E) -> E {
    E::decode(event.encode().unwrap().as_stored()).unwrap()
}

/// Reads a payload that was stored as JSON.
fn read<E: Event>(event_type: &str, schema_version: u32, payload: &Value) -> Result<E, DecodeFailure> {
    let payload = payload.to_string().into_bytes();
    E::decode(Stored {
        event_type,
        schema_version,
        content_type: ContentType::JSON.as_str(),
        payload: &payload,
    })
}

/// Reads an event from a store, where it is event 3 of the stream `account-alice`.
fn read_recorded<E: Event>(event_type: &str, schema_version: u32, payload: &str) -> Result<E, DecodeError> {
    let event = RecordedEvent {
        id: EventId::new(Uuid::from_u128(1)),
        tenant: TenantId::DEFAULT,
        position: Position::new(17),
        event_type: EventTypeName::new(event_type).unwrap(),
        schema_version,
        content_type: ContentType::JSON,
        payload: payload.as_bytes().to_vec().into(),
        metadata: Vec::new().into(),
        recorded_at: Timestamp::UNIX_EPOCH,
        home: StreamVersion {
            stream: StreamId::new("account-alice").unwrap(),
            version: Version::new(3),
        },
        links: Vec::new(),
    };
    Recorded::decode(Arc::new(event)).map(Recorded::into_payload)
}
