//! Values as PostgreSQL holds them.

use std::time::SystemTime;

use bytes::Bytes;
use eventsourcing_core::store::rows::{ColumnType, Table, Value};
use tokio_postgres::Row;
use tokio_postgres::types::{FromSql, ToSql, Type};
use uuid::Uuid;

use crate::row::ServerTime;

/// A parameter of a statement, with its type.
pub(super) struct Parameter<'a> {
    value: Box<dyn ToSql + Sync + Send + 'a>,
    ty: Type,
}

impl<'a> Parameter<'a> {
    pub(super) fn new(value: impl ToSql + Sync + Send + 'a, ty: Type) -> Self {
        Self {
            value: Box::new(value),
            ty,
        }
    }

    /// One value, which is not null, of a column of this type.
    pub(super) fn one(value: &'a Value) -> Self {
        match value {
            // Nothing compares with null, nor with JSON.
            Value::Null => Self::new(None::<&str>, Type::TEXT),
            Value::Bool(value) => Self::new(*value, Type::BOOL),
            Value::Integer(value) => Self::new(*value, Type::INT8),
            Value::Real(value) => Self::new(*value, Type::FLOAT8),
            Value::Text(value) | Value::Json(value) => Self::new(value.as_str(), Type::TEXT),
            Value::Bytes(value) => Self::new(&**value, Type::BYTEA),
            Value::Uuid(value) => Self::new(*value, Type::UUID),
            Value::Timestamp(value) => Self::new(SystemTime::from(*value), Type::TIMESTAMPTZ),
        }
    }

    /// An array of values of a column of this type, null among them. What is of another type is null: all have been checked.
    pub(super) fn many(ty: ColumnType, values: impl Iterator<Item = &'a Value>) -> Self {
        macro_rules! array {
            ($ty:ident, $($pattern:pat_param)|+ => $value:expr) => {
                Self::new(
                    values
                        .map(|value| match value {
                            $($pattern)|+ => Some($value),
                            _ => None,
                        })
                        .collect::<Vec<_>>(),
                    Type::$ty,
                )
            };
        }
        match ty {
            ColumnType::Bool => array!(BOOL_ARRAY, Value::Bool(value) => *value),
            ColumnType::Integer => array!(INT8_ARRAY, Value::Integer(value) => *value),
            ColumnType::Real => array!(FLOAT8_ARRAY, Value::Real(value) => *value),
            ColumnType::Text | ColumnType::Json => {
                array!(TEXT_ARRAY, Value::Text(value) | Value::Json(value) => value.as_str())
            }
            ColumnType::Bytes => array!(BYTEA_ARRAY, Value::Bytes(value) => &**value),
            ColumnType::Uuid => array!(UUID_ARRAY, Value::Uuid(value) => *value),
            ColumnType::Timestamp => {
                array!(TIMESTAMPTZ_ARRAY, Value::Timestamp(value) => SystemTime::from(*value))
            }
        }
    }
}

/// The parameters as the driver takes them.
pub(super) fn typed<'p>(parameters: &'p [Parameter<'_>]) -> Vec<(&'p (dyn ToSql + Sync), Type)> {
    let typed = parameters
        .iter()
        .map(|parameter| (&*parameter.value as &(dyn ToSql + Sync), parameter.ty.clone()));
    typed.collect()
}

/// What a column of such a type is in PostgreSQL.
pub(super) const fn postgres_type(ty: ColumnType) -> &'static str {
    match ty {
        ColumnType::Bool => "boolean",
        ColumnType::Integer => "bigint",
        ColumnType::Real => "double precision",
        ColumnType::Text => "text collate \"C\"",
        ColumnType::Bytes => "bytea",
        ColumnType::Uuid => "uuid",
        ColumnType::Timestamp => "timestamptz",
        // Unlike `jsonb`, it stays as it is.
        ColumnType::Json => "json",
    }
}

/// What such a column is as a parameter.
pub(super) const fn array_type(ty: ColumnType) -> &'static str {
    match ty {
        ColumnType::Bool => "boolean[]",
        ColumnType::Integer => "bigint[]",
        ColumnType::Real => "double precision[]",
        ColumnType::Text | ColumnType::Json => "text[]",
        ColumnType::Bytes => "bytea[]",
        ColumnType::Uuid => "uuid[]",
        ColumnType::Timestamp => "timestamptz[]",
    }
}

/// The values of a row from this column on, which are those of a table.
pub(super) fn row(table: &Table, row: &Row, first: usize) -> Result<Vec<Value>, tokio_postgres::Error> {
    let columns = table.columns().enumerate();
    columns
        .map(|(at, column)| value(column.ty, row, first + at))
        .collect()
}

fn value(ty: ColumnType, row: &Row, at: usize) -> Result<Value, tokio_postgres::Error> {
    Ok(match ty {
        ColumnType::Bool => or_null(row, at, Value::Bool)?,
        ColumnType::Integer => or_null(row, at, Value::Integer)?,
        ColumnType::Real => or_null(row, at, Value::Real)?,
        ColumnType::Text => or_null(row, at, Value::Text)?,
        ColumnType::Bytes => or_null(row, at, |bytes| Value::Bytes(Bytes::copy_from_slice(bytes)))?,
        ColumnType::Uuid => or_null(row, at, |uuid: Uuid| Value::Uuid(uuid))?,
        ColumnType::Timestamp => or_null(row, at, |time: ServerTime| Value::Timestamp(time.0))?,
        ColumnType::Json => or_null(row, at, Value::Json)?,
    })
}

fn or_null<'r, T: FromSql<'r>>(
    row: &'r Row,
    at: usize,
    value: impl FnOnce(T) -> Value,
) -> Result<Value, tokio_postgres::Error> {
    Ok(row.try_get::<_, Option<T>>(at)?.map_or(Value::Null, value))
}
