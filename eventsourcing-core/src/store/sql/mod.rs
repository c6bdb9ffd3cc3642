//! SQL: transactions of a store in which code of users runs.
//!
//! A [`SqlStore`] runs [`SqlWork`], such as the handlers of a projection, in a transaction that it begins and ends itself. What the
//! work gets is the transaction of one database: a [`SqlTx`], whose type says which. A store has what its
//! [`RowStore::sql`](super::rows::RowStore::sql) gives; nothing is emulated.
//!
//! # Contract
//! 1. **Whole or absent.** What the work has done MUST take effect together with the write that it belongs to, in one
//!    transaction, or not at all: if the work fails, if the write is refused, and if the future is dropped at any await.
//! 2. **The write comes last.** The store compares and moves the reader, and looks at the lease, after the work is done. So nothing
//!    that others wait for is held while code of users runs, and who was overtaken meanwhile is told so, and has done nothing. Where
//!    only one can write at a time, it may compare first.
//! 3. **Blame.** If the work fails since the database has failed, that is an error of the store, to be tried again; everything
//!    else is an error of the [work](SqlError::Work). So is a statement that failed, that the work has said nothing about, and after
//!    which the transaction cannot be committed.
//! 4. **Inline.** An append with work takes effect with it, or neither does. The lock of appends is taken after the work is done. It
//!    is refused as [`Inline::NotNow`], and nothing is done, unless every event that the readers of the work have before this one,
//!    by their types, has had its effect, and nothing of the same sequences is parked. It is *marked* for these readers in the
//!    same transaction; a [write](SqlStore::write) of such a reader leaves out what is marked, and no such append comes in between
//!    the effects of what is not.
//! 5. **Unknown outcomes** are those of [`RowStore::write`](super::rows::RowStore::write): who asks for the place of the reader
//!    knows.

mod error;
mod table;

use std::any::Any;
use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use super::rows::{Place, PrepareError, TableVersion, WriteRows, WriteRowsError};
use super::{Append, AppendError, Appended};
use crate::Position;

pub use error::SqlError;
pub use table::{SqlPreparation, SqlTable};

/// Why the work in a transaction has failed.
pub type WorkError = Box<dyn std::error::Error + Send + Sync>;

/// The transaction of a database, as code of users gets it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a transaction",
    label = "no store hands this out",
    note = "take the transaction of the database that the SQL is for, such as `tx: &mut PgTx` of `eventsourcing::postgres` or `tx: &mut SqliteTx` of \
            `eventsourcing::sqlite`"
)]
pub trait SqlTx: Any + Send {
    /// What the database is called, such as `PostgreSQL`.
    const DATABASE: &'static str;
}

/// A transaction in which events are appended, too, after the work on them.
#[diagnostic::on_unimplemented(
    message = "events are not appended in a `{Self}`, so no projection is inline there",
    label = "no inline projections on this database",
    note = "without `inline`, the projection comes to each event when it is appended; `wait_for` waits for it"
)]
pub trait InlineTx: SqlTx {}

/// What is done in a transaction, once.
#[async_trait]
pub trait SqlWork: Send {
    /// How long a statement may take, and how long the transaction may wait for the next one. The database sees to it, if it is a
    /// server.
    fn limit(&self) -> Duration;

    /// The events that it is about, if some of them may have had their effect inline.
    fn inlined(&self) -> Option<Inlined<'_>> {
        None
    }

    /// Does it, except for what has been done about the events at these positions.
    ///
    /// # Errors
    /// If it cannot. Nothing is done then.
    async fn run(&mut self, tx: &mut (dyn Any + Send), done: &HashSet<Position>) -> Result<(), WorkError>;
}

/// Events that may have had their effect inline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inlined<'w> {
    /// Where they are.
    pub positions: &'w [Position],
    /// Where their reader parks events, by `position`. What is parked stays marked: it may be tried again.
    pub parked: TableVersion,
}

/// A reader whose work on new events is done in the transaction of their append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InlineReader {
    /// Its name. It is that of a checkpoint of the same tenant.
    pub reader: Arc<str>,
    /// All types of events that it handles, by the names that they have and those that they had.
    pub types: Vec<&'static str>,
    /// Which events of the append these are, from 0 on.
    pub events: Vec<usize>,
    /// The sequences that they are of.
    pub sequences: Vec<String>,
    /// Where it parks events, by `sequence`.
    pub parked: TableVersion,
}

/// What has become of an append with work.
#[derive(Clone, Debug)]
pub enum Inline {
    /// It was done, or had been done before.
    Done(Appended),
    /// Nothing was done: a reader has yet to come to events before it. It is to be appended without the work, and the reader will
    /// come to it.
    NotNow,
}

/// Transactions of one tenant in which code of users runs. See the [contract](self).
#[async_trait]
pub trait SqlStore: fmt::Debug + Send + Sync + 'static {
    /// The [database](SqlTx::DATABASE) whose transactions these are.
    fn database(&self) -> &'static str;

    /// Whether nothing else is written while work is done, to the log, to leases or to anything. Work is to be short then.
    fn is_only_writer(&self) -> bool {
        false
    }

    /// Sees to it that a version of a projection, which has been [prepared](super::rows::RowStore::prepare), has the tables that it
    /// makes itself: the work does that, unless it has been done. Those who make them at the same time take turns.
    ///
    /// # Errors
    /// If a table belongs to another projection, cannot be named so, or has not been made by the work; if the work or the store
    /// fails. Nothing is made then, unless the answer was lost; it may be called again.
    async fn make(
        &self,
        preparation: &SqlPreparation,
        work: &mut dyn SqlWork,
    ) -> Result<(), SqlError<PrepareError>>;

    /// Does the work but for what was done inline, writes rows and moves their reader, as [`RowStore::write`](super::rows::RowStore::write) does, in one
    /// transaction.
    ///
    /// # Errors
    /// Those of the work, and those of [`RowStore::write`](super::rows::RowStore::write).
    async fn write(
        &self,
        write: &WriteRows,
        work: &mut dyn SqlWork,
    ) -> Result<Place, SqlError<WriteRowsError>>;

    /// Does the work on events, and appends them, in one transaction. A store whose transaction is not an [`InlineTx`] never does.
    ///
    /// # Errors
    /// Those of the work, and those of [`EventLog::append`](super::EventLog::append).
    async fn append(
        &self,
        append: Arc<Append>,
        readers: &[InlineReader],
        work: &mut dyn SqlWork,
    ) -> Result<Inline, SqlError<AppendError>> {
        let _ = (append, readers, work);
        Ok(Inline::NotNow)
    }
}
