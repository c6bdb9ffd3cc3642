use std::error::Error;

use crate::command::InvalidStreamField;
use crate::event::{DecodeError, DecodeFailure, EncodeError};
use crate::store::sql::WorkError;
use crate::store::{
    CheckpointRefused, Conflict, ErrorClass, IdReused, InvalidAppend, Overtaken, ReadError, StoreError,
    StoreErrorKind,
};
use crate::{Category, EventTypeName, InvalidStreamId, StreamId, Version};

/// Why a command did not succeed.
///
/// Except after [`UnknownOutcome`](Self::UnknownOutcome), nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExecuteError<E> {
    /// The command itself says no: the domain's own error.
    #[error(transparent)]
    Rejected(E),
    /// A stream it depends on moved on once more in its last attempt, and it has no more attempts or no more time. It may be
    /// sent again.
    #[error("the command was given up after {attempts} attempts; the last met a conflict")]
    Conflict {
        /// How often it was tried.
        attempts: u32,
        /// The last conflict.
        source: Conflict,
    },
    /// A stream is not at the version that the command expects.
    #[error(transparent)]
    UnexpectedVersion(#[from] UnexpectedVersion),
    /// An inline projection cannot deal with what the command has decided. Nothing was written.
    #[error("what is to take effect together with the command has failed")]
    Inline {
        /// What it says.
        source: WorkError,
    },
    /// The reader that the command was to move is elsewhere: another instance of it was faster.
    #[error(transparent)]
    Overtaken(#[from] Overtaken),
    /// The command was sent to the store, and nobody can tell what became of it. Sent again, it may happen twice, unless
    /// it has a command id of its own.
    #[error("the command was sent, and what became of it is unknown")]
    UnknownOutcome {
        /// What the store last said, if anything.
        source: Option<Box<dyn Error + Send + Sync>>,
    },
    /// The store was not available for as long as the command had time. It may be sent again, later.
    #[error("the command was given up after {attempts} attempts; the store was not available for the last")]
    Unavailable {
        /// How often it was tried.
        attempts: u32,
        /// What the store said last.
        source: StoreError,
    },
    /// Too many commands wait for the same streams, or for the store. It may be sent again, later.
    #[error("too much is waiting")]
    Overloaded {
        /// What the store says, if it is the store that is overloaded.
        source: Option<StoreError>,
    },
    /// Its time ran out while it prepared itself, waited for its turn, or was loaded. It may be sent again.
    #[error("the deadline has passed; nothing was written")]
    DeadlineExceeded,
    /// The service takes no more commands. It may be sent again, when the service is back or to another instance of it.
    #[error("the service is shutting down; nothing was written")]
    ShuttingDown,
    /// The command as it is given makes no sense, now or later.
    #[error("the command is not acceptable")]
    Invalid(#[from] InvalidCommand),
    /// The program or the stored data is broken: a person has to look.
    #[error("the command cannot be decided")]
    Bug(#[from] Bug),
}

impl<E> ExecuteError<E> {
    /// A failure of the store after which the command is not tried again.
    pub(super) fn of_store(source: StoreError, attempts: u32) -> Self {
        match source.kind() {
            StoreErrorKind::Broken => Bug::Store(source).into(),
            StoreErrorKind::Overloaded => Self::Overloaded { source: Some(source) },
            _ => Self::Unavailable { attempts, source },
        }
    }

    /// A failure to read after which the command is not tried again.
    pub(super) fn of_read(error: ReadError, attempts: u32) -> Self {
        match error {
            ReadError::IdReused(error) => InvalidCommand::from(error).into(),
            ReadError::Invalid(error) => InvalidCommand::from(error).into(),
            ReadError::Store(error) => Self::of_store(error, attempts),
            error => Bug::Store(StoreError::broken("an unknown kind of error").caused_by(error)).into(),
        }
    }

    /// How the caller is to react.
    pub fn class(&self) -> ErrorClass {
        match self {
            Self::Rejected(_) | Self::Invalid(_) | Self::Inline { .. } => ErrorClass::Rejected,
            Self::Conflict { .. } | Self::UnexpectedVersion(_) => ErrorClass::Conflict,
            Self::Overtaken(overtaken) => overtaken.class(),
            Self::UnknownOutcome { .. } => ErrorClass::UnknownOutcome,
            Self::Unavailable { .. } | Self::DeadlineExceeded | Self::ShuttingDown => ErrorClass::Retry,
            Self::Overloaded { .. } => ErrorClass::Overloaded,
            Self::Bug(_) => ErrorClass::Bug,
        }
    }

    /// How often the command was tried, if that is known.
    pub const fn attempts(&self) -> Option<u32> {
        match self {
            Self::Conflict { attempts, .. } | Self::Unavailable { attempts, .. } => Some(*attempts),
            _ => None,
        }
    }

    /// The domain's own error, if it is that.
    pub fn into_rejection(self) -> Option<E> {
        match self {
            Self::Rejected(error) => Some(error),
            _ => None,
        }
    }
}

/// A stream that is not at the version that a command expects.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stream `{stream}` was expected at version {expected}, and is at {found}")]
pub struct UnexpectedVersion {
    /// The stream.
    pub stream: StreamId,
    /// Where it was expected.
    pub expected: Version,
    /// Where it is.
    pub found: Version,
}

/// What makes a command unacceptable, whatever the streams hold.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidCommand {
    /// A field does not name a stream.
    #[error(transparent)]
    Stream(#[from] InvalidStreamField),
    /// Its command id was used before, for something else.
    #[error(transparent)]
    IdReused(#[from] IdReused),
    /// The reader that it was to move has no such place in this log.
    #[error(transparent)]
    Progress(#[from] CheckpointRefused),
    /// Its streams or events are more, or larger, than any store takes, or are not what they say.
    #[error("what it reads or writes is not acceptable")]
    Append(#[from] InvalidAppend),
    /// It needs more streams than the executor allows.
    #[error("it needs {found} streams, {limit} are allowed")]
    TooManyStreams {
        /// How many streams it has named or discovered.
        found: usize,
        /// How many the executor allows.
        limit: usize,
    },
    /// Its streams are in two stores.
    #[error(transparent)]
    AcrossStores(#[from] AcrossStores),
    /// It has a command id, and cannot be serialized to tell it from another command with the same id.
    #[error("it cannot be serialized")]
    Unserializable(#[source] serde_json::Error),
}

/// A command whose streams are in two stores: nothing is read, checked and written in two stores at once, so it is not
/// tried.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", across_stores(stream.as_ref(), elsewhere))]
pub struct AcrossStores {
    /// One of the streams that it names; nothing if it names none, and so is in the main store.
    pub stream: Option<StreamId>,
    /// A stream that is in another store than that.
    pub elsewhere: StreamId,
}

fn across_stores(stream: Option<&StreamId>, elsewhere: &StreamId) -> String {
    match stream {
        Some(stream) => format!("it needs the streams `{stream}` and `{elsewhere}`, which are in two stores"),
        None => format!("it names no stream, and then needs `{elsewhere}`, which is not in the main store"),
    }
}

/// A mistake in the program, or broken data.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Bug {
    /// A stored event cannot be read.
    #[error(transparent)]
    UnreadableHistory(#[from] DecodeError),
    /// Streams that a command or a reader of the log reads hold events of types that the program does not know. To pass over them
    /// could be to lose them: perhaps a type was renamed.
    #[error(
        "streams of the category `{category}` hold events that this program does not know: {}; \
         give their types an `alias` or `retired`, or make them known: by `extern_events(..)` to a service, by `events::<E>()` to \
         the builder of an executor, by `knows::<E>()` to that of a processor",
        names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    )]
    UnknownEventTypes {
        /// The category.
        category: Category,
        /// The stored names that no type has, not even as an alias.
        names: Vec<EventTypeName>,
    },
    /// The command emitted an event without any stream.
    #[error("the command emitted a `{event_type}`, which does not say which stream it belongs to")]
    EventWithoutStream {
        /// The event type.
        event_type: &'static str,
    },
    /// The command emitted an event whose key does not make a stream id.
    #[error("the command emitted a `{event_type}` whose key does not name a stream")]
    InvalidStream {
        /// The event type.
        event_type: &'static str,
        /// What is wrong with the key.
        source: InvalidStreamId,
    },
    /// The command emitted an event to a stream that it may not write.
    #[error(
        "the command emitted a `{event_type}` to the stream `{stream}`, which none of its writable fields names"
    )]
    UndeclaredStream {
        /// The stream.
        stream: StreamId,
        /// The event type.
        event_type: &'static str,
    },
    /// A state that has snapshots cannot be written to one, or not be read from one. Scenarios say so; an executor reads the
    /// stream instead.
    #[error("the state `{state}` cannot go on from a snapshot of itself")]
    UnusableSnapshot {
        /// The name of the state.
        state: &'static str,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// A state that goes on from a snapshot of itself comes to something else than one that is folded from all events. Scenarios
    /// say so; an executor reads the stream instead.
    #[error(
        "the state `{state}` comes to something else when it goes on from a snapshot of itself; \
         is a field skipped by serde, or written in another way than it is read?"
    )]
    SnapshotDiffers {
        /// The name of the state.
        state: &'static str,
    },
    /// The command emitted an event that has no form in its codec.
    #[error(transparent)]
    UnwritableEvent(EncodeError),
    /// The command emitted an event that could not be read again once it is stored.
    #[error(
        "the command emitted a `{event_type}` that could not be read again; is a number not finite, or a serde attribute one-way?"
    )]
    UnreadableEvent {
        /// The event type.
        event_type: &'static str,
        /// What fails when it is read.
        #[source]
        failure: DecodeFailure,
    },
    /// The store says that it is broken.
    #[error("the store is broken")]
    Store(#[source] StoreError),
}
