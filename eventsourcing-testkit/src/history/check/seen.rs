use eventsourcing_core::store::Condition;
use eventsourcing_core::{StreamId, TypeFilter, Version};

use super::index::{LogIndex, Moment};
use crate::history::{Action, Operation, SliceSeen};

/// What an operation has seen of a stream, and what the log has to say about that.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) stream: &'a StreamId,
    pub(super) version: Version,
    /// What was seen at best: the event of that version.
    newest: Option<Found>,
    /// The last event up to that version that counts.
    pub(super) last: Option<Found>,
    /// The first event above that version that counts.
    pub(super) next: Option<Found>,
    /// The head of the stream, if it never came to that version.
    never: Option<Version>,
}

/// An event of the log, as the event of a stream.
#[derive(Clone, Copy)]
pub(super) struct Found {
    /// The index of the stream.
    pub(super) stream: usize,
    /// The place in the stream.
    pub(super) place: usize,
    /// The index in the log.
    pub(super) entry: usize,
}

/// Adds everything that an operation has seen.
pub(super) fn add_seen<'a>(all_seen: &mut Vec<Seen<'a>>, operation: &'a Operation, log: &LogIndex<'_>) {
    match &operation.action {
        Action::Command(command) => all_seen.extend(command.reads().map(|read| Seen::condition(read, log))),
        Action::Read(read) => all_seen.extend(read.slices.iter().map(|slice| Seen::slice(slice, log))),
        Action::Feed(_) | Action::Settled(_) => {}
    }
}

impl<'a> Seen<'a> {
    fn condition(condition: &'a Condition, log: &LogIndex<'_>) -> Self {
        Self::new(&condition.stream, condition.seen, &condition.types, log)
    }

    /// The head of a stream counts all events, whichever of them were asked for.
    fn slice(slice: &'a SliceSeen, log: &LogIndex<'_>) -> Self {
        Self::new(&slice.stream, slice.head, &TypeFilter::All, log)
    }

    fn new(id: &'a StreamId, version: Version, types: &TypeFilter, log: &LogIndex<'_>) -> Self {
        let nothing = Self {
            stream: id,
            version,
            newest: None,
            last: None,
            next: None,
            never: None,
        };
        let Some(at) = log.stream(id) else {
            return Self {
                never: (version > Version::ABSENT).then_some(Version::ABSENT),
                ..nothing
            };
        };
        let stream = &log.streams[at];
        if !stream.is_contiguous {
            return nothing;
        }
        if version > stream.head() {
            return Self {
                never: Some(stream.head()),
                ..nothing
            };
        }
        let found = |place: usize| Found {
            stream: at,
            place,
            entry: stream.places[place].entry,
        };
        Self {
            newest: stream.last_up_to(version, &TypeFilter::All).map(found),
            last: stream.last_up_to(version, types).map(found),
            next: stream.first_above(version, types).map(found),
            ..nothing
        }
    }
}

/// From when to when everything that an operation has seen was current. If it begins after its end, that was never.
#[derive(Default)]
pub(super) struct Window<'a> {
    pub(super) from: Moment,
    /// What was seen last.
    pub(super) newest: Option<Seen<'a>>,
    /// The first event that counts and was not seen, and what was seen instead.
    unseen: Option<(Found, Seen<'a>)>,
}

/// A version was seen that the stream never came to.
pub(super) struct NeverWritten<'a> {
    pub(super) stream: &'a StreamId,
    pub(super) seen: Version,
    pub(super) head: Version,
}

impl<'a> Window<'a> {
    pub(super) fn of(all_seen: &[Seen<'a>]) -> Result<Self, NeverWritten<'a>> {
        let mut window = Self::default();
        for seen in all_seen {
            if let Some(head) = seen.never {
                return Err(NeverWritten {
                    stream: seen.stream,
                    seen: seen.version,
                    head,
                });
            }
            if let Some(newest) = seen.newest
                && newest.entry + 1 > window.from
            {
                window.from = newest.entry + 1;
                window.newest = Some(*seen);
            }
            if let Some(next) = seen.next
                && window.unseen.is_none_or(|(unseen, _)| next.entry < unseen.entry)
            {
                window.unseen = Some((next, *seen));
            }
        }
        Ok(window)
    }

    /// What was not seen although it had been written by this moment, and what was seen instead.
    pub(super) fn unseen_before(&self, moment: Moment) -> Option<(Found, Seen<'a>)> {
        self.unseen.filter(|(unseen, _)| unseen.entry < moment)
    }
}
