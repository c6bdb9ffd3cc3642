//! The embedded event store of `eventsourcing`: durable, in one SQLite file.

mod busy;
mod checkpoints;
mod database;
mod error;
mod log;
mod open;
mod options;
mod read;
mod readers;
mod row;
mod store;
mod write;
mod writer;

pub use error::{SqliteError, SqliteErrorKind};
pub use open::OpenError;
pub use options::{SqliteOptions, Synchronous};
pub use store::SqliteStore;
