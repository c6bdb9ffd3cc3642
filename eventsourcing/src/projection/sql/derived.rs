//! What the code that `#[projection]` writes calls for a projection in SQL.

use std::any::{Any, type_name};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;

use super::super::derived::{Projector, Said};
use super::super::sequence::SequenceOf;
use super::super::{Batches, InvalidValue, Projection};
use super::inline::{InlineEvent, InlineEvents};
use super::pending::{Pending, recorded_of};
use super::{SqlBatch, SqlFacts, SqlProjector};
use crate::RecordedEvent;
use crate::event::DecodeError;
use crate::heard::Heard;
use crate::projection::Kept;
use crate::store::rows::TableName;
use crate::store::sql::{InlineTx, SqlTx, WorkError};

/// What a handler does in a transaction.
pub type InSql<'a> = Pin<Box<dyn Future<Output = Result<(), WorkError>> + Send + 'a>>;

/// A projection whose handlers run SQL. The macro implements it.
pub trait ProjectsInSql: Projection + Sized {
    /// The transaction that its handlers take.
    type Tx: SqlTx;

    /// The tables that it makes; one at least.
    const TABLES: &'static [TableName];

    /// Whether its handlers run in the transaction in which an event is appended.
    const INLINE: bool;

    /// One for each event that is handled.
    const HANDLERS: &'static [&'static dyn HandlingInSql<Self>];

    /// Makes its tables.
    fn create<'a>(&'a self, tx: &'a mut Self::Tx) -> InSql<'a>;
}

/// What a projection does in SQL on the events of one entry of `#[on(..)]`.
pub struct SqlHandler<P: ProjectsInSql, E> {
    /// The entry.
    pub heard: Heard<E>,
    /// Calls the method, if the event is of the variant.
    pub project: ProjectInSql<P, E>,
    /// Tells the sequence of the event; `None` if that is its home stream.
    pub sequence: Option<SequenceOf<E>>,
}

/// Does something about an event.
pub(crate) type ProjectInSql<P, E> =
    for<'a> fn(&'a P, &'a Pending<E>, &'a mut <P as ProjectsInSql>::Tx) -> InSql<'a>;

/// A [`SqlHandler`], whatever its event.
pub trait HandlingInSql<P: ProjectsInSql>: Sync {
    /// Whether the event is of the entry.
    fn takes(&self, event: &RecordedEvent) -> bool;

    /// Reads an event.
    ///
    /// # Errors
    /// If it cannot be read.
    fn open(&self, event: &Arc<RecordedEvent>) -> Result<Box<dyn OpenInSql<P>>, DecodeError>;
}

/// An event that was read, and what is to be done about it.
pub trait OpenInSql<P: ProjectsInSql>: Send + Sync {
    /// Does it.
    fn project<'a>(&'a self, projection: &'a P, tx: &'a mut P::Tx) -> InSql<'a>;

    /// Which sequence it is of; `None` if nothing becomes of it.
    ///
    /// # Errors
    /// If the field that names it cannot be used.
    fn sequence(&self) -> Result<Option<String>, InvalidValue>;
}

struct Open<P: ProjectsInSql, E> {
    event: Pending<E>,
    project: ProjectInSql<P, E>,
    sequence: Option<SequenceOf<E>>,
}

impl<P: ProjectsInSql, E: Send + Sync + 'static> HandlingInSql<P> for SqlHandler<P, E> {
    fn takes(&self, event: &RecordedEvent) -> bool {
        self.heard.takes(event)
    }

    fn open(&self, event: &Arc<RecordedEvent>) -> Result<Box<dyn OpenInSql<P>>, DecodeError> {
        Ok(Box::new(Open {
            event: Pending::new(self.heard.decode(event)?),
            project: self.project,
            sequence: self.sequence,
        }))
    }
}

impl<P: ProjectsInSql, E: Send + Sync + 'static> OpenInSql<P> for Open<P, E> {
    fn project<'a>(&'a self, projection: &'a P, tx: &'a mut P::Tx) -> InSql<'a> {
        (self.project)(projection, &self.event, tx)
    }

    fn sequence(&self) -> Result<Option<String>, InvalidValue> {
        match self.sequence {
            Some(sequence) => sequence(recorded_of(&self.event)),
            None => Ok(Some(self.event.stream().to_string())),
        }
    }
}

