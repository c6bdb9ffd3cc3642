use std::sync::Arc;

use eventsourcing_core::store::{
    Append, CommandKey, Condition, FeedFilter, Fingerprint, Progress, ReadStream, ReadStreams,
};
use eventsourcing_core::{CommandId, NewEvent, TypeFilter, Version};

use crate::fixture::{self, NewEventExt};

/// Something to do with a store. What it refers to is found when it is done, so a list of steps stays meaningful when
/// some are left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Appends.
    Append {
        /// Whose log.
        tenant: Tenant,
        /// What to write.
        events: Vec<Event>,
        /// What must hold.
        conditions: Vec<If>,
        /// The command id, if any.
        command: Option<Command>,
        /// The reader to move, if any.
        progress: Option<Move>,
    },
    /// Settles an append of an earlier step.
    Settle {
        /// Which of them, counted round and round.
        append: usize,
    },
    /// Reads streams.
    ReadStreams {
        /// Whose log.
        tenant: Tenant,
        /// Which streams.
        streams: Vec<Read>,
        /// The command id to look up, if any.
        command: Option<Command>,
    },
    /// Reads one page of the feed.
    ReadFeed {
        /// Whose log.
        tenant: Tenant,
        /// After which event of the log, counted round and round; 0 is the beginning.
        after: usize,
        /// Which event types.
        types: Types,
        /// Which categories; `None` is any.
        categories: Option<Vec<&'static str>>,
        /// Which streams; `None` is any.
        streams: Option<Vec<&'static str>>,
        /// At most so many, at least one.
        max_events: usize,
        /// At most so many bytes.
        max_bytes: usize,
    },
    /// Looks into the dictionary.
    Dictionary {
        /// Whose log.
        tenant: Tenant,
    },
    /// Saves a checkpoint.
    Save {
        /// Whose.
        tenant: Tenant,
        /// Under this name.
        name: &'static str,
        /// At which event of the log, counted round and round; 0 is the beginning.
        at: usize,
    },
    /// Loads a checkpoint.
    Load {
        /// Whose.
        tenant: Tenant,
        /// Under this name.
        name: &'static str,
    },
    /// Forgets a checkpoint.
    Forget {
        /// Whose.
        tenant: Tenant,
        /// Under this name.
        name: &'static str,
    },
}

/// One of two tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tenant {
    /// One of them.
    Ours,
    /// The other.
    Theirs,
}

/// An event to append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The name of its type.
    pub name: &'static str,
    /// Its home stream.
    pub home: &'static str,
    /// Further streams.
    pub links: Vec<&'static str>,
}

/// A condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct If {
    /// On this stream.
    pub stream: &'static str,
    /// So many versions behind its head.
    pub behind: u64,
    /// These event types count.
    pub types: Types,
}

/// A stream to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// The stream.
    pub stream: &'static str,
    /// After this version.
    pub after: u64,
    /// Up to this version.
    pub up_to: u64,
    /// Only these event types.
    pub types: Types,
}

/// Event types.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Types {
    /// All of them.
    All,
    /// Those of these names.
    Only(Vec<&'static str>),
}

/// One of a few command keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Command {
    /// Stands for the command id.
    pub id: u8,
    /// Stands for the fingerprint.
    pub payload: u8,
}

/// A reader to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Move {
    /// Its name.
    pub reader: &'static str,
    /// From which event of the log, counted round and round; 0 is the beginning. `None` is from where it is.
    pub from: Option<usize>,
    /// To which event of the log, counted in the same way.
    pub to: usize,
}

impl Event {
    /// Gives it an id.
    pub(super) fn make(&self) -> NewEvent {
        let event = fixture::event(self.name, self.home);
        self.links.iter().fold(event, |event, link| event.linked_to(link))
    }
}

impl If {
    /// Takes the version that is so far behind a head.
    pub(super) fn make(&self, head: Version) -> Condition {
        Condition {
            stream: fixture::stream(self.stream),
            seen: Version::new(head.get().saturating_sub(self.behind)),
            types: self.types.make(),
        }
    }
}

impl Types {
    pub(super) fn make(&self) -> TypeFilter {
        match self {
            Self::All => TypeFilter::All,
            Self::Only(names) => fixture::only(names),
        }
    }
}

impl Command {
    pub(super) fn make(self) -> CommandKey {
        CommandKey {
            id: CommandId::from_key(&self.id.to_string()),
            fingerprint: Fingerprint::of("model.Command", &[self.payload]),
        }
    }
}

pub(super) fn make_append(
    events: &[Event],
    conditions: Vec<Condition>,
    command: Option<Command>,
    progress: Option<Progress>,
) -> Arc<Append> {
    Arc::new(Append {
        conditions,
        events: events.iter().map(Event::make).collect(),
        command: command.map(Command::make),
        progress,
    })
}

pub(super) fn make_read(streams: &[Read], command: Option<Command>) -> ReadStreams {
    let make = |read: &Read| ReadStream {
        stream: fixture::stream(read.stream),
        after: Version::new(read.after),
        up_to: Version::new(read.up_to),
        types: read.types.make(),
    };
    ReadStreams {
        streams: streams.iter().map(make).collect(),
        command: command.map(Command::make),
    }
}

pub(super) fn make_filter(
    types: &Types,
    categories: Option<&[&str]>,
    streams: Option<&[&str]>,
) -> FeedFilter {
    FeedFilter {
        types: types.make(),
        categories: categories.map(|names| names.iter().copied().map(fixture::category).collect()),
        streams: streams.map(|ids| ids.iter().copied().map(fixture::stream).collect()),
    }
}
