use std::error::Error;

use crate::store::rows::{ColumnName, ColumnType, TableName, Value};

/// Why a value of the program is not one of a column, or the other way round.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidValue {
    /// The column holds something of another type.
    #[error("it is {found}, and is to be {}", expected.as_str())]
    OtherType {
        /// The type of the column.
        expected: ColumnType,
        /// What it holds, for people.
        found: &'static str,
    },
    /// It is of the right type, and cannot be written or read as one.
    #[error("it cannot be written or read")]
    Unreadable(#[source] Box<dyn Error + Send + Sync>),
}

impl InvalidValue {
    /// A value that cannot be written or read, for a reason of its own.
    pub fn unreadable(reason: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::Unreadable(reason.into())
    }

    /// A value of another type than that of its column.
    pub fn other_type(expected: ColumnType, found: &Value) -> Self {
        let found = found.ty().map_or("null", ColumnType::as_str);
        Self::OtherType { expected, found }
    }
}

/// Why a row cannot be written or read, or is not what a handler takes it for.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RowError {
    /// A value of it.
    #[error("the column `{column}` of `{table}`")]
    Column {
        /// The table.
        table: TableName,
        /// The column.
        column: ColumnName,
        /// What is wrong.
        source: InvalidValue,
    },
    /// It has more or fewer values than columns.
    #[error("a row of `{table}` has {found} values, and {expected} columns")]
    Width {
        /// The table.
        table: TableName,
        /// How many values it has.
        found: usize,
        /// How many columns it has.
        expected: usize,
    },
    /// A handler has changed the key of a row.
    #[error("the key of a row of `{table}` was changed; remove the row, and put another")]
    KeyChanged {
        /// The table.
        table: TableName,
    },
    /// A handler asked for a row that is to be there, and is not.
    #[error("there is no row {key} in `{table}`")]
    NotThere {
        /// The table.
        table: TableName,
        /// The key, for people.
        key: String,
    },
    /// With `slices`, a handler asked for a row of another sequence than that of its event: another slice may be changing it.
    #[error(
        "the row {key} of `{table}` is not one of the sequence `{sequence}`; with `slices`, an event has to do with rows only \
         whose key begins with what tells its sequence: its field in `parallel_by`, or without that its home stream"
    )]
    OfAnotherSequence {
        /// The table.
        table: TableName,
        /// The key, for people.
        key: String,
        /// The sequence of the event.
        sequence: String,
    },
}
