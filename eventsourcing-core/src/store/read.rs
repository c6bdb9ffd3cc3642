use std::sync::Arc;

use super::{Appended, CommandKey, DictionarySize, ErrorClass, IdReused, InvalidAppend, StoreError};
use crate::{RecordedEvent, StreamId, TypeFilter, Version};

/// Which streams to read, as they are at one moment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReadStreams {
    /// The streams. One may come up more than once.
    pub streams: Vec<ReadStream>,
    /// A command id to look up at the same moment.
    pub command: Option<CommandKey>,
}

/// What to read of one stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadStream {
    /// The stream.
    pub stream: StreamId,
    /// Only events after this version are returned.
    pub after: Version,
    /// Only events up to this version are returned. If the head is higher, there are more: a long stream is read in pieces.
    pub up_to: Version,
    /// Only events of these types are returned. With [`TypeFilter::NONE`], only the head of the stream is looked up.
    pub types: TypeFilter,
}

impl ReadStream {
    /// All events of a stream.
    pub const fn whole(stream: StreamId) -> Self {
        Self {
            stream,
            after: Version::ABSENT,
            up_to: Version::MAX,
            types: TypeFilter::All,
        }
    }

    /// Only the head of a stream.
    pub fn head(stream: StreamId) -> Self {
        Self {
            types: TypeFilter::NONE,
            ..Self::whole(stream)
        }
    }
}

/// The answer to [`ReadStreams`]: everything as it was at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamsRead {
    /// One for each stream that was asked for, in that order.
    pub slices: Vec<StreamSlice>,
    /// The first outcome of the command that was asked for, if it has run before. The slices may be empty then.
    pub repeated: Option<Appended>,
    /// The size of the dictionary of event type names.
    pub dictionary: DictionarySize,
}

/// What was read of one stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StreamSlice {
    /// The version of its last event, whether that was asked for or not.
    pub head: Version,
    /// The events, in the order of their versions.
    pub events: Vec<Arc<RecordedEvent>>,
}

/// Why streams could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The command id was used before, for something else.
    #[error(transparent)]
    IdReused(#[from] IdReused),
    /// More streams than the [`Limits`](crate::Limits) allow.
    #[error("the read is not acceptable")]
    Invalid(#[from] InvalidAppend),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl ReadError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::IdReused(_) | Self::Invalid(_) => ErrorClass::Rejected,
            Self::Store(error) => error.class(),
        }
    }
}
