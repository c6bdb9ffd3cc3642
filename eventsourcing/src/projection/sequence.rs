//! Which events belong together: those of a sequence are projected in their order, or wait together.

use std::borrow::Borrow;
use std::fmt;

use super::{InvalidValue, Row, RowKey, RowValue as _};
use crate::StreamKey;
use crate::event::Recorded;
use crate::store::rows::Value;

/// The longest name of a sequence, in bytes. It is part of a key in the store.
const MAX_BYTES: usize = 500;

/// What tells the sequences of a projection apart: the type of the field in `parallel_by = field`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot tell sequences of events apart",
    label = "this field names no sequence",
    note = "`parallel_by` names a field whose type is a stream key, a `String`, an integer, a `bool`, a `Uuid` or a `Timestamp`"
)]
pub trait SequenceKey {
    /// The name of the sequence.
    ///
    /// # Errors
    /// If there is none that every store can hold.
    fn sequence(&self) -> Result<String, InvalidValue>;
}

#[diagnostic::do_not_recommend]
impl<K: RowKey> SequenceKey for K {
    fn sequence(&self) -> Result<String, InvalidValue> {
        let name = name_of(self.to_value()?);
        if name.len() > MAX_BYTES || name.contains('\0') {
            return Err(InvalidValue::unreadable(UnfitName { bytes: name.len() }));
        }
        Ok(name)
    }
}

/// What the keys of rows begin with, where each slice of a projection has rows of its own: the type of the field in
/// `parallel_by = field`.
#[diagnostic::on_unimplemented(
    message = "the key of `{R}` does not begin with a `{Self}`",
    label = "rows of `{R}` are not told apart by this in the first place",
    note = "with `slices`, a row belongs to the events of one value of this field: let the first `#[key]` of `{R}` be that value"
)]
pub trait BeginsKeyOf<R>: SequenceKey {}

#[diagnostic::do_not_recommend]
impl<K, R: Row> BeginsKeyOf<R> for K
where
    K: SequenceKey + Borrow<<R::Key<'static> as KeyParts>::First>,
    R::Key<'static>: KeyParts,
{
}

/// Rows whose keys begin with stream keys: each slice of a projection without `parallel_by` has the rows of its home streams.
#[diagnostic::on_unimplemented(
    message = "the key of `{Self}` does not begin with a stream key",
    label = "rows of `{Self}` are not told apart by streams in the first place",
    note = "with `slices`, a row belongs to the events of one home stream: let the first `#[key]` of `{Self}` be the key of that \
            stream, or write `parallel_by = field`"
)]
pub trait KeyedByStream: Row {
    /// Whether a row whose key begins so is one of a stream.
    fn is_of(begins: &Value, stream: &str) -> bool;
}

#[diagnostic::do_not_recommend]
impl<R: Row> KeyedByStream for R
where
    R::Key<'static>: KeyParts<First: StreamKey + RowKey>,
{
    fn is_of(begins: &Value, stream: &str) -> bool {
        let key = <R::Key<'static> as KeyParts>::First::from_value(begins.clone());
        let named = key.ok().and_then(|key| key.to_stream_id().ok());
        named.is_some_and(|named| named == stream)
    }
}

/// Whether a row whose key begins so is one of a sequence.
pub type IsOf = fn(&Value, &str) -> bool;

/// How a row is asked for: by a reference, or by several.
pub trait KeyParts {
    /// What the first one refers to.
    type First: ?Sized;
}

impl<A: ?Sized> KeyParts for &A {
    type First = A;
}

macro_rules! key_parts {
    ($($others:ident)*) => {
        impl<A: ?Sized, $($others),*> KeyParts for (&A, $($others),*) {
            type First = A;
        }
    };
}

key_parts!(B);
key_parts!(B C);
key_parts!(B C D);
key_parts!(B C D E);
key_parts!(B C D E F);
key_parts!(B C D E F G);
key_parts!(B C D E F G H);

fn name_of(value: Value) -> String {
    match value {
        Value::Text(text) => text,
        Value::Bool(value) => value.to_string(),
        Value::Integer(value) => value.to_string(),
        Value::Uuid(uuid) => uuid.to_string(),
        Value::Timestamp(timestamp) => timestamp.to_string(),
        // No other type of the framework's is a key; one of the user's may be.
        other => super::shown(&[other]),
    }
}

/// Whether a value is what names a sequence.
pub(crate) fn names(value: &Value, sequence: &str) -> bool {
    match value {
        Value::Text(text) => text == sequence,
        other => name_of(other.clone()) == sequence,
    }
}

/// The name of the sequence of an event, as the macro has it told.
pub(crate) type SequenceOf<E> = fn(&Recorded<E>) -> Result<Option<String>, InvalidValue>;

/// The name of the sequence that a field stands for. The only call that asks anything of its type.
///
/// # Errors
/// If there is none that every store can hold.
pub fn sequence_of(field: &impl SequenceKey) -> Result<Option<String>, InvalidValue> {
    field.sequence().map(Some)
}

/// The same, of a field that the keys of the rows `R` begin with.
///
/// # Errors
/// If there is none that every store can hold.
pub fn sequence_of_rows<R>(field: &impl BeginsKeyOf<R>) -> Result<Option<String>, InvalidValue> {
    field.sequence().map(Some)
}

/// A text that cannot be the name of a sequence.
#[derive(Debug, thiserror::Error)]
struct UnfitName {
    bytes: usize,
}

impl fmt::Display for UnfitName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bytes > MAX_BYTES {
            write!(
                f,
                "the name of a sequence has at most {MAX_BYTES} bytes, this one has {}",
                self.bytes
            )
        } else {
            f.write_str("the name of a sequence holds no NUL")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_named_by_its_field() {
        assert_eq!("a b".to_owned().sequence().unwrap(), "a b");
        assert_eq!(7_u32.sequence().unwrap(), "7");
        assert_eq!(true.sequence().unwrap(), "true");
        assert_eq!(
            uuid::Uuid::nil().sequence().unwrap(),
            uuid::Uuid::nil().to_string()
        );
    }

    #[test]
    fn what_no_store_can_hold_names_no_sequence() {
        assert!("x".repeat(MAX_BYTES).sequence().is_ok());
        for name in ["x".repeat(MAX_BYTES + 1), "a\0b".to_owned()] {
            assert!(name.sequence().is_err());
        }
        assert!(u64::MAX.sequence().is_err());
    }
}
