use std::borrow::Borrow;
use std::fmt;
use std::marker::PhantomData;

use super::InvalidValue;
use crate::store::rows::{ColumnName, Direction, SortBy, Test, Value};

/// A column of a row type, by which rows are found and sorted: `BalanceRow::BALANCE`.
///
/// ```
/// use eventsourcing::prelude::*;
///
/// #[derive(Row)]
/// #[row(table = "balances")]
/// pub struct BalanceRow {
///     #[key] account: String,
///     balance: i64,
/// }
///
/// let rich = BalanceRow::BALANCE.at_least(1_000);
/// let richest_first = BalanceRow::BALANCE.descending();
/// # let _ = (rich, richest_first);
/// ```
///
/// `None` is equal to `None` and to nothing else, and lies neither below nor above anything.
pub struct RowColumn<R, T> {
    name: ColumnName,
    write: fn(&T) -> Result<Value, InvalidValue>,
    row: PhantomData<fn() -> R>,
}

/// What must hold of a row: a test of one of its columns.
pub struct RowTest<R> {
    pub(in crate::projection) column: ColumnName,
    pub(in crate::projection) test: Result<Test, InvalidValue>,
    row: PhantomData<fn() -> R>,
}

/// A column to sort rows by, and which way.
pub struct RowOrder<R> {
    pub(in crate::projection) sort: SortBy,
    row: PhantomData<fn() -> R>,
}

impl<R, T> RowColumn<R, T> {
    pub(super) const fn new(name: ColumnName, write: fn(&T) -> Result<Value, InvalidValue>) -> Self {
        Self {
            name,
            write,
            row: PhantomData,
        }
    }

    /// Its name in the store.
    pub const fn name(&self) -> ColumnName {
        self.name
    }

    /// It is equal to this.
    pub fn is(&self, value: impl Borrow<T>) -> RowTest<R> {
        self.test(value.borrow(), Test::Is)
    }

    /// It is not equal to this.
    pub fn is_not(&self, value: impl Borrow<T>) -> RowTest<R> {
        self.test(value.borrow(), Test::IsNot)
    }

    /// It is less than this.
    pub fn below(&self, value: impl Borrow<T>) -> RowTest<R> {
        self.test(value.borrow(), Test::Below)
    }

    /// It is less than this, or equal to it.
    pub fn at_most(&self, value: impl Borrow<T>) -> RowTest<R> {
        self.test(value.borrow(), Test::AtMost)
    }

    /// It is greater than this.
    pub fn above(&self, value: impl Borrow<T>) -> RowTest<R> {
        self.test(value.borrow(), Test::Above)
    }

    /// It is greater than this, or equal to it.
    pub fn at_least(&self, value: impl Borrow<T>) -> RowTest<R> {
        self.test(value.borrow(), Test::AtLeast)
    }

    /// It is equal to one of these.
    pub fn one_of(&self, values: impl IntoIterator<Item = impl Borrow<T>>) -> RowTest<R> {
        let values = values.into_iter().map(|value| (self.write)(value.borrow()));
        RowTest {
            column: self.name,
            test: values.collect::<Result<_, _>>().map(Test::OneOf),
            row: PhantomData,
        }
    }

    /// The smallest first, `None` before it.
    pub const fn ascending(&self) -> RowOrder<R> {
        self.sorted(Direction::Ascending)
    }

    /// The greatest first, `None` last.
    pub const fn descending(&self) -> RowOrder<R> {
        self.sorted(Direction::Descending)
    }

    fn test(&self, value: &T, test: fn(Value) -> Test) -> RowTest<R> {
        RowTest {
            column: self.name,
            test: (self.write)(value).map(test),
            row: PhantomData,
        }
    }

    const fn sorted(&self, direction: Direction) -> RowOrder<R> {
        RowOrder {
            sort: SortBy {
                column: self.name,
                direction,
            },
            row: PhantomData,
        }
    }
}

impl<R> Copy for RowOrder<R> {}

impl<R> Clone for RowOrder<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R, T> fmt::Debug for RowColumn<R, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RowColumn").field(&self.name).finish()
    }
}

impl<R> fmt::Debug for RowTest<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RowTest")
            .field("column", &self.column)
            .field("test", &self.test)
            .finish()
    }
}

impl<R> fmt::Debug for RowOrder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RowOrder").field(&self.sort).finish()
    }
}