/// What a method does, whatever it returns.
pub fn in_sql<'a, F>(future: F) -> InSql<'a>
where
    F: Future<Output: Said> + Send + 'a,
{
    Box::pin(async move { future.await.said() })
}

/// Nothing is to be done about an event of another variant.
pub fn nothing_in_sql<'a>() -> InSql<'a> {
    Box::pin(std::future::ready(Ok(())))
}

/// That a projection is inline, in transactions of this type.
pub const fn inline_in<T: InlineTx>() -> bool {
    true
}

/// What a projection in SQL keeps.
pub const fn kept_in_sql<P: ProjectsInSql>() -> Kept {
    Kept::Sql(SqlFacts {
        database: <P::Tx as SqlTx>::DATABASE,
        tables: P::TABLES,
        is_inline: P::INLINE,
    })
}

/// A projection in SQL as a service runs it.
pub fn sql_projector<P: ProjectsInSql>(projection: P) -> Box<dyn Projector> {
    Box::new(SharedInSql(Arc::new(projection)))
}

/// A projection that is shared by those who run it.
struct SharedInSql<P>(Arc<P>);

impl<P: ProjectsInSql> Projector for SharedInSql<P> {
    fn batches(&self) -> Box<dyn Batches> {
        Box::new(SqlBatch::new(Arc::clone(&self.0)))
    }

    fn in_sql(&self) -> Option<&dyn SqlProjector> {
        Some(self)
    }

    fn inline(&self) -> Option<Arc<dyn InlineEvents>> {
        P::INLINE.then(|| Arc::new(Self(Arc::clone(&self.0))) as Arc<dyn InlineEvents>)
    }
}

impl<P: ProjectsInSql> SqlProjector for SharedInSql<P> {
    fn create<'a>(&'a self, tx: &'a mut (dyn Any + Send)) -> InSql<'a> {
        match transaction::<P>(tx) {
            Ok(tx) => self.0.create(tx),
            Err(error) => Box::pin(std::future::ready(Err(error.into()))),
        }
    }
}

impl<P: ProjectsInSql> InlineEvents for SharedInSql<P> {
    fn open(&self, event: &Arc<RecordedEvent>) -> Option<Result<Box<dyn InlineEvent>, DecodeError>> {
        let handler = P::HANDLERS.iter().find(|handler| handler.takes(event))?;
        let open = handler.open(event).map(|open| {
            let projection = Arc::clone(&self.0);
            Box::new(OpenInline { projection, open }) as Box<dyn InlineEvent>
        });
        Some(open)
    }
}

/// An event, and the projection that it has its effect on.
struct OpenInline<P: ProjectsInSql> {
    projection: Arc<P>,
    open: Box<dyn OpenInSql<P>>,
}

impl<P: ProjectsInSql> InlineEvent for OpenInline<P> {
    fn project<'a>(&'a self, tx: &'a mut (dyn Any + Send)) -> InSql<'a> {
        match transaction::<P>(tx) {
            Ok(tx) => self.open.project(&self.projection, tx),
            Err(error) => Box::pin(std::future::ready(Err(error.into()))),
        }
    }

    fn sequence(&self) -> Result<Option<String>, InvalidValue> {
        self.open.sequence()
    }
}

/// The transaction of a store, as the projection takes it.
pub(super) fn transaction<P: ProjectsInSql>(
    tx: &mut (dyn Any + Send),
) -> Result<&mut P::Tx, AnotherTransaction> {
    tx.downcast_mut().ok_or_else(|| AnotherTransaction {
        expected: type_name::<P::Tx>(),
    })
}

/// A store says that it is on a database, and hands out transactions of another type: two versions of a crate are in one program.
#[derive(Debug, thiserror::Error)]
#[error(
    "the store hands out transactions of another type than `{expected}`: are there two versions of its crate?"
)]
pub(super) struct AnotherTransaction {
    expected: &'static str,
}

impl<P: ProjectsInSql, E> fmt::Debug for SqlHandler<P, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("SqlHandler")
            .field(&self.heard.listened.shown)
            .finish()
    }
}
