use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{ColumnName, Place, TableVersion, Value};

/// Which rows to read, as they are at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRows {
    /// The table.
    pub table: TableVersion,
    /// What must hold of a row, all of it.
    pub filter: Vec<Comparison>,
    /// By what rows are sorted. Those that are equal in this are sorted by their keys, in ascending order.
    pub order: Vec<SortBy>,
    /// Only rows after this one, which need not be there any more: its values in the [sort columns](Self::sort_columns).
    pub after: Option<Vec<Value>>,
    /// Return at most so many rows.
    pub limit: NonZeroUsize,
    /// The readers whose places at that moment are wanted.
    pub readers: Vec<Arc<str>>,
}

/// Something that must hold of a value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// Whose value it is.
    pub column: ColumnName,
    /// What must hold of it.
    pub test: Test,
}

/// What must hold of a value. Null is equal to null and to nothing else, and lies neither below nor above anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// Equal to this one.
    Is(Value),
    /// Not equal to this one.
    IsNot(Value),
    /// Less than this one.
    Below(Value),
    /// Less than this one, or equal to it.
    AtMost(Value),
    /// Greater than this one.
    Above(Value),
    /// Greater than this one, or equal to it.
    AtLeast(Value),
    /// Equal to one of these.
    OneOf(Vec<Value>),
}

impl Test {
    /// Whether it holds of a value.
    pub fn holds(&self, value: &Value) -> bool {
        let in_range = |other: &Value| !value.is_null() && !other.is_null();
        match self {
            Self::Is(other) => value == other,
            Self::IsNot(other) => value != other,
            Self::Below(other) => in_range(other) && value < other,
            Self::AtMost(other) => in_range(other) && value <= other,
            Self::Above(other) => in_range(other) && value > other,
            Self::AtLeast(other) => in_range(other) && value >= other,
            Self::OneOf(others) => others.contains(value),
        }
    }

    /// The values that it compares with.
    pub fn values(&self) -> &[Value] {
        match self {
            Self::Is(value)
            | Self::IsNot(value)
            | Self::Below(value)
            | Self::AtMost(value)
            | Self::Above(value)
            | Self::AtLeast(value) => std::slice::from_ref(value),
            Self::OneOf(values) => values,
        }
    }
}

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortBy {
    /// The column.
    pub column: ColumnName,
    /// Which way.
    pub direction: Direction,
}

/// Which way to sort.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The smallest first, null before it.
    Ascending,
    /// The greatest first, null last.
    Descending,
}

impl ReadRows {
    /// All rows of a table in the order of their keys, at most 1,000 of them.
    pub const fn all(table: TableVersion) -> Self {
        const THOUSAND: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();
        Self {
            table,
            filter: Vec::new(),
            order: Vec::new(),
            after: None,
            limit: THOUSAND,
            readers: Vec::new(),
        }
    }

    /// By what rows are sorted, to the last: the order, and then the columns of the key that it does not name.
    pub fn sort_columns(&self) -> Vec<SortBy> {
        let mut columns = self.order.clone();
        for column in self.table.table.key() {
            if self.order.iter().all(|sort| sort.column != column.name) {
                columns.push(SortBy {
                    column: column.name,
                    direction: Direction::Ascending,
                });
            }
        }
        columns
    }

    /// The values of a row by which it is sorted: what the next page starts after.
    pub fn sort_values(&self, row: &[Value]) -> Vec<Value> {
        let places = self
            .sort_columns()
            .into_iter()
            .filter_map(|sort| self.table.table.place_of(sort.column));
        places.filter_map(|place| row.get(place)).cloned().collect()
    }
}

/// The answer to [`ReadRows`]: everything as it was at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowsRead {
    /// The rows, sorted.
    pub rows: Vec<Vec<Value>>,
    /// Where the readers were that were asked for, in that order.
    pub places: Vec<Place>,
}
