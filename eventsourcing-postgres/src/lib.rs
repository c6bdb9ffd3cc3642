//! The production event store of `eventsourcing`, on PostgreSQL 15 and later.
//!
//! ```no_run
//! use eventsourcing_core::TenantId;
//! use eventsourcing_core::store::{EventStore, ReadFeed};
//! use eventsourcing_postgres::PostgresStore;
//!
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let store = PostgresStore::connect("postgres://app@localhost/shop").await?;
//! let log = store.tenant(&TenantId::DEFAULT).log;
//! let page = log.read_feed(&ReadFeed::after(None)).await?;
//! println!("{} events of {}", page.events.len(), page.head);
//! # Ok(())
//! # }
//! ```
//!
//! # What it makes in the database
//! Everything lies in one schema, `eventsourcing` unless [`PostgresOptions::schema`] says otherwise, and is made or brought
//! up to date by [`connect`](PostgresOptions::connect): once, whoever starts at the same time, and in one transaction. A
//! [dry run](PostgresOptions::pending_migrations) prints the SQL instead. No extension and no superuser is needed: a role that
//! may create the schema, or owns it, is enough.
//!
//! A program can run as another role, [without migrating](PostgresOptions::without_migration). Nothing is granted to everybody,
//! functions included:
//!
//! | a role that | needs, besides `USAGE` on the schema and `SELECT` on its tables, `EXECUTE` on |
//! |---|---|
//! | writes | all functions of the schema but `keep_epoch` |
//! | only opens and reads | `open_store`, `version_at` and `readable` |
//!
//! The rows of projections lie in the same schema: those of version 2 of `balances` in `balances_v2`, with the number of the
//! tenant in the column `_tenant`; `balances` is a view of the active version, with the name of the tenant. Who prepares,
//! activates or drops a version has to own the schema. A role that writes may run what the owner has prepared if it has
//! `INSERT`, `UPDATE` and `DELETE` on these tables. What projections make in SQL of their own lies there, too, and is shown as it
//! is; those that are inline have to `INSERT` into `inline_marks`, and to `DELETE` from it.
//!
//! Events are written by the function `append()` alone; a trigger rejects every other way, and every change. People read
//! them in the view `log`, in which payloads are JSON: `select * from eventsourcing.log order by position desc limit 10`.
//!
//! # Identity
//! A store has an id for ever, and an epoch for as long as its log only grows. A new epoch begins by itself when the data turns
//! up elsewhere: in another cluster or database, in tables that were restored from a dump, or on another timeline after a
//! failover or a recovery to a point in time. Checkpoints of the old epoch are then refused, and handles that were opened before
//! fail: appends at once, everything else within about a second. What cannot be told is a copy of the files that runs on in the
//! same place: after that, and after any other restore, begin an epoch by hand
//! (`update eventsourcing.store set epoch = gen_random_uuid()`). Whoever knows that nothing was lost keeps the epoch: with
//! `select eventsourcing.keep_epoch()` after a `pg_upgrade`, before any program connects; and with
//! `update eventsourcing.store set timeline_matters = false` where replication is synchronous.
//!
//! # Connections
//! A store has one connection for appends, [some](PostgresOptions::readers) for reads of streams, one for all other reads, one for
//! what may have to wait for a lock, and one on which it listens for notifications; with projections, one more that reads rows;
//! and with projections or snapshots, one that writes these. SQL of projections runs on connections that the user
//! [gives](PostgresOptions), with the feature `sqlx`. Lost ones are made again, with pauses that grow; calls wait for that for
//! [as long as is allowed](PostgresOptions::reconnect_within). Through a PgBouncer that pools transactions, say
//! [so](PostgresOptions::through_pgbouncer).
//!
//! # Failures
//! | what happens | what a caller gets |
//! |---|---|
//! | a condition does not hold | a conflict, for that append alone |
//! | the database refuses one append of a batch | an error, for that append alone: the others are sent again one by one |
//! | one read of a batch fails | an error, for that read alone |
//! | the connection or the server is lost while an append is under way | an unknown outcome, which `settle` turns into present or absent for good |
//! | the same while rows are written | an unknown outcome; where their reader is, tells what became of it |
//! | the same before it was sent, or during a read | an error that says to try again |
//! | deadlock, serialization failure, lock timeout (30 seconds unless the server or the address says otherwise), no disk, no memory, no connection, read-only | the same: nothing was written |
//! | more waits than [so many calls](PostgresOptions::longest_queue) or [so many bytes](PostgresOptions::largest_queue) | overloaded |
//! | the store was restored or moved | an error that a person has to look at |
//!
//! Whoever waits for events is not told of lost connections: waiting goes on when the server is back.
//!
//! # How it works
//! `log`, `checkpoints`, `rows`, `leases` and `snapshots` are the traits of the contract. `combine` gathers calls into batches: `append` sends those of
//! appends, `read` those of reads. `feed`, `history` and `settle` answer the rest; `watch` wakes whoever waits for events.
//! `session` keeps the connections and the statements, which lie in `queries/`; the tables and functions lie in
//! `migrations/`. `sql` has code of users run in transactions of sqlx. `classify` says what an error of the database means.

mod append;
mod checkpoints;
mod classify;
mod combine;
mod connect_error;
mod dictionary;
mod feed;
mod herald;
mod history;
mod leases;
mod log;
mod migrate;
mod options;
mod read;
mod room;
mod row;
mod rows;
mod schema;
mod session;
mod settle;
mod snapshots;
#[cfg(feature = "sqlx")]
mod sql;
mod store;
mod tenant;
mod watch;

pub use connect_error::ConnectError;
pub use migrate::PendingMigrations;
pub use options::{PostgresOptions, SynchronousCommit};
pub use schema::{InvalidSchemaName, SchemaName};
#[cfg(feature = "sqlx")]
pub use sql::{PgTx, Sql, TableRef};
pub use store::PostgresStore;

/// What SQL of one's own is written with. Feature `sqlx`.
#[cfg(feature = "sqlx")]
pub use sqlx;

/// The driver, whose connectors [`PostgresOptions::tls`] takes.
pub use tokio_postgres;
