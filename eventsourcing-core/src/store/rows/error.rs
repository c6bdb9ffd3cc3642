use std::error::Error;
use std::num::NonZeroU32;
use std::sync::Arc;

use super::{ColumnName, ColumnType, Place, ProjectionName, ProjectionVersion, TableName};
use crate::store::lease::Fenced;
use crate::store::{CheckpointRefused, ErrorClass, StoreError};

/// Why a version of a projection could not be prepared or activated.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PrepareError {
    /// It cannot have one of its tables.
    #[error("the table `{table}` of the projection `{projection}` is refused")]
    Table {
        /// The version of the projection.
        projection: ProjectionVersion,
        /// The table.
        table: TableName,
        /// What is in the way.
        #[source]
        refused: TableRefused,
    },
    /// It is to be activated, and has not been prepared.
    #[error("the projection `{projection}` has not been prepared")]
    NotPrepared {
        /// The version of the projection.
        projection: ProjectionVersion,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl PrepareError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Table { .. } | Self::NotPrepared { .. } => ErrorClass::Rejected,
            Self::Store(error) => error.class(),
        }
    }
}

/// Why a projection cannot have a table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TableRefused {
    /// Another projection has a table of this name.
    #[error("it belongs to the projection `{owner}`")]
    BelongsTo {
        /// That projection.
        owner: ProjectionName,
    },
    /// The table was made with other columns. A change of columns is a new version of the projection.
    #[error("it was made with other columns: give the projection a new version")]
    OtherColumns,
    /// The version was prepared without it, and may have handled events that belong in it.
    #[error("the version was prepared without it: give the projection a new version")]
    Added,
    /// The projection names the table twice.
    #[error("the projection names it twice")]
    Twice,
    /// There is something of this name that is not the store's.
    #[error("there is something else of this name in the database")]
    NameTaken,
    /// The projection is to make the table itself, and has not.
    #[error("the projection was to make it, and there is none")]
    NotMade,
}

/// Why rows could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadRowsError {
    /// No store would take it.
    #[error("the read is not acceptable")]
    Invalid(#[from] InvalidRows),
    /// The table is not there.
    #[error(transparent)]
    NotPrepared(#[from] NotPrepared),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReadRowsError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Invalid(_) | Self::NotPrepared(_) => ErrorClass::Rejected,
            Self::Store(error) => error.class(),
        }
    }
}

/// Why rows were not written. Except after `UnknownOutcome`, nothing was.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WriteRowsError {
    /// The reader is not where it was expected.
    #[error(transparent)]
    Overtaken(#[from] Box<RowsOvertaken>),
    /// The lease is not held any more under which it was sent.
    #[error(transparent)]
    Fenced(#[from] Fenced),
    /// The reader was to be moved to a checkpoint that is not one of this log, or backwards.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointRefused),
    /// No store would take it.
    #[error("the write is not acceptable")]
    Invalid(#[from] InvalidRows),
    /// A table is not there.
    #[error(transparent)]
    NotPrepared(#[from] NotPrepared),
    /// It was sent, and the answer was lost. [`RowStore::place`](super::RowStore::place) tells where the reader is.
    #[error("the write was sent, and its answer was lost")]
    UnknownOutcome(#[source] Box<dyn Error + Send + Sync>),
    /// The store failed before it wrote anything.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl WriteRowsError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Overtaken(overtaken) => overtaken.class(),
            Self::Fenced(fenced) => fenced.class(),
            Self::Checkpoint(_) | Self::Invalid(_) | Self::NotPrepared(_) => ErrorClass::Rejected,
            Self::UnknownOutcome(_) => ErrorClass::UnknownOutcome,
            Self::Store(error) => error.class(),
        }
    }
}

/// A reader that is not where a write was to move it from: another instance of it has written, or it has started over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the reader `{reader}` was expected at {expected}, and is at {saved}")]
pub struct RowsOvertaken {
    /// The name of the reader.
    pub reader: Arc<str>,
    /// Where it was expected.
    pub expected: Place,
    /// Where it is.
    pub saved: Place,
}

impl RowsOvertaken {
    /// How the caller is to react.
    pub const fn class(&self) -> ErrorClass {
        ErrorClass::Overtaken
    }
}

/// A table that was never made for this version, or was dropped: a newer program may have replaced this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no table `{table}` of version {version}: it has not been prepared, or was dropped")]
pub struct NotPrepared {
    /// The table.
    pub table: TableName,
    /// The version.
    pub version: NonZeroU32,
}

/// What makes rows, or a read of rows, unacceptable to every store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidRows {
    /// More than the [`Limits`](crate::Limits) allow.
    #[error("{found} {what}, {limit} are allowed")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// A row, a key or a list of sort values that has another number of values than columns.
    #[error("{found} values for {expected} columns of the table `{table}`")]
    Width {
        /// The table.
        table: TableName,
        /// How many values there are.
        found: usize,
        /// How many there should be.
        expected: usize,
    },
    /// A value of another type than its column.
    #[error("the column `{column}` of the table `{table}` holds {}, not {}", expected.as_str(), found.as_str())]
    Type {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// What the column holds.
        expected: ColumnType,
        /// What the value is.
        found: ColumnType,
    },
    /// Null in a column that is never null.
    #[error("the column `{column}` of the table `{table}` is never null")]
    Null {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// A floating point value that is not a number.
    #[error("the column `{column}` of the table `{table}` holds numbers; this is none")]
    NotANumber {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// NUL in a text.
    #[error("the column `{column}` of the table `{table}` cannot hold a text with NUL")]
    NulInText {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// A JSON value that is not JSON.
    #[error("the value for the column `{column}` of the table `{table}` is not JSON")]
    NotJson {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
    /// A key that comes up twice in a write.
    #[error("a key of the table `{table}` comes up twice in one write")]
    KeyTwice {
        /// The table.
        table: TableName,
    },
    /// A table that comes up twice in a write.
    #[error("the table `{table}` comes up twice in one write")]
    TableTwice {
        /// The table.
        table: TableName,
    },
    /// A column that the table does not have.
    #[error("the table `{table}` has no column `{column}`")]
    NoColumn {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// A column that rows cannot be compared or sorted by.
    #[error("rows of the table `{table}` cannot be compared or sorted by the column `{column}`")]
    NotComparable {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
    /// A column that is to be sorted by twice.
    #[error("rows of the table `{table}` are to be sorted by the column `{column}` twice")]
    SortedTwice {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
    },
}
