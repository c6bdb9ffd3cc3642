//! Event sourcing for Rust: typed streams, commands over several streams at once, compile-time wiring.
//!
//! A command names the streams that its decision depends on. They are read as they are at one moment and folded into
//! states; the decision emits events; these are appended to all their streams or to none, and only if nothing that was read
//! has changed. What is wrong in the wiring does not compile.
//!
//! ```
//! use eventsourcing::memory::MemoryStore;
//! use eventsourcing::prelude::*;
//!
//! #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! #[stream_key(category = "seat")]
//! struct Seat(u32);
//!
//! #[derive(Event)]
//! #[event(prefix = "seat")]
//! enum SeatEvent {
//!     Reserved { #[stream] seat: Seat, guest: String },
//! }
//!
//! #[derive(Command)]
//! #[command(emits(SeatEvent::Reserved))]
//! struct Reserve {
//!     #[stream] seat: Seat, // the state has its version: whether it was ever reserved
//!     guest: String,
//! }
//!
//! #[derive(Debug, thiserror::Error)]
//! #[error("the seat is taken")]
//! struct Taken;
//!
//! impl CommandLogic for Reserve {
//!     type Error = Taken;
//!
//!     fn handle(&self, state: &ReserveState, cx: &mut Decide<Self>) -> Result<(), Taken> {
//!         require!(state.seat == Version::ABSENT, Taken);
//!         emit!(cx, SeatEvent::Reserved { seat: self.seat.clone(), guest: self.guest.clone() });
//!         Ok(())
//!     }
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let executor = Executor::new(MemoryStore::new());
//! executor.execute(Reserve { seat: Seat(12), guest: "Ada".into() }).await?;
//! assert!(executor.execute(Reserve { seat: Seat(12), guest: "Bob".into() }).await.is_err());
//! # Ok(())
//! # }
//! ```
//!
//! # Where to find what
//! * [`stream`]: typed keys and the streams they name. [`event`]: what happened; names, versions, upcasts, codecs.
//! * [`state`]: what events add up to; [`snapshot`]: so that not all of them have to be read. [`command`]: decisions over several streams, [`emit!`] and [`require!`].
//! * [`aggregate`]: decisions over one stream, as methods of the state; the attribute macro that makes commands of them.
//! * [`process`]: what happens because something else has happened: process managers.
//! * [`projection`]: what is kept of events, in rows that can be asked for. [`query`]: questions about them, once or live.
//! * [`service`]: what belongs together, checked as it is compiled; [`Runtime`](service::Runtime), what runs it.
//! * [`execute`]: the [`Executor`](execute::Executor), its errors and retries. [`subscription`]: following the log.
//! * [`wire`]: commands by name and as bytes, from any transport. [`bus`]: what was committed, for many listeners at once.
//! * `schema`: what commands, events and queries look like, as JSON Schemas.
//! * [`observe`]: what a service does, as metrics.
//! * [`testing`]: given, when, then. [`environment`]: time, ids and tasks, to be replaced in tests.
//! * [`store`]: the contract that every store keeps. [`memory`], `sqlite`, `postgres`: those that come with it.
//!   [`StoreAddress`]: whichever of them the configuration names.
//!
//! # Features
//! | feature | adds |
//! |---|---|
//! | `memory` (default) | [`memory`], the reference store: for tests |
//! | `sqlite` | `sqlite`, the embedded store: durable, in one file |
//! | `sqlite-sqlx` | the same, with projections in SQL of one's own, by sqlx |
//! | `postgres` | `postgres`, the store for production, on PostgreSQL 15 and later |
//! | `postgres-sqlx` | the same, with projections in SQL of one's own, by sqlx |
//! | `schema` | `schema`: a service is described with the JSON Schemas of its commands, events and queries |

extern crate self as eventsourcing;

mod address;
pub mod aggregate;
pub mod bus;
mod caught;
pub mod command;
mod const_text;
mod described;
pub mod environment;
pub mod event;
pub mod execute;
mod fnv;
mod heard;
mod known;
mod lease;
mod macros;
pub mod observe;
mod pause;
pub mod process;
pub mod processor;
pub mod projection;
pub mod query;
#[cfg(feature = "schema")]
pub mod schema;
pub mod service;
pub mod snapshot;
pub mod state;
pub mod stream;
pub mod subscription;
pub mod testing;
mod told;
pub mod wire;

/// The reference store: everything in memory, for tests. Feature `memory`.
#[cfg(feature = "memory")]
pub mod memory {
    pub use eventsourcing_memory::*;
}

/// The embedded store: durable, in one SQLite file. Feature `sqlite`.
#[cfg(feature = "sqlite")]
pub mod sqlite {
    pub use eventsourcing_sqlite::*;
}

/// The store for production, on PostgreSQL 15 and later. Feature `postgres`.
#[cfg(feature = "postgres")]
pub mod postgres {
    pub use eventsourcing_postgres::*;
}

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use address::{InvalidStoreAddress, OpenStoreError, StoreAddress};
pub use eventsourcing_core::{
    Actor, CausationId, Clock, CommandId, ContentType, CorrelationId, EventId, EventType, EventTypeName,
    EventTypes, InvalidActor, InvalidContentType, InvalidEventTypeName, InvalidMetadata, InvalidTenantId,
    InvalidTimestamp, InvalidTraceContext, Limits, Metadata, NewEvent, Position, RecordedEvent,
    SchemaVersion, StreamVersion, SystemClock, TenantId, Timestamp, TraceContext, TypeFilter, TypeSet,
    Version,
};
pub use eventsourcing_core::{Category, InvalidCategory, InvalidStreamId, InvalidStreamKey, StreamId};
pub use eventsourcing_core::{store, uuid};

#[doc(no_inline)]
pub use stream::StreamKey;

/// The examples of the README are compiled and run as tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
mod readme {}

/// What most files of an application need.
pub mod prelude {
    pub use crate::aggregate::{Cx, aggregate};
    pub use crate::command::{Command, CommandLogic, Decide, Discovered, StreamResolver};
    pub use crate::event::{Event, Recorded};
    pub use crate::execute::Executor;
    pub use crate::process::{Sends, process_manager};
    pub use crate::projection::{Row, Rows, projection};
    pub use crate::query::{NoAnswer, Query, QueryLogic, Reading};
    pub use crate::service::{module, service};
    pub use crate::state::{State, state};
    pub use crate::stream::StreamKey;
    pub use crate::wire::Rejection;
    pub use crate::{StreamId, Timestamp, Version, emit, require};
    #[doc(no_inline)]
    pub use serde::{Deserialize, Serialize};
}
