//! Event sourcing for Rust: typed streams, commands over several streams at once, compile-time wiring.

extern crate self as eventsourcing;

pub mod command;
mod const_text;
pub mod environment;
pub mod event;
pub mod execute;
mod macros;
pub mod state;
pub mod stream;
pub mod subscription;
pub mod testing;

/// The reference store: everything in memory, for tests. Feature `memory`.
#[cfg(feature = "memory")]
pub mod memory {
    pub use eventsourcing_memory::*;
}

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use eventsourcing_core::{
    Actor, CausationId, Clock, CommandId, ContentType, CorrelationId, EventId, EventType, EventTypeName,
    EventTypes, InvalidActor, InvalidContentType, InvalidEventTypeName, InvalidMetadata, InvalidTenantId,
    InvalidTimestamp, InvalidTraceContext, Limits, Metadata, NewEvent, Position, RecordedEvent,
    SchemaVersion, StreamVersion, SystemClock, TenantId, Timestamp, TraceContext, TypeFilter, TypeSet,
    Version,
};
pub use eventsourcing_core::{Category, InvalidCategory, InvalidStreamId, InvalidStreamKey, StreamId};
pub use eventsourcing_core::{store, uuid};

/// What most files of an application need.
pub mod prelude {
    pub use crate::command::{Command, CommandLogic, Decide, Discovered, StreamResolver};
    pub use crate::event::{Event, Recorded};
    pub use crate::execute::Executor;
    pub use crate::state::State;
    pub use crate::stream::StreamKey;
    pub use crate::{StreamId, Timestamp, Version, emit, require};
    #[doc(no_inline)]
    pub use serde::{Deserialize, Serialize};
}
