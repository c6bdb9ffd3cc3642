use eventsourcing_core::{EventId, Position, StreamId, Version};

/// What must not have become of somebody's work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Loss {
    /// An event that was acknowledged is not where it was.
    #[error("event {event} was acknowledged at position {position}, and is not there")]
    Gone {
        /// The event.
        event: EventId,
        /// Where it was.
        position: Position,
    },
    /// An event is there twice.
    #[error("event {event} is there twice")]
    Doubled {
        /// The event.
        event: EventId,
    },
    /// An append is there in parts.
    #[error("of {size} events that were appended together, {found} are there: {mark}")]
    Torn {
        /// What those have in common.
        mark: String,
        /// How many there were.
        size: usize,
        /// How many there are.
        found: usize,
    },
    /// The versions of a stream do not count up.
    #[error("after version {after} of `{stream}` comes {found}")]
    Gap {
        /// The stream.
        stream: StreamId,
        /// The last version that is as it should be.
        after: Version,
        /// The one that comes next.
        found: Version,
    },
    /// A reader of the feed has passed over an event.
    #[error("the event at position {position} was not handed to the reader of the feed")]
    Skipped {
        /// Where it lies.
        position: Position,
    },
    /// A reader of the feed has seen an event that is not there.
    #[error("the reader of the feed has seen an event at position {position}, and there is none")]
    SeenAndGone {
        /// Where it was.
        position: Position,
    },
}
