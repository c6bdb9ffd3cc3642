use eventsourcing_core::store::Condition;
use eventsourcing_core::{StreamId, TypeFilter, Version};

use super::index::{LogIndex, Moment};
use super::stream::version_of;
use crate::history::{Action, Operation, SliceSeen};

/// What an operation has seen of a stream.
#[derive(Clone, Copy)]
pub(super) struct Seen<'a> {
    pub(super) stream: &'a StreamId,
    pub(super) version: Version,
    /// Above that version, there was no event of these types.
    pub(super) types: &'a TypeFilter,
}

impl<'a> From<&'a Condition> for Seen<'a> {
    fn from(condition: &'a Condition) -> Self {
        Self {
            stream: &condition.stream,
            version: condition.seen,
            types: &condition.types,
        }
    }
}

impl<'a> From<&'a SliceSeen> for Seen<'a> {
    /// The head of a stream counts all events, whichever of them were asked for.
    fn from(slice: &'a SliceSeen) -> Self {
        Self {
            stream: &slice.stream,
            version: slice.head,
            types: &TypeFilter::All,
        }
    }
}

/// Everything that an operation has seen.
pub(super) fn of(operation: &Operation) -> impl Iterator<Item = Seen<'_>> {
    let command = match &operation.action {
        Action::Command(command) => Some(command),
        _ => None,
    };
    let read = match &operation.action {
        Action::Read(read) => Some(read),
        _ => None,
    };
    let conditions = command
        .into_iter()
        .flat_map(|command| command.reads().map(Seen::from));
    conditions.chain(
        read.into_iter()
            .flat_map(|read| read.slices.iter().map(Seen::from)),
    )
}

/// From when to when everything that an operation has seen was current. If it begins after its end, that was never.
#[derive(Default)]
pub(super) struct Window<'a> {
    pub(super) from: Moment,
    /// The stream of which the latest event was seen.
    pub(super) newest: Option<Seen<'a>>,
    /// The first event that counts and was not seen.
    pub(super) unseen: Option<Unseen<'a>>,
}

/// An event that was not seen although its type counts.
#[derive(Clone, Copy)]
pub(super) struct Unseen<'a> {
    pub(super) seen: Seen<'a>,
    pub(super) version: Version,
    pub(super) entry: usize,
}

/// A version was seen that the stream never came to.
pub(super) struct NeverWritten<'a> {
    pub(super) seen: Seen<'a>,
    pub(super) head: Version,
}

impl<'a> Window<'a> {
    pub(super) fn of(operation: &'a Operation, log: &LogIndex<'_>) -> Result<Self, NeverWritten<'a>> {
        let mut window = Self::default();
        for seen in of(operation) {
            window.narrow(seen, log)?;
        }
        Ok(window)
    }

    fn narrow(&mut self, seen: Seen<'a>, log: &LogIndex<'_>) -> Result<(), NeverWritten<'a>> {
        let Some(stream) = log.stream(seen.stream).map(|at| &log.streams[at]) else {
            return match seen.version {
                Version::ABSENT => Ok(()),
                _ => Err(NeverWritten {
                    seen,
                    head: Version::ABSENT,
                }),
            };
        };
        if !stream.is_contiguous {
            return Ok(());
        }
        if seen.version > stream.head() {
            return Err(NeverWritten {
                seen,
                head: stream.head(),
            });
        }
        if let Some(last) = stream.last_up_to(seen.version, &TypeFilter::All)
            && stream.places[last].entry + 1 > self.from
        {
            self.from = stream.places[last].entry + 1;
            self.newest = Some(seen);
        }
        if let Some(next) = stream.first_above(seen.version, seen.types)
            && self
                .unseen
                .is_none_or(|unseen| stream.places[next].entry < unseen.entry)
        {
            self.unseen = Some(Unseen {
                seen,
                version: version_of(next),
                entry: stream.places[next].entry,
            });
        }
        Ok(())
    }

    /// What was not seen although it had been written by this moment.
    pub(super) fn unseen_before(&self, moment: Moment) -> Option<Unseen<'a>> {
        self.unseen.filter(|unseen| unseen.entry < moment)
    }
}
