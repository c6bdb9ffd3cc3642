//! The reference event store of `eventsourcing`: everything in memory, to the letter of the
//! [contract](eventsourcing_core::store).
//!
//! It is for tests, for examples, and for data that may go when the process does. What it answers is what every other
//! store has to answer: model tests use it as the oracle. Bytes are kept as they were given, limits are checked, and
//! nothing that a database would refuse is let through.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eventsourcing_core::store::{Append, Condition, EventStore, ReadStream, ReadStreams};
//! use eventsourcing_core::uuid::Uuid;
//! use eventsourcing_core::{
//!     ContentType, EventId, EventTypeName, NewEvent, StreamId, TenantId, TypeFilter, Version,
//! };
//! use eventsourcing_memory::MemoryStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let store = MemoryStore::new();
//! let log = store.tenant(&TenantId::DEFAULT).log;
//!
//! let account = StreamId::new("account-alice")?;
//! let opened = NewEvent {
//!     id: EventId::new(Uuid::now_v7()),
//!     event_type: EventTypeName::from_static("account.Opened"),
//!     schema_version: 1,
//!     content_type: ContentType::JSON,
//!     payload: r#"{"owner":"Alice"}"#.into(),
//!     metadata: "{}".into(),
//!     home: account.clone(),
//!     links: vec![],
//! };
//! let open_once = Arc::new(Append {
//!     conditions: vec![Condition { stream: account.clone(), seen: Version::ABSENT, types: TypeFilter::All }],
//!     events: vec![opened],
//!     ..Append::default()
//! });
//! log.append(open_once.clone()).await?;
//! assert!(log.append(open_once).await.is_err(), "the account is open already");
//!
//! let account = ReadStream::whole(account);
//! let read = log.read_streams(&ReadStreams { streams: vec![account], command: None }).await?;
//! assert_eq!(read.slices[0].head, Version::FIRST);
//! assert_eq!(read.slices[0].events[0].payload, r#"{"owner":"Alice"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! # How it works
//! One mutex guards everything and is held only in synchronous code, so each operation is one moment and takes effect the
//! first time that its future is polled. Events are shared, never copied. The modules, from the outside in: `store` hands
//! out the tenants; `log`, `checkpoints`, `rows`, `leases` and `snapshots` are the traits of the contract; `database` appends; `streams`,
//! `commands`, `dictionary` and `feed` are what one tenant consists of.

mod checkpoints;
mod commands;
mod database;
mod dictionary;
mod feed;
mod leases;
mod log;
mod rows;
mod snapshots;
mod store;
mod streams;
mod tenant;

pub use store::MemoryStore;
