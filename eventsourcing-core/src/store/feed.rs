use std::num::NonZeroUsize;
use std::sync::Arc;

use super::{Checkpoint, CheckpointRefused, DictionarySize, ErrorClass, StoreError};
use crate::{Category, Position, RecordedEvent, StreamId, TypeFilter};

/// Which events to read, in commit order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFeed {
    /// Start after this checkpoint; `None` is the beginning of the log.
    pub after: Option<Checkpoint>,
    /// Which events are wanted.
    pub filter: FeedFilter,
    /// Return at most so many events.
    pub max_events: NonZeroUsize,
    /// Stop before payloads and metadata exceed so many bytes. One event is returned however large it is.
    pub max_bytes: usize,
}

impl ReadFeed {
    /// Everything after a checkpoint, at most 1,000 events and 4 MiB at a time.
    pub const fn after(checkpoint: Option<Checkpoint>) -> Self {
        const THOUSAND: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();
        Self {
            after: checkpoint,
            filter: FeedFilter::ALL,
            max_events: THOUSAND,
            max_bytes: 4 * 1024 * 1024,
        }
    }
}

/// Which events of a feed are wanted: those that pass every part that is given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedFilter {
    /// Events of these types.
    pub types: TypeFilter,
    /// Events that are in a stream of one of these categories; `None` is any.
    pub categories: Option<Vec<Category>>,
    /// Events that are in one of these streams; `None` is any.
    pub streams: Option<Vec<StreamId>>,
}

impl FeedFilter {
    /// Every event.
    pub const ALL: Self = Self {
        types: TypeFilter::All,
        categories: None,
        streams: None,
    };

    /// Whether an event is wanted. It may be so through any of its streams, links included.
    pub fn matches(&self, event: &RecordedEvent) -> bool {
        let in_category = self.categories.as_ref().is_none_or(|categories| {
            event.streams().any(|place| {
                categories
                    .iter()
                    .any(|category| category == place.stream.category())
            })
        });
        let in_stream = self
            .streams
            .as_ref()
            .is_none_or(|streams| event.streams().any(|place| streams.contains(&place.stream)));
        in_category && in_stream && self.types.matches(event.event_type.as_str())
    }
}

/// The next events of a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedPage {
    /// The events that passed the filter, in commit order; each once, however many streams it is in.
    pub events: Vec<Arc<RecordedEvent>>,
    /// How far the log was looked through. Everything up to here was returned or did not pass the filter: this is what
    /// readers remember, and go on from.
    pub scanned_to: Checkpoint,
    /// The end of the log at that moment. When `scanned_to` has reached it, there is nothing more to read now.
    pub head: Position,
    /// The size of the dictionary of event type names at that moment: whatever lies before the head is in it, also what the filter
    /// has hidden.
    pub dictionary: DictionarySize,
}

impl FeedPage {
    /// Whether there was nothing more to read when this page was read.
    pub fn is_last(&self) -> bool {
        self.scanned_to.position >= self.head
    }
}

/// Why a feed could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// The checkpoint is not one of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointRefused),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl FeedError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Checkpoint(_) => ErrorClass::Rejected,
            Self::Store(error) => error.class(),
        }
    }
}
