//! What the derive writes for each field. The only calls that ask anything of the type of a field.

use std::fmt;

use super::column::RowColumn;
use super::value::{AsJson, InColumn, Initial, RowKey, from_json, to_json};
use super::{InvalidValue, RowError};
use crate::store::rows::{Column, ColumnName, TableName, Value};

/// A field of a row: how it is written into its column, and read from it.
pub struct RowField<T> {
    /// Its column.
    pub column: Column,
    write: fn(&T) -> Result<Value, InvalidValue>,
    read: fn(Value) -> Result<T, InvalidValue>,
}

/// A field that is not part of the key.
#[derive(Debug)]
pub struct PlainField<T> {
    /// How it is written and read.
    pub field: RowField<T>,
    /// What it is in a new row.
    pub initial: fn() -> T,
}

/// `#[key]`
pub const fn key_field<T: RowKey>(name: &'static str) -> RowField<T> {
    RowField {
        column: Column::required(ColumnName::from_static(name), T::TYPE),
        write: T::to_value,
        read: T::from_value,
    }
}

/// A field without attributes.
pub const fn plain_field<T: InColumn + Initial>(name: &'static str) -> PlainField<T> {
    PlainField {
        field: RowField {
            column: Column {
                name: ColumnName::from_static(name),
                ty: T::TYPE,
                nullable: T::NULLABLE,
            },
            write: T::write,
            read: T::read,
        },
        initial: T::initial,
    }
}

/// `#[column(json)]`
pub const fn json_field<T: AsJson + Initial>(name: &'static str) -> PlainField<T> {
    PlainField {
        field: RowField {
            column: Column::required(
                ColumnName::from_static(name),
                crate::store::rows::ColumnType::Json,
            ),
            write: to_json::<T>,
            read: from_json::<T>,
        },
        initial: T::initial,
    }
}

impl<T> RowField<T> {
    /// The value of the column.
    ///
    /// # Errors
    /// If the field has none.
    pub fn write(&self, table: TableName, field: &T) -> Result<Value, RowError> {
        (self.write)(field).map_err(|source| self.error(table, source))
    }

    /// The field, from the next of the values of a row.
    ///
    /// # Errors
    /// If the value is not one of it.
    pub fn read(&self, table: TableName, values: &mut std::vec::IntoIter<Value>) -> Result<T, RowError> {
        let value = values.next().unwrap_or(Value::Null);
        (self.read)(value).map_err(|source| self.error(table, source))
    }

    /// The column, to be asked for.
    pub const fn typed<R>(&self) -> RowColumn<R, T> {
        RowColumn::new(self.column.name, self.write)
    }

    fn error(&self, table: TableName, source: InvalidValue) -> RowError {
        RowError::Column {
            table,
            column: self.column.name,
            source,
        }
    }
}

impl<T> fmt::Debug for RowField<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RowField").field(&self.column).finish()
    }
}
