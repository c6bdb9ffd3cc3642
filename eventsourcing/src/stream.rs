//! Streams: what they are called, and the typed keys that name them.

use std::error::Error;
use std::fmt::Display;
use std::str::FromStr;

pub use eventsourcing_core::{Category, InvalidCategory, InvalidStreamId, InvalidStreamKey, StreamId};

/// The typed name of a stream: the trait, and the derive that implements it.
///
/// The derive takes a struct with one field of a type that displays and parses: a `String`, a `Uuid`, a number.
///
/// | `#[stream_key(..)]` | |
/// |---|---|
/// | `category = "account"` | the [`Category`] of its streams; required |
/// | `crate = path` | where this crate is found, if not at `::eventsourcing` |
///
/// ```
/// use eventsourcing::prelude::*;
///
/// #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
/// #[stream_key(category = "account")]
/// pub struct AccountId(String);
///
/// let alice = AccountId("alice".into());
/// assert_eq!(alice.to_stream_id()?, "account-alice");
/// assert_eq!(AccountId::from_stream_id(&StreamId::new("account-alice")?)?, alice);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub use eventsourcing_core::StreamKey;
pub use eventsourcing_macros::StreamKey;

use crate::projection::{InvalidValue, RowValue as _};
use crate::store::rows::Value;

/// The category of the streams of a key, if it is written in the program.
pub(crate) const fn category_of<K: StreamKey>() -> Option<&'static str> {
    match const { &K::CATEGORY } {
        Some(category) => category.as_static(),
        None => None,
    }
}

/// The category of the streams of a key.
///
/// # Panics
/// If they can be of any category; in a `const` this is a compile error.
#[track_caller]
#[expect(clippy::panic, reason = "documented; a compile error in constants")]
pub(crate) const fn the_category_of<K: StreamKey>() -> &'static str {
    match category_of::<K>() {
        Some(category) => category,
        None => panic!(
            "a store is for the streams of one category, and this key can name streams of any: \
             `#[stream_key(category = \"..\")]`"
        ),
    }
}

/// What is inside a derived stream key: it displays as the part of a stream id after the category, and parses back.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be the text of a stream key",
    label = "this type does not display and parse",
    note = "a stream key wraps a type that implements `Display` and `FromStr`: `String`, `Uuid`, a number"
)]
pub trait KeyText: Display + Sized {
    /// Reads the text back.
    ///
    /// # Errors
    /// If the text is not one of this type.
    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>>;
}

#[diagnostic::do_not_recommend]
impl<T> KeyText for T
where
    T: Display + FromStr,
    T::Err: Into<Box<dyn Error + Send + Sync>>,
{
    fn parse(text: &str) -> Result<Self, Box<dyn Error + Send + Sync>> {
        text.parse().map_err(Into::into)
    }
}

/// The keys of a category whose text is a `T`: what derived keys are made of.
#[doc(hidden)]
#[derive(Debug)]
pub struct TextKeys<T> {
    category: Category,
    parse: fn(&str) -> Result<T, Box<dyn Error + Send + Sync>>,
    display: fn(&T) -> &dyn Display,
}

/// The only call of the derive that asks anything of the type of the text, so that one mistake is one error.
#[doc(hidden)]
pub const fn text_keys<T: KeyText>(category: &'static str) -> TextKeys<T> {
    TextKeys {
        category: Category::from_static(category),
        parse: T::parse,
        display: |text| text,
    }
}

impl<T> TextKeys<T> {
    /// The text of a key, for people.
    pub fn display<'a>(&self, text: &'a T) -> &'a dyn Display {
        (self.display)(text)
    }

    /// Reads the text of a key.
    ///
    /// # Errors
    /// If it is not one of this type.
    pub fn parse(&self, text: &str) -> Result<T, Box<dyn Error + Send + Sync>> {
        (self.parse)(text)
    }

    /// A key in a column of a row: its text.
    pub fn to_value(&self, text: &T) -> Value {
        Value::Text((self.display)(text).to_string())
    }

    /// The key that is in a column of a row.
    ///
    /// # Errors
    /// If it is not a text, or does not parse.
    pub fn from_value(&self, value: Value) -> Result<T, InvalidValue> {
        (self.parse)(&String::from_value(value)?).map_err(InvalidValue::unreadable)
    }

    /// The stream that a key names.
    ///
    /// # Errors
    /// If the text of the key does not make a stream id.
    pub fn to_stream_id(&self, text: &T) -> Result<StreamId, InvalidStreamId> {
        StreamId::new(&format!("{}-{}", self.category, (self.display)(text)))
    }

    /// The text of the key that names a stream.
    ///
    /// # Errors
    /// If the stream is of another category, or its key does not parse.
    pub fn from_stream_id(&self, stream: &StreamId) -> Result<T, InvalidStreamKey> {
        if self.category != stream.category() {
            return Err(InvalidStreamKey::OtherCategory {
                stream: stream.clone(),
                expected: self.category.clone(),
            });
        }
        let text = match stream.key() {
            Some(key) => (self.parse)(key),
            None => Err(InvalidStreamId::EmptyKey.into()),
        };
        text.map_err(|source| InvalidStreamKey::Unreadable {
            stream: stream.clone(),
            source,
        })
    }
}
