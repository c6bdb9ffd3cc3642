use std::sync::Arc;

use super::sql::WorkError;
use super::{CheckpointRefused, CommandKey, ErrorClass, IdReused, Overtaken, Progress, StoreError};
use crate::{EventId, NewEvent, Position, RecordedEvent, StreamId, TypeFilter, Version};

/// Events to write, and what must hold for them to be written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Append {
    /// All must hold, for streams that are written and for streams that were only read. A stream may come up more than once.
    pub conditions: Vec<Condition>,
    /// Written in this order, at consecutive places of the log. May be empty: then the conditions are checked all the same.
    pub events: Vec<NewEvent>,
    /// If given, makes the append idempotent.
    pub command: Option<CommandKey>,
    /// If given, moves a reader in the same transaction.
    pub progress: Option<Progress>,
}

/// Fails the append if a stream holds an event of certain types above a certain version.
///
/// With `seen` at [`Version::ABSENT`], it fails if the stream holds any such event at all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The stream that was read.
    pub stream: StreamId,
    /// Its head when it was read.
    pub seen: Version,
    /// The event types that count.
    pub types: TypeFilter,
}

/// A successful append: the events as they now lie in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The events, in the order of the append.
    pub events: Vec<Arc<RecordedEvent>>,
    /// The position of the last event; of an append without events, the end of the log when its conditions were checked.
    pub position: Position,
    /// Whether this is the outcome of an earlier append with the same command id. Where an append is settled, it may be
    /// either: the earlier append may have been this one.
    pub repeated: bool,
}

/// What became of an append with an unknown outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settled {
    /// It took effect.
    Present(Appended),
    /// It did not take effect, and never will.
    Absent,
}

/// A condition that failed: a stream has moved on since it was read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stream `{stream}` was seen at version {seen}, and has moved on to {head}")]
pub struct Conflict {
    /// The stream.
    pub stream: StreamId,
    /// The version at which it was seen.
    pub seen: Version,
    /// Its head when the condition was checked.
    pub head: Version,
}

/// Why an append did not succeed. Except after `UnknownOutcome`, nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AppendError {
    /// A condition failed.
    #[error(transparent)]
    Conflict(#[from] Conflict),
    /// The command id was used before, for something else.
    #[error(transparent)]
    IdReused(#[from] IdReused),
    /// The reader that was to be moved is not where it was expected.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The reader was to be moved to a checkpoint that is not one of this log, or backwards.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointRefused),
    /// No store would take it.
    #[error("the append is not acceptable")]
    Invalid(#[from] InvalidAppend),
    /// What is to take effect together with the events has failed, such as an inline projection. Nothing was written.
    #[error("the work that belongs to the append has failed")]
    Work(#[source] WorkError),
    /// It was sent, and the answer was lost. [`EventLog::settle`](super::EventLog::settle) tells what became of it.
    #[error("the append was sent, and its answer was lost")]
    UnknownOutcome(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The store failed before it wrote anything.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl AppendError {
    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Conflict(_) => ErrorClass::Conflict,
            Self::Overtaken(overtaken) => overtaken.class(),
            Self::IdReused(_) | Self::Checkpoint(_) | Self::Invalid(_) | Self::Work(_) => {
                ErrorClass::Rejected
            }
            Self::UnknownOutcome(_) => ErrorClass::UnknownOutcome,
            Self::Store(error) => error.class(),
        }
    }
}

/// What makes an append unacceptable to every store.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidAppend {
    /// More than the [`Limits`](crate::Limits) allow.
    #[error("{found} {what}, {limit} are allowed")]
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much is allowed.
        limit: usize,
    },
    /// A payload that is not what its content type says.
    #[error("the payload of event {event} is not JSON, as its content type says")]
    NotJson {
        /// The event.
        event: EventId,
        /// Where it stops being JSON.
        source: serde_json::Error,
    },
    /// An event that is in one stream twice.
    #[error("the event {event} names the stream `{stream}` twice")]
    StreamTwice {
        /// The event.
        event: EventId,
        /// The stream.
        stream: StreamId,
    },
    /// Schema versions start at 1.
    #[error("the event {event} has schema version 0; the first is 1")]
    SchemaVersionZero {
        /// The event.
        event: EventId,
    },
    /// An event whose id is in the store already, or twice in the append. Stores need not notice the former.
    #[error("there is an event {event} already")]
    EventTwice {
        /// The event.
        event: EventId,
    },
}
