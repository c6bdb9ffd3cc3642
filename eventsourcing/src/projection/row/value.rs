use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::InvalidValue;
use crate::store::rows::{ColumnType, Value};
use crate::{CommandId, EventId, Position, StreamId, TenantId, Timestamp, Version};

/// What can be in a column: a type of the program, and how stores hold it.
///
/// These are: `bool`, integers, `f32` and `f64`, `String`, `Vec<u8>`, [`Bytes`], [`Uuid`], [`Timestamp`], ids, versions and
/// positions, [`StreamId`] and derived [stream keys](crate::stream::StreamKey); and an `Option` of any of them. For a type of
/// one's own, implement it; or let it be JSON, by `#[column(json)]`.
///
/// ```
/// use eventsourcing::projection::{InvalidValue, RowValue};
/// use eventsourcing::store::rows::{ColumnType, Value};
///
/// /// An amount of money, in cents.
/// struct Money(i64);
///
/// impl RowValue for Money {
///     const TYPE: ColumnType = i64::TYPE;
///
///     fn to_value(&self) -> Result<Value, InvalidValue> {
///         self.0.to_value()
///     }
///
///     fn from_value(value: Value) -> Result<Self, InvalidValue> {
///         i64::from_value(value).map(Self)
///     }
/// }
/// # assert_eq!(Money(3).to_value().unwrap(), Value::Integer(3));
/// ```
///
/// # Contract
/// `from_value(value.to_value())` gives the same value back. It is never null.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be in a column",
    label = "this is no type of a column",
    note = "a column is a `bool`, a number, a `String`, a `Vec<u8>`, a `Uuid`, a `Timestamp` or a stream key, or an `Option` of these",
    note = "implement `RowValue` for `{Self}`, or write `#[column(json)]` on the field"
)]
pub trait RowValue: Sized + 'static {
    /// What stores hold it as.
    const TYPE: ColumnType;

    /// The value that stands for it.
    ///
    /// # Errors
    /// If there is none: a number that is out of range.
    fn to_value(&self) -> Result<Value, InvalidValue>;

    /// Reads it back.
    ///
    /// # Errors
    /// If the value is not one of this type.
    fn from_value(value: Value) -> Result<Self, InvalidValue>;
}

/// What can be a `#[key]` of a row, alone or with others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the key of a row",
    label = "this is no type of a key",
    note = "a key is a stream key, a `String`, an integer, a `bool`, a `Uuid` or a `Timestamp`; for a type of your own, implement \
            `RowValue` and `RowKey`"
)]
pub trait RowKey: RowValue {}

/// What can be the type of a field of a row: a value, or an `Option` of one.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be in a column",
    label = "this is no type of a column",
    note = "a column is a `bool`, a number, a `String`, a `Vec<u8>`, a `Uuid`, a `Timestamp` or a stream key, or an `Option` of these",
    note = "implement `RowValue` for `{Self}`, or write `#[column(json)]` on the field"
)]
pub trait InColumn: Sized + 'static {
    const TYPE: ColumnType;
    const NULLABLE: bool;

    /// # Errors
    /// If there is no value that stands for it.
    fn write(&self) -> Result<Value, InvalidValue>;

    /// # Errors
    /// If the value is not one of this type.
    fn read(value: Value) -> Result<Self, InvalidValue>;
}

#[diagnostic::do_not_recommend]
impl<T: RowValue> InColumn for T {
    const TYPE: ColumnType = T::TYPE;
    const NULLABLE: bool = false;

    fn write(&self) -> Result<Value, InvalidValue> {
        self.to_value()
    }

    fn read(value: Value) -> Result<Self, InvalidValue> {
        Self::from_value(value)
    }
}

#[diagnostic::do_not_recommend]
impl<T: RowValue> InColumn for Option<T> {
    const TYPE: ColumnType = T::TYPE;
    const NULLABLE: bool = true;

    fn write(&self) -> Result<Value, InvalidValue> {
        self.as_ref().map_or(Ok(Value::Null), RowValue::to_value)
    }

    fn read(value: Value) -> Result<Self, InvalidValue> {
        match value {
            Value::Null => Ok(None),
            value => T::from_value(value).map(Some),
        }
    }
}

/// What a field of a new row is at first.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no default, which a row needs before a handler fills it",
    label = "what is this in a new row?",
    note = "implement `Default` for `{Self}`, or make the field an `Option`"
)]
pub trait Initial {
    fn initial() -> Self;
}

#[diagnostic::do_not_recommend]
impl<T: Default> Initial for T {
    fn initial() -> Self {
        Self::default()
    }
}

/// What serde can write and read.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written as JSON",
    label = "this column cannot be written and read",
    note = "add `#[derive(Serialize, Deserialize)]` to `{Self}`"
)]
pub trait AsJson: Serialize + DeserializeOwned + 'static {}

#[diagnostic::do_not_recommend]
impl<T: Serialize + DeserializeOwned + 'static> AsJson for T {}

pub(super) fn to_json<T: AsJson>(value: &T) -> Result<Value, InvalidValue> {
    serde_json::to_string(value)
        .map(Value::Json)
        .map_err(InvalidValue::unreadable)
}

