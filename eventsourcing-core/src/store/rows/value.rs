use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

use bytes::Bytes;
use uuid::Uuid;

use super::ColumnType;
use crate::Timestamp;

/// A value of a row.
///
/// Values are totally ordered, null first: booleans false first, numbers by size, texts, bytes and UUIDs byte by byte. Zero and
/// negative zero are the same.
///
/// ```
/// use eventsourcing_core::store::rows::Value;
///
/// assert!(Value::Null < Value::Integer(-1));
/// assert!(Value::from("Z") < Value::from("a"));
/// assert_eq!(Value::Real(0.0), Value::Real(-0.0));
/// ```
#[derive(Clone, Debug)]
pub enum Value {
    /// There is no value.
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A floating point number. Stores refuse what is not a number.
    Real(f64),
    /// A text. Stores refuse NUL in it.
    Text(String),
    /// Bytes.
    Bytes(Bytes),
    /// A UUID.
    Uuid(Uuid),
    /// A moment.
    Timestamp(Timestamp),
    /// A JSON text. Stores refuse what is not JSON.
    Json(String),
}

impl Value {
    /// The type of the columns that it fits into; `None` for null.
    pub const fn ty(&self) -> Option<ColumnType> {
        Some(match self {
            Self::Null => return None,
            Self::Bool(_) => ColumnType::Bool,
            Self::Integer(_) => ColumnType::Integer,
            Self::Real(_) => ColumnType::Real,
            Self::Text(_) => ColumnType::Text,
            Self::Bytes(_) => ColumnType::Bytes,
            Self::Uuid(_) => ColumnType::Uuid,
            Self::Timestamp(_) => ColumnType::Timestamp,
            Self::Json(_) => ColumnType::Json,
        })
    }

    /// Whether this is null.
    pub const fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// How many bytes it counts for where there are [`Limits`](crate::Limits).
    pub fn bytes(&self) -> usize {
        match self {
            Self::Null | Self::Bool(_) => 1,
            Self::Integer(_) | Self::Real(_) | Self::Timestamp(_) => 8,
            Self::Uuid(_) => 16,
            Self::Text(text) | Self::Json(text) => text.len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Value {}

impl PartialOrd for Value {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Value {
    /// Values of different types, which never meet in a column, are ordered by type.
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Bool(left), Self::Bool(right)) => left.cmp(right),
            (Self::Integer(left), Self::Integer(right)) => left.cmp(right),
            (Self::Real(left), Self::Real(right)) => one_zero(*left).total_cmp(&one_zero(*right)),
            (Self::Text(left), Self::Text(right)) | (Self::Json(left), Self::Json(right)) => left.cmp(right),
            (Self::Bytes(left), Self::Bytes(right)) => left.cmp(right),
            (Self::Uuid(left), Self::Uuid(right)) => left.cmp(right),
            (Self::Timestamp(left), Self::Timestamp(right)) => left.cmp(right),
            _ => rank(self).cmp(&rank(other)),
        }
    }
}

impl Hash for Value {
    fn hash<H: Hasher>(&self, state: &mut H) {
        rank(self).hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Integer(value) => value.hash(state),
            Self::Real(value) => one_zero(*value).to_bits().hash(state),
            Self::Text(value) | Self::Json(value) => value.hash(state),
            Self::Bytes(value) => value.hash(state),
            Self::Uuid(value) => value.hash(state),
            Self::Timestamp(value) => value.hash(state),
        }
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Null => 0,
        Value::Bool(_) => 1,
        Value::Integer(_) => 2,
        Value::Real(_) => 3,
        Value::Text(_) => 4,
        Value::Bytes(_) => 5,
        Value::Uuid(_) => 6,
        Value::Timestamp(_) => 7,
        Value::Json(_) => 8,
    }
}

/// Negative zero plus zero is zero.
fn one_zero(real: f64) -> f64 {
    real + 0.0
}

macro_rules! from {
    ($($variant:ident($ty:ty)),*) => {
        $(impl From<$ty> for Value {
            fn from(value: $ty) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

from!(
    Bool(bool),
    Integer(i64),
    Real(f64),
    Text(String),
    Text(&str),
    Bytes(Bytes),
    Bytes(Vec<u8>),
    Uuid(Uuid),
    Timestamp(Timestamp)
);

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}
