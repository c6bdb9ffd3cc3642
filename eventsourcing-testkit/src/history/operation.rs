use std::fmt;
use std::sync::Arc;

use eventsourcing_core::store::{Append, AppendError, Appended, Condition, Conflict, FeedFilter};
use eventsourcing_core::{CommandId, EventId, Position, RecordedEvent, StreamId, TypeFilter, Version};

use super::Subscriber;

/// What clients did to the events of one tenant, and what they were told.
///
/// A [`Recorder`](super::Recorder) writes it, [`check`](super::check()) judges it.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// In no particular order.
    pub operations: Vec<Operation>,
    /// Those who were handed events one by one.
    pub subscribers: Vec<Subscriber>,
    /// Whether there may be others.
    pub coverage: Coverage,
}

/// Whose writes are in a history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Coverage {
    /// Everybody's: an event that nobody has recorded is a violation.
    #[default]
    Complete,
    /// Some: the log holds events of others too.
    Partial,
}

/// A moment of a logical clock that counts every call and every answer of a history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tick(u64);

impl Tick {
    /// The moment with this number.
    pub const fn new(number: u64) -> Self {
        Self(number)
    }

    /// The number of this moment.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The moment after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// One call of a client, and its answer.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Who called; only for people to read.
    pub client: u32,
    /// Before the call.
    pub invoked: Tick,
    /// After the answer; `None` if there was none, and then what was asked for may happen at any time later.
    pub returned: Option<Tick>,
    /// What was asked for and answered.
    pub action: Action,
}

/// What an operation was.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Action {
    /// An attempt to write, or a decision that nothing is to be written.
    Command(Command),
    /// A read of streams.
    Read(StreamsSeen),
    /// A read of the next page of the feed.
    Feed(Box<PageSeen>),
    /// The answer that a command of unknown outcome has taken effect.
    Settled(Appended),
}

/// An attempt to write, or a decision that nothing is to be written.
#[derive(Clone, Debug, Default)]
pub struct Command {
    /// Its id, if it has one.
    pub id: Option<CommandId>,
    /// What it was decided on: of each stream, up to which version it was seen and which event types counted.
    pub reads: Vec<Condition>,
    /// What was sent to the store, if that is known. Its conditions are reads too.
    pub sent: Option<Arc<Append>>,
    /// What became of it.
    pub outcome: Outcome,
    /// Whether the outcome was unknown at first, and then settled: it had no effect.
    pub settled: bool,
}

impl Command {
    /// Everything that it was decided on.
    pub fn reads(&self) -> impl Iterator<Item = &Condition> {
        let sent = self.sent.iter().flat_map(|append| &append.conditions);
        self.reads.iter().chain(sent)
    }

    /// Its id: the one it was given, or the one it was sent with.
    pub fn id(&self) -> Option<CommandId> {
        let sent = || Some(self.sent.as_ref()?.command?.id);
        self.id.or_else(sent)
    }
}

/// What a client was told about a command.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub enum Outcome {
    /// It took effect, or had done so before. A command without events has checked its reads.
    Acknowledged(Appended),
    /// It was decided that nothing is to be written. Its reads must all have been current at one moment of the call.
    Rejected,
    /// It had no effect, because a condition failed.
    Conflicted(Conflict),
    /// It had no effect, for any other reason.
    Failed,
    /// Nobody has told: it took effect as a whole, or will, or never does.
    #[default]
    Unknown,
}

impl Outcome {
    pub(super) fn of(error: &AppendError) -> Self {
        match error {
            AppendError::Conflict(conflict) => Self::Conflicted(conflict.clone()),
            AppendError::UnknownOutcome(_) => Self::Unknown,
            _ => Self::Failed,
        }
    }
}

/// What a read of streams was answered.
#[derive(Clone, Debug, Default)]
pub struct StreamsSeen {
    /// The command id that was looked up.
    pub command: Option<CommandId>,
    /// The outcome of an earlier command with that id.
    pub repeated: Option<Appended>,
    /// What was seen of each stream, unless there is such an outcome.
    pub slices: Vec<SliceSeen>,
}

/// What was seen of one stream.
#[derive(Clone, Debug)]
pub struct SliceSeen {
    /// The stream.
    pub stream: StreamId,
    /// After which version events were asked for.
    pub after: Version,
    /// Up to which version events were asked for.
    pub up_to: Version,
    /// Events of which types were asked for.
    pub types: TypeFilter,
    /// The head of the stream, as the answer has it.
    pub head: Version,
    /// The events of the answer, in its order.
    pub events: Vec<EventId>,
}

/// What a read of the feed was answered.
#[derive(Clone, Debug)]
pub struct PageSeen {
    /// After which position events were asked for.
    pub after: Position,
    /// Which events were asked for.
    pub filter: FeedFilter,
    /// The events of the answer, in its order.
    pub events: Vec<Delivered>,
    /// How far the log was looked through.
    pub scanned_to: Position,
    /// The end of the log, as the answer has it.
    pub head: Position,
}

/// An event that somebody was handed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Delivered {
    /// Its id.
    pub event: EventId,
    /// Its place in the store.
    pub position: Position,
}

impl From<&RecordedEvent> for Delivered {
    fn from(event: &RecordedEvent) -> Self {
        Self {
            event: event.id,
            position: event.position,
        }
    }
}

/// Names an operation in a report: what it was, its index in the history, and its client.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OperationRef {
    /// The index in [`History::operations`].
    pub index: usize,
    /// Who called.
    pub client: u32,
    /// What it was, in a word or two.
    pub what: &'static str,
}

impl Operation {
    /// The first outcome of a command, if this was told to somebody who sent it again, or asked for it.
    pub(super) fn told_outcome(&self) -> Option<&Appended> {
        match &self.action {
            Action::Command(command) => match &command.outcome {
                Outcome::Acknowledged(appended) => appended.repeated.then_some(appended),
                _ => None,
            },
            Action::Read(read) => read.repeated.as_ref(),
            Action::Feed(_) => None,
            Action::Settled(appended) => Some(appended),
        }
    }
}

impl OperationRef {
    pub(super) fn new(index: usize, operation: &Operation) -> Self {
        let what = match &operation.action {
            Action::Command(command) => match command.outcome {
                Outcome::Acknowledged(_) => "acknowledged command",
                Outcome::Rejected => "rejected command",
                Outcome::Conflicted(_) => "conflicting command",
                Outcome::Failed => "failed command",
                Outcome::Unknown => "command of unknown outcome",
            },
            Action::Read(_) => "read",
            Action::Feed(_) => "feed read",
            Action::Settled(_) => "settlement",
        };
        Self {
            index,
            client: operation.client,
            what,
        }
    }
}

impl fmt::Display for OperationRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} #{} of client {}", self.what, self.index, self.client)
    }
}