pub(super) fn from_json<T: AsJson>(value: Value) -> Result<T, InvalidValue> {
    match value {
        Value::Json(text) => serde_json::from_str(&text).map_err(InvalidValue::unreadable),
        other => Err(InvalidValue::other_type(ColumnType::Json, &other)),
    }
}

macro_rules! as_they_are {
    ($($ty:ty: $variant:ident),* $(,)?) => {$(
        impl RowValue for $ty {
            const TYPE: ColumnType = ColumnType::$variant;

            fn to_value(&self) -> Result<Value, InvalidValue> {
                Ok(Value::$variant(self.clone()))
            }

            fn from_value(value: Value) -> Result<Self, InvalidValue> {
                match value {
                    Value::$variant(value) => Ok(value),
                    other => Err(InvalidValue::other_type(ColumnType::$variant, &other)),
                }
            }
        }
    )*};
}

as_they_are!(bool: Bool, i64: Integer, f64: Real, String: Text, Bytes: Bytes, Uuid: Uuid, Timestamp: Timestamp);

macro_rules! integers {
    ($($ty:ty),*) => {$(
        impl RowValue for $ty {
            const TYPE: ColumnType = ColumnType::Integer;

            fn to_value(&self) -> Result<Value, InvalidValue> {
                i64::try_from(*self).map(Value::Integer).map_err(InvalidValue::unreadable)
            }

            fn from_value(value: Value) -> Result<Self, InvalidValue> {
                Self::try_from(i64::from_value(value)?).map_err(InvalidValue::unreadable)
            }
        }
    )*};
}

integers!(i8, i16, i32, isize, u8, u16, u32, u64, usize);

impl RowValue for f32 {
    const TYPE: ColumnType = ColumnType::Real;

    fn to_value(&self) -> Result<Value, InvalidValue> {
        Ok(Value::Real(f64::from(*self)))
    }

    fn from_value(value: Value) -> Result<Self, InvalidValue> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::as_conversions,
            reason = "it was written from one that fits"
        )]
        f64::from_value(value).map(|value| value as Self)
    }
}

impl RowValue for Vec<u8> {
    const TYPE: ColumnType = ColumnType::Bytes;

    fn to_value(&self) -> Result<Value, InvalidValue> {
        Ok(Value::from(self.clone()))
    }

    fn from_value(value: Value) -> Result<Self, InvalidValue> {
        Bytes::from_value(value).map(Into::into)
    }
}

macro_rules! through {
    ($($ty:ty: $inner:ty, $new:expr, $get:expr);* $(;)?) => {$(
        impl RowValue for $ty {
            const TYPE: ColumnType = <$inner as RowValue>::TYPE;

            fn to_value(&self) -> Result<Value, InvalidValue> {
                let get: fn(&Self) -> $inner = $get;
                get(self).to_value()
            }

            fn from_value(value: Value) -> Result<Self, InvalidValue> {
                <$inner as RowValue>::from_value(value).and_then($new)
            }
        }

        impl RowKey for $ty {}
    )*};
}

through! {
    EventId: Uuid, |id| Ok(Self::new(id)), |id| id.get();
    CommandId: Uuid, |id| Ok(Self::new(id)), |id| id.get();
    Position: u64, |position| Ok(Self::new(position)), |position| position.get();
    Version: u64, |version| Ok(Self::new(version)), |version| version.get();
    StreamId: String, |text| Self::new(&text).map_err(InvalidValue::unreadable), ToString::to_string;
    TenantId: String, |text| Self::new(&text).map_err(InvalidValue::unreadable), ToString::to_string;
}

macro_rules! keys {
    ($($ty:ty),*) => {$(
        impl RowKey for $ty {}
    )*};
}

keys!(
    bool, i8, i16, i32, i64, isize, u8, u16, u32, u64, usize, String, Uuid, Timestamp
);

#[cfg(test)]
mod tests {
    use super::*;

    fn comes_back<T: InColumn + PartialEq + std::fmt::Debug>(value: &T) {
        assert_eq!(T::read(value.write().unwrap()).unwrap(), *value);
    }

    #[test]
    fn what_is_written_is_read_back() {
        comes_back(&true);
        comes_back(&i8::MIN);
        comes_back(&u32::MAX);
        comes_back(&1.5_f32);
        comes_back(&"Ada".to_owned());
        comes_back(&vec![0_u8, 255]);
        comes_back(&Uuid::from_u128(7));
        comes_back(&Timestamp::MAX);
        comes_back(&Position::new(7));
        comes_back(&StreamId::new("account-alice").unwrap());
        comes_back(&Some(3_i64));
        comes_back(&None::<String>);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(matches!(u64::MAX.to_value(), Err(InvalidValue::Unreadable(_))));
        assert!(matches!(
            u8::from_value(Value::Integer(256)),
            Err(InvalidValue::Unreadable(_))
        ));
        assert_eq!(
            i64::from_value(Value::Null).unwrap_err().to_string(),
            "it is null, and is to be integer"
        );
        assert_eq!(
            String::from_value(Value::Integer(1)).unwrap_err().to_string(),
            "it is integer, and is to be text"
        );
    }
}
