use std::error::Error;
use std::fmt;
use std::hash::Hash;

use super::{Category, InvalidStreamId, StreamId};

/// A typed name of a stream: an `AccountId` names the streams of the category `account`.
///
/// Derive it for a newtype over anything that displays and parses:
///
/// ```text
/// #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash)]
/// #[stream_key(category = "account")]
/// pub struct AccountId(String);
/// ```
///
/// [`StreamId`] is itself a key, of no category in particular.
///
/// # Contract
/// `from_stream_id(key.to_stream_id())` gives the same key back, and two keys that differ name two streams.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a stream key",
    label = "this type does not name a stream",
    note = "derive it: `#[derive(StreamKey)] #[stream_key(category = \"...\")]`",
    note = "a `#[stream]` field is a stream key `K`, `StreamId`, `Option<K>` or `Vec<K>`"
)]
pub trait StreamKey: Clone + fmt::Debug + Eq + Hash + Send + Sync + 'static {
    /// The category of the streams it names; `None` if they can be of any.
    const CATEGORY: Option<Category>;

    /// The stream that this key names.
    ///
    /// # Errors
    /// If the text of the key is empty, too long, or holds control characters.
    fn to_stream_id(&self) -> Result<StreamId, InvalidStreamId>;

    /// The key that names this stream.
    ///
    /// # Errors
    /// If the stream is of another category, or its key does not parse.
    fn from_stream_id(stream: &StreamId) -> Result<Self, InvalidStreamKey>;
}

impl StreamKey for StreamId {
    const CATEGORY: Option<Category> = None;

    fn to_stream_id(&self) -> Result<StreamId, InvalidStreamId> {
        Ok(self.clone())
    }

    fn from_stream_id(stream: &StreamId) -> Result<Self, InvalidStreamKey> {
        Ok(stream.clone())
    }
}

/// Why a stream id does not give a key of the wanted type.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidStreamKey {
    /// The stream is of another category than the key type names.
    #[error("`{stream}` is not a stream of the category `{expected}`")]
    OtherCategory {
        /// The stream at hand.
        stream: StreamId,
        /// The category of the key type.
        expected: Category,
    },
    /// The text after the category is not a key of this type.
    #[error("the key of `{stream}` cannot be read")]
    Unreadable {
        /// The stream at hand.
        stream: StreamId,
        /// What the key's own parser says.
        #[source]
        source: Box<dyn Error + Send + Sync>,
    },
}
