//! What the code that `#[projection]` writes calls, and what it comes to.

use std::error::Error;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::batch::{Batch, Batches};
use super::sequence::{IsOf, SequenceOf, names};
use super::sql::{InlineEvents, SqlProjector};
use super::{InvalidValue, Kept, Projection, ProjectionFacts, Row, RowError, Rows};
use crate::RecordedEvent;
use crate::event::{DecodeError, Recorded};
use crate::heard::Heard;
use crate::store::rows::{Column, ColumnName, ColumnType, Table, TableName, Value};

type BoxedError = Box<dyn Error + Send + Sync>;

/// A projection that consists of handlers. The macro implements it.
pub trait Projects: Projection + Sized {
    /// One for each event that is handled.
    const HANDLERS: &'static [&'static dyn Handling<Self>];

    /// Tells which rows are those of an event, where there are slices: those whose key begins with the value that names its sequence;
    /// another function, if that is its home stream.
    const IS_OF: IsOf = names;
}

/// What a projection does on the events of one entry of `#[on(..)]`.
pub struct ProjectionHandler<P: Projection, E> {
    /// The entry.
    pub heard: Heard<E>,
    /// Calls the method, if the event is of the variant.
    pub project: Project<P, E>,
    /// Tells the sequence of the event; `None` if that is its home stream.
    pub sequence: Option<SequenceOf<E>>,
}

/// Makes something of an event.
pub(crate) type Project<P, E> =
    fn(&P, &Recorded<E>, &mut Rows<<P as Projection>::Row>) -> Result<(), BoxedError>;

/// A [`ProjectionHandler`], whatever its event.
pub trait Handling<P: Projection>: Sync {
    /// Whether the event is of the entry.
    fn takes(&self, event: &RecordedEvent) -> bool;

    /// Reads an event.
    ///
    /// # Errors
    /// If it cannot be read.
    fn open(&self, event: &Arc<RecordedEvent>) -> Result<Box<dyn OpenEvent<P>>, DecodeError>;
}

/// An event that was read, and what is to become of it.
pub trait OpenEvent<P: Projection>: Send + Sync {
    /// Makes something of it.
    ///
    /// # Errors
    /// If the handler says so.
    fn project(&self, projection: &P, rows: &mut Rows<P::Row>) -> Result<(), BoxedError>;

    /// Which sequence it is of; `None` if nothing becomes of it.
    ///
    /// # Errors
    /// If the field that names it cannot be used.
    fn sequence(&self) -> Result<Option<String>, InvalidValue>;
}

struct Open<P: Projection, E> {
    event: Recorded<E>,
    project: Project<P, E>,
    sequence: Option<SequenceOf<E>>,
}

impl<P: Projection, E: Send + Sync + 'static> Handling<P> for ProjectionHandler<P, E> {
    fn takes(&self, event: &RecordedEvent) -> bool {
        self.heard.takes(event)
    }

    fn open(&self, event: &Arc<RecordedEvent>) -> Result<Box<dyn OpenEvent<P>>, DecodeError> {
        Ok(Box::new(Open {
            event: self.heard.decode(event)?,
            project: self.project,
            sequence: self.sequence,
        }))
    }
}

impl<P: Projection, E: Send + Sync + 'static> OpenEvent<P> for Open<P, E> {
    fn project(&self, projection: &P, rows: &mut Rows<P::Row>) -> Result<(), BoxedError> {
        (self.project)(projection, &self.event, rows)
    }

    fn sequence(&self) -> Result<Option<String>, InvalidValue> {
        match self.sequence {
            Some(sequence) => sequence(&self.event),
            None => Ok(Some(self.event.as_stored().home.stream.to_string())),
        }
    }
}

/// What a handler returns: nothing, or whether it could deal with the event.
#[diagnostic::on_unimplemented(
    message = "the handler of a projection returns `{Self}`",
    label = "nothing becomes of this",
    note = "return nothing, or a `Result<(), E>` whose error `E` converts into `Box<dyn Error + Send + Sync>`"
)]
pub trait Said {
    /// Whether it could.
    ///
    /// # Errors
    /// If it could not.
    fn said(self) -> Result<(), BoxedError>;
}

