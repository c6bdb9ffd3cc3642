//! The vocabulary of `eventsourcing`, and the contract that every event store keeps.
//!
//! Applications use the crate `eventsourcing`, which re-exports all of this; this crate is for authors of stores and of
//! tools that work on stored events. It has no runtime and no macros.
//!
//! * **Names and numbers**: [`StreamId`] and typed [`StreamKey`]s, [`Version`] in a stream, [`Position`] in a store,
//!   [`EventId`], [`CommandId`], [`TenantId`].
//! * **Events**: [`NewEvent`] goes in, [`RecordedEvent`] comes out with the same bytes; [`Metadata`] is what is known
//!   besides; [`EventTypes`] are the event types of a program.
//! * **The store contract**: [`store`], with [`EventStore`](store::EventStore) and [`EventLog`](store::EventLog); [`store::rows`]
//!   are what projections keep, [`store::lease`] tells who fills them.
//! * **[`Limits`]**: what every store takes.
//!
//! With the feature `schema`, event types and identifiers have JSON Schemas.

mod event;
mod ids;
mod limits;
mod metadata;
mod number;
#[cfg(feature = "schema")]
mod schema;
pub mod store;
mod stream;
mod tenant;
mod text;
mod time;
mod uuid_newtype;

pub use event::{
    ContentType, EventType, EventTypeName, EventTypes, InvalidContentType, InvalidEventTypeName, NewEvent,
    RecordedEvent, SchemaVersion, StreamVersion, TypeFilter, TypeSet,
};
pub use ids::{CausationId, CommandId, CorrelationId, EventId};
pub use limits::Limits;
pub use metadata::{Actor, InvalidActor, InvalidMetadata, InvalidTraceContext, Metadata, TraceContext};
pub use number::{Position, Version};
pub use stream::{Category, InvalidCategory, InvalidStreamId, InvalidStreamKey, StreamId, StreamKey};
pub use tenant::{InvalidTenantId, TenantId};
pub use time::{Clock, InvalidTimestamp, SystemClock, Timestamp};

/// Makes JSON Schemas. Feature `schema`.
#[cfg(feature = "schema")]
pub use schemars;
/// The crates that appear in this crate's API.
pub use {bytes, uuid};
