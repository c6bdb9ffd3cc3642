//! Values as SQLite holds them: of its own five types.

use bytes::Bytes;
use eventsourcing_core::Timestamp;
use eventsourcing_core::store::rows::{ColumnType, Table, Value};
use rusqlite::Row;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};

use crate::row::{signed, text, unsigned, uuid_blob};

/// A value as a parameter of a statement.
pub(crate) struct Bound<'a>(pub(crate) &'a Value);

impl Bound<'_> {
    /// The same, as SQLite holds it.
    pub(crate) fn held(&self) -> ValueRef<'_> {
        match self.0 {
            Value::Null => ValueRef::Null,
            Value::Bool(bool) => ValueRef::Integer(i64::from(*bool)),
            Value::Integer(integer) => ValueRef::Integer(*integer),
            Value::Real(real) => ValueRef::Real(*real),
            Value::Text(text) | Value::Json(text) => ValueRef::Text(text.as_bytes()),
            Value::Bytes(bytes) => ValueRef::Blob(bytes),
            Value::Uuid(uuid) => ValueRef::Blob(uuid.as_bytes()),
            Value::Timestamp(timestamp) => ValueRef::Integer(signed(timestamp.as_micros())),
        }
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(self.held()))
    }
}

/// What a column of such a type is in SQLite.
pub(super) const fn sqlite_type(ty: ColumnType) -> &'static str {
    match ty {
        ColumnType::Bool | ColumnType::Integer | ColumnType::Timestamp => "integer",
        ColumnType::Real => "real",
        ColumnType::Text | ColumnType::Json => "text",
        ColumnType::Bytes | ColumnType::Uuid => "blob",
    }
}

/// The values of a row that starts with the columns of a table.
pub(crate) fn row(table: &Table, row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    let columns = table.columns().enumerate();
    columns.map(|(at, column)| value(column.ty, row, at)).collect()
}

fn value(ty: ColumnType, row: &Row<'_>, at: usize) -> rusqlite::Result<Value> {
    if row.get_ref(at)? == ValueRef::Null {
        return Ok(Value::Null);
    }
    Ok(match ty {
        ColumnType::Bool => Value::Bool(row.get(at)?),
        ColumnType::Integer => Value::Integer(row.get(at)?),
        ColumnType::Real => Value::Real(row.get(at)?),
        ColumnType::Text => Value::Text(text(row, at)?.to_owned()),
        ColumnType::Bytes => Value::Bytes(Bytes::copy_from_slice(row.get_ref(at)?.as_blob()?)),
        ColumnType::Uuid => Value::Uuid(uuid_blob(row, at)?),
        ColumnType::Timestamp => Value::Timestamp(Timestamp::from_micros(unsigned(row, at)?)),
        ColumnType::Json => Value::Json(text(row, at)?.to_owned()),
    })
}
