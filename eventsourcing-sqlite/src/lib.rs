//! The embedded event store of `eventsourcing`: durable, in one SQLite file.
//!
//! For programs on one machine: a desktop application, a service with a local disk, tests that need a real database. SQLite
//! comes with the crate. One process or several may have the file open.
//!
//! ```
//! use std::sync::Arc;
//!
//! use eventsourcing_core::store::{Append, Condition, EventStore, ReadStream, ReadStreams};
//! use eventsourcing_core::uuid::Uuid;
//! use eventsourcing_core::{
//!     ContentType, EventId, EventTypeName, NewEvent, StreamId, TenantId, TypeFilter, Version,
//! };
//! use eventsourcing_sqlite::SqliteStore;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("bank.db");
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
//! let nobody_has = Condition { stream: account.clone(), seen: Version::ABSENT, types: TypeFilter::All };
//! let open_once = Arc::new(Append { conditions: vec![nobody_has], events: vec![opened], ..Append::default() });
//!
//! let store = SqliteStore::open(&path).await?;
//! store.tenant(&TenantId::DEFAULT).log.append(open_once.clone()).await?;
//! drop(store);
//!
//! let store = SqliteStore::open(&path).await?;
//! let log = store.tenant(&TenantId::DEFAULT).log;
//! assert!(log.append(open_once).await.is_err(), "the account is open already");
//! let account = ReadStream::whole(account);
//! let read = log.read_streams(&ReadStreams { streams: vec![account], command: None }).await?;
//! assert_eq!(read.slices[0].events[0].payload, r#"{"owner":"Alice"}"#);
//! # Ok(())
//! # }
//! ```
//!
//! # What is durable, and when
//! An append is acknowledged when its transaction is committed, and with that:
//!
//! | [`Synchronous`] | survives a crash of the process | survives a loss of power | [`durable`] |
//! |---|---|---|---|
//! | `Full`, the default | yes | yes, if the disk keeps what it has synced | yes |
//! | `Normal` | yes | the last appends may go, never one without those after it | no |
//!
//! An append whose end the system fails to write is of unknown outcome; `settle` finds out, and rules out that a crash
//! brings it back later. Nothing else leaves doubt: a full disk, a busy file and a conflict mean that nothing was written.
//!
//! [`durable`]: eventsourcing_core::store::Capabilities::durable
//!
//! ## Where the file may be
//! On a local disk, in a folder that is there already: the store makes the file, but no folders, and says
//! [`CannotOpen`](SqliteErrorKind::CannotOpen) if there is none. The file has two companions, `-wal` and `-shm`, which belong to
//! it while it is in use and after a crash: who moves the file moves all three, and who deletes `-wal` deletes events.
//!
//! Not on a network file system (NFS, SMB, most shared folders of containers and virtual machines): the processes that have the
//! file open share memory through `-shm`, and rely on locks that those only pretend to give. Nothing can find that out
//! reliably, so nothing does. A disk of a virtual machine is local in this sense, as is a volume that one machine has mounted.
//! A tmpfs is, too, and keeps nothing when the machine goes.
//!
//! Synced means what the disk says: one that reports a sync before it has done it loses what SQLite was told is safe.
//!
//! # How it works
//! **Writes** go into one bounded queue. A thread commits what is in it, up to 256 writes in one transaction: the disk is
//! synced once for all of them, yet each passes or fails on its own. A small write that finds the queue empty is
//! committed at once, on the thread that has come with it; if commits take longer than half a millisecond, as on slow disks,
//! that is left to the writer's thread, so that no runtime is held up. What is in the queue is done, even if the future is
//! dropped.
//!
//! **Reads** have connections of their own, and never wait for writes, or writes for them. What turns out to be more than
//! some dozens of events is read on a thread for blocking work. Each read sees the database at one moment.
//!
//! **SQL of projections** (feature `sqlx`) runs on a connection of sqlx to the same file, which is opened when it is first needed. It gets
//! its turn in the same queue; until its transaction has ended, everything else that is to be written waits in there.
//!
//! **Other processes** may use the same file, on a local disk. Whoever writes takes the write lock first
//! (`begin immediate`), so positions grow in commit order; whoever meets the lock tries again for the
//! [busy timeout](SqliteOptions::busy_timeout). Whoever waits for events sees those of other processes by looking
//! [every 20 ms](SqliteOptions::poll_interval).
//!
//! **The write-ahead log** is moved into the database by the writer's thread, after it has answered, whenever it has
//! grown by 1,000 pages. What somebody still reads stays where it is, so a transaction of the application that stays open
//! for hours lets the log grow for hours.
//!
//! # The file
//! | table | one row for | key |
//! |---|---|---|
//! | `es_events` | each event, with payload and metadata byte for byte | position |
//! | `es_places` | each stream that an event is in, home and links alike | tenant, stream, version |
//! | `es_dictionary` | each event type of a category | tenant, number |
//! | `es_blocks` | each such type in each block of 64 positions | tenant, number, block |
//! | `es_commands` | each command that has succeeded under an id | tenant, id |
//! | `es_checkpoints` | each reader | tenant, name |
//! | `es_leases` | each lease | tenant, name |
//! | `es_projections` | each version of a projection that was prepared | name, version |
//! | `es_projection_tables` | each table of such a version | name, version |
//! | `es_snapshots` | each snapshot of a state that is kept | tenant, stream, state, its version, that of the state, fingerprint |
//! | `es_store` | the store: its id and epoch | |
//! | `es_schema` | each version of this schema, which newer ones of this crate may raise | version |
//!
//! `es_log` is a view for people: `select * from es_log order by position desc limit 10` in the `sqlite3` shell shows payloads
//! as text that SQLite's JSON functions take.
//!
//! Feeds of certain types, categories, streams or tenants pass over blocks that hold nothing for them, so what is rare is
//! found without looking at everything, and an append does not pay for another index over all events. Nor does it for an index of
//! event ids: only an append without a condition on the stream it writes, and without a command id, is entered there, since it
//! could not be found again otherwise when its outcome is unknown.
//!
//! The rows of projections lie in the same file: those of version 2 of `balances` in `balances_v2`, with the tenant in the
//! column `_tenant`, UUIDs as blobs, and timestamps in microseconds since 1970; `balances` is a view of the active version.
//! Whoever looks at them may use any SQL; a write from outside is not refused, and makes them wrong.
//!
//! Other tables in the same file are welcome, unless a projection has one of that name. Other programs must not write to
//! the tables above.
//!
//! ## Backup and restore
//! A copy of the file is not a backup: the last events are in the file that ends with `-wal`, and one that is copied while
//! somebody writes may be of two moments. These make a copy while the store is in use, complete and of one moment:
//!
//! ```sh
//! sqlite3 bank.db "vacuum into 'bank-2026-01-31.db'"   # or: sqlite3 bank.db ".backup bank-2026-01-31.db"
//! ```
//!
//! To restore, close the store in every process, remove `bank.db`, `bank.db-wal` and `bank.db-shm`, put the copy in their place,
//! and open it with [`restored_from_backup`](SqliteOptions::restored_from_backup) the first time, and only then. That begins a new
//! epoch: the store keeps its id, but checkpoints from before are refused. They may lie behind the end of the restored log, and
//! what is appended next takes positions that their readers believe to have seen. Those readers have to be rebuilt.
//! Checkpoints that are kept in the store itself are of the same moment as the backup, yet refused as well; who knows that
//! all that a reader has built is of that moment, too, forgets its checkpoint and saves it anew.
//!
//! # One SQLite in the program
//! Cargo links `libsqlite3-sys` only once, and SQLite loses its locks if it is in a process twice. This crate uses
//! `libsqlite3-sys` 0.37 through `rusqlite` 0.39, as does `sqlx` 0.9, on which SQL of projections runs. SQLite 3.7.0 to 3.51.2 may damage a file, so
//! what is linked is checked when a store is opened.

mod busy;
mod checkpoints;
mod database;
mod error;
mod leases;
mod log;
mod open;
mod options;
mod read;
mod readers;
mod row;
mod rows;
mod snapshots;
#[cfg(feature = "sqlx")]
mod sql;
mod store;
mod write;
mod writer;

pub use error::{SqliteError, SqliteErrorKind};
pub use open::OpenError;
pub use options::{SqliteOptions, Synchronous};
#[cfg(feature = "sqlx")]
pub use sql::{Sql, SqliteTx, TableRef};
pub use store::SqliteStore;

/// What SQL of one's own is written with. Feature `sqlx`.
#[cfg(feature = "sqlx")]
pub use sqlx;
