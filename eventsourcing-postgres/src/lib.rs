//! The production event store of `eventsourcing`, on PostgreSQL 15 and later.

mod append;
mod checkpoints;
mod classify;
mod combine;
mod connect_error;
mod dictionary;
mod feed;
mod history;
mod log;
mod migrate;
mod options;
mod read;
mod row;
mod schema;
mod session;
mod settle;
mod store;
mod tenant;
mod watch;

pub use connect_error::ConnectError;
pub use migrate::PendingMigrations;
pub use options::{PostgresOptions, SynchronousCommit};
pub use schema::{InvalidSchemaName, SchemaName};
pub use store::PostgresStore;

/// The driver, whose connectors [`PostgresOptions::tls`] takes.
pub use tokio_postgres;
