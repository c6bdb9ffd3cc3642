use std::fmt;

use eventsourcing_core::{CommandId, EventId, Position, StreamId, Version};

use super::{Cycle, OperationRef};

/// A promise of the [store contract](eventsourcing_core::store) that a history shows to be broken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Violation {
    /// An event lies in the log twice.
    #[error("event {event} lies in the log twice, at positions {first} and {second}")]
    EventTwice {
        /// The event.
        event: EventId,
        /// Where it lies first.
        first: Position,
        /// Where it lies again.
        second: Position,
    },
    /// The log was read in another order than that of positions.
    #[error("in the log, position {after} follows on position {before}")]
    PositionsFallBack {
        /// A position.
        before: Position,
        /// The next one, which is not greater.
        after: Position,
    },
    /// A stream leaves out a version, or its versions go backwards.
    #[error("in stream `{stream}`, version {found} (position {position}) follows on version {previous}")]
    VersionGap {
        /// The stream.
        stream: StreamId,
        /// A version.
        previous: Version,
        /// The version after it.
        found: Version,
        /// Where that lies.
        position: Position,
    },
    /// Two events have the same version in a stream.
    #[error("stream `{stream}` has version {version} twice, at positions {first} and {second}")]
    VersionReused {
        /// The stream.
        stream: StreamId,
        /// The version.
        version: Version,
        /// Where it was given first.
        first: Position,
        /// Where it was given again.
        second: Position,
    },
    /// An event that nobody has written.
    #[error("event {event} at position {position} was written by nobody in the history")]
    Stranger {
        /// The event.
        event: EventId,
        /// Where it lies.
        position: Position,
    },

    /// Nothing of an acknowledged append is in the log.
    #[error("{operation}: nothing of it is in the log; {event}, the first of its {events} events, is not")]
    Lost {
        /// The command.
        operation: OperationRef,
        /// How many events it had.
        events: usize,
        /// The first.
        event: EventId,
    },
    /// Some events of an append are in the log and others are not.
    #[error("{operation}: {found} of its {events} events are in the log, event {missing} is not")]
    Torn {
        /// The command.
        operation: OperationRef,
        /// How many events it had.
        events: usize,
        /// How many of them are in the log.
        found: usize,
        /// One that is not.
        missing: EventId,
    },
    /// The events of an append do not lie next to each other in their order.
    #[error(
        "{operation}: its events do not lie next to each other in their order, event {event} at position \
         {position} does not follow on the one before it"
    )]
    Interleaved {
        /// The command.
        operation: OperationRef,
        /// The first event out of place.
        event: EventId,
        /// Where it lies.
        position: Position,
    },
    /// What was sent, what was acknowledged and what is in the log are not the same.
    #[error("{operation}: of event {event}, the {what} {between} differ")]
    Altered {
        /// The command.
        operation: OperationRef,
        /// The event.
        event: EventId,
        /// What of it.
        what: &'static str,
        /// Where they are compared.
        between: Comparison,
    },
    /// Two appends were acknowledged with the same event, neither as a repetition.
    #[error("{first} and {second} were both acknowledged with event {event}")]
    AcknowledgedTwice {
        /// The event.
        event: EventId,
        /// A command.
        first: OperationRef,
        /// Another one.
        second: OperationRef,
    },
    /// An append that was said to have had no effect is in the log.
    #[error("{operation}: its event {event} is in the log nevertheless, at position {position}")]
    FailedVisible {
        /// The command.
        operation: OperationRef,
        /// One of its events.
        event: EventId,
        /// Where it lies.
        position: Position,
    },
    /// Two commands with the same id took effect.
    #[error("{first} and {second} both took effect under command id {command}")]
    CommandTwice {
        /// The command id.
        command: CommandId,
        /// A command.
        first: OperationRef,
        /// Another one.
        second: OperationRef,
    },
    /// A read did not find a command id that had been acknowledged before.
    #[error(
        "{operation} did not find command id {command}, under which {first} had been acknowledged before"
    )]
    CommandForgotten {
        /// The read.
        operation: OperationRef,
        /// The command id.
        command: CommandId,
        /// Who used it.
        first: OperationRef,
    },

    /// A command took effect although a stream that it was decided on had moved on.
    #[error(
        "{operation} took effect at position {at}, decided on `{stream}` at version {seen}; but version \
         {moved} counts, and lies at position {moved_at}"
    )]
    StaleDecision {
        /// The command.
        operation: OperationRef,
        /// Where it took effect.
        at: Position,
        /// The stream.
        stream: StreamId,
        /// The version at which it was seen.
        seen: Version,
        /// The next version whose event counts.
        moved: Version,
        /// Where that lies.
        moved_at: Position,
    },
    /// Something was seen that had not been written by then, or never was.
    #[error("{operation} saw version {seen} of `{stream}`, which had come to version {head} by then")]
    ReadAhead {
        /// The read or command.
        operation: OperationRef,
        /// The stream.
        stream: StreamId,
        /// The version at which it was seen.
        seen: Version,
        /// The version that it had.
        head: Version,
    },
    /// There is no moment at which everything that was seen was current.
    #[error(
        "{operation} saw version {newer_seen} of `{newer}` and version {older_seen} of `{older}`, which \
         never were current at the same moment"
    )]
    FracturedRead {
        /// The read, or rejected command.
        operation: OperationRef,
        /// A stream that was seen late.
        newer: StreamId,
        /// The version at which it was seen.
        newer_seen: Version,
        /// A stream that was seen early.
        older: StreamId,
        /// The version at which it was seen.
        older_seen: Version,
    },
    /// Something was not seen that was known before the read began.
    #[error(
        "{operation} saw `{stream}` at version {seen}, after {known_to} had returned; but version {missed} \
         (position {missed_at}) had taken effect by then"
    )]
    StaleRead {
        /// The read, or rejected command.
        operation: OperationRef,
        /// The stream.
        stream: StreamId,
        /// The version at which it was seen.
        seen: Version,
        /// The next version whose event counts.
        missed: Version,
        /// Where that lies.
        missed_at: Position,
        /// Who had written it, or seen something that came later.
        known_to: OperationRef,
    },
    /// The feed was said to end before something that was known before the read began.
    #[error(
        "{operation} was told that the log ends at position {head}, after {known_to} had returned; but \
         position {missed_at} had taken effect by then"
    )]
    StaleFeed {
        /// The read.
        operation: OperationRef,
        /// The end of the log, as it was told.
        head: Position,
        /// What lies behind it.
        missed_at: Position,
        /// Who had written it, or seen something that came later.
        known_to: OperationRef,
    },
    /// A command took effect before something that was known before it began.
    #[error(
        "{operation} took effect at position {at}, after {known_to} had returned; but position {missed_at} \
         had taken effect by then"
    )]
    OrderInverted {
        /// The command.
        operation: OperationRef,
        /// Where it took effect.
        at: Position,
        /// What lies behind it.
        missed_at: Position,
        /// Who had written it, or seen something that came later.
        known_to: OperationRef,
    },
    /// A conflict was reported where there was none.
    #[error(
        "{operation} was told that `{stream}` had moved on from version {seen}; no event that counts had"
    )]
    SpuriousConflict {
        /// The command.
        operation: OperationRef,
        /// The stream.
        stream: StreamId,
        /// The version at which it was seen.
        seen: Version,
    },
    /// A read returned other events of a stream than there are.
    #[error(
        "{operation} asked `{stream}` for what lies above version {after}, and was returned {found} events \
         up to version {head}; there are {expected}, or others"
    )]
    WrongSlice {
        /// The read.
        operation: OperationRef,
        /// The stream.
        stream: StreamId,
        /// After which version events were asked for.
        after: Version,
        /// The head of the stream, as the answer had it.
        head: Version,
        /// How many events were returned.
        found: usize,
        /// How many the log has.
        expected: usize,
    },

    /// Commands and reads of which each has to come before the next, and the last before the first.
    #[error("{0}")]
    Cycle(Cycle),

    /// A reader of the feed was not handed an event.
    #[error("{reader} was never handed event {event} at position {position}")]
    Skipped {
        /// The reader.
        reader: Reader,
        /// The event.
        event: EventId,
        /// Where it lies.
        position: Position,
    },
    /// A reader of the feed was handed an event twice.
    #[error("{reader} was handed event {event} at position {position} twice")]
    DeliveredTwice {
        /// The reader.
        reader: Reader,
        /// The event.
        event: EventId,
        /// Where it lies.
        position: Position,
    },
    /// A reader of the feed was handed an event before an earlier one.
    #[error("{reader} was handed event {event} at position {position} after an event behind it")]
    Disordered {
        /// The reader.
        reader: Reader,
        /// The event that came too late.
        event: EventId,
        /// Where it lies.
        position: Position,
    },
    /// A reader of the feed was handed an event that it did not ask for, or that is not in the log.
    #[error(
        "{reader} was handed event {event} at position {position}, which it did not ask for, or which is \
         not there"
    )]
    Unexpected {
        /// The reader.
        reader: Reader,
        /// The event.
        event: EventId,
        /// Where it is said to lie.
        position: Position,
    },
}

/// Between which of three things there is a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// What the client has sent, and what it was answered.
    SentAndAnswered,
    /// What the client has sent, and what is in the log.
    SentAndStored,
    /// What the client was answered, and what is in the log.
    AnsweredAndStored,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SentAndAnswered => "sent and acknowledged",
            Self::SentAndStored => "sent and stored",
            Self::AnsweredAndStored => "acknowledged and stored",
        })
    }
}

/// Who reads a feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Who read a single page.
    Page(OperationRef),
    /// A subscriber.
    Subscriber {
        /// Its name.
        name: String,
        /// How many times it had been restarted by then.
        restarts: usize,
    },
}

impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Page(operation) => operation.fmt(f),
            Self::Subscriber { name, restarts: 0 } => write!(f, "subscriber `{name}`"),
            Self::Subscriber { name, restarts } => write!(f, "subscriber `{name}` (restart {restarts})"),
        }
    }
}