impl Said for () {
    fn said(self) -> Result<(), BoxedError> {
        Ok(())
    }
}

impl<E: Into<BoxedError>> Said for Result<(), E> {
    fn said(self) -> Result<(), BoxedError> {
        self.map_err(Into::into)
    }
}

/// Takes what a handler returns.
///
/// # Errors
/// If it says so.
pub fn said(said: impl Said) -> Result<(), BoxedError> {
    said.said()
}

/// A projection as a service runs it, whatever it is.
pub trait Projector: Send + Sync {
    /// Begins to project events, batch by batch.
    fn batches(&self) -> Box<dyn Batches>;

    /// What it does in SQL of its own, if it does.
    fn in_sql(&self) -> Option<&dyn SqlProjector> {
        None
    }

    /// What is done about events that are about to be appended, if it is inline.
    fn inline(&self) -> Option<Arc<dyn InlineEvents>> {
        None
    }
}

/// A projection that is shared by those who run it.
pub(crate) struct Shared<P>(pub(crate) Arc<P>);

impl<P: Projects> Projector for Shared<P> {
    fn batches(&self) -> Box<dyn Batches> {
        Box::new(Batch::new(Arc::clone(&self.0)))
    }
}

/// What a projection is made of that nobody provides.
#[diagnostic::on_unimplemented(
    message = "the service cannot start without its projection `{Self}`, which has no default",
    label = "a `{Self}` is missing",
    note = "call `.projection(value)` with a `{Self}` before, or implement `Default` for it"
)]
pub trait ByDefault {
    /// Makes it.
    fn by_default() -> Self;
}

#[diagnostic::do_not_recommend]
impl<P: Default> ByDefault for P {
    fn by_default() -> Self {
        Self::default()
    }
}

/// A projection as a service runs it.
pub fn projector_of<P: Projects>(projection: P) -> Box<dyn Projector> {
    Box::new(Shared(Arc::new(projection)))
}

/// What a projection keeps. That its row is one is asked elsewhere.
pub const fn kept_in_rows<P: Projection>() -> Kept {
    Kept::Rows(<P::Row as Row>::TABLE)
}

/// A version. The macro has seen to it that it is not 0.
pub const fn version(version: u32) -> NonZeroU32 {
    match NonZeroU32::new(version) {
        Some(version) => version,
        None => NonZeroU32::MIN,
    }
}

/// A number of slices. The macro has seen to it that there are some.
pub const fn slices(slices: u32) -> NonZeroU32 {
    match NonZeroU32::new(slices) {
        Some(slices) => slices,
        None => NonZeroU32::MIN,
    }
}

/// A projection with a mistake, which is never run.
pub const fn no_projection() -> ProjectionFacts {
    ProjectionFacts {
        name: "",
        version: NonZeroU32::MIN,
        origin: "",
        on: &[],
        kept: Kept::Rows(const { &no_table() }),
        parked: const { &no_table() },
        parallel_by: None,
        slices: NonZeroU32::MIN,
        code: 0,
        changed: None,
    }
}

/// The table of a row with a mistake.
pub const fn no_table() -> Table {
    const KEY: &[Column] = &[Column::required(ColumnName::from_static("key"), ColumnType::Bool)];
    Table::new(TableName::from_static("none"), KEY, &[], &[])
}

/// The row of a projection that has none: one in SQL, or one that does not say which.
#[derive(Debug)]
pub enum NoRow {}

impl Row for NoRow {
    type Key<'a> = ();

    const TABLE: &'static Table = &no_table();

    fn new_of((): ()) -> Self {
        unreachable!("there is no such row")
    }

    fn key_values((): ()) -> Result<Vec<Value>, RowError> {
        Ok(Vec::new())
    }

    fn to_values(&self) -> Result<Vec<Value>, RowError> {
        match *self {}
    }

    fn from_values(_: Vec<Value>) -> Result<Self, RowError> {
        unreachable!("there is no such row")
    }
}

impl<P: Projection, E> fmt::Debug for ProjectionHandler<P, E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ProjectionHandler")
            .field(&self.heard.listened.shown)
            .finish()
    }
}
