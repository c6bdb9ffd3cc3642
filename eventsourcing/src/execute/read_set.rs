mod snapshots;
mod unread;

use std::sync::Arc;

use self::snapshots::PartSnapshots;
use super::state_cache::{KeptStates, Quiet, Reached};
use crate::command::{Access, Decider, Folded, Planned, Reads, Slot};
use crate::event::DecodeError;
use crate::store::{Condition, ReadStream, StreamSlice};
use crate::{Position, RecordedEvent, StreamId, TypeFilter, Version};

/// The streams of a command, each once, and how far each has been folded.
#[derive(Debug, Default)]
pub(super) struct ReadSet {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    stream: StreamId,
    /// What is read, and what conflicts; `None` if the command only appends.
    check: Option<Check>,
    writable: bool,
    /// Up to which version it was asked for last.
    asked_to: Version,
    parts: Vec<Part>,
}

/// A part of the state that a stream is folded into.
#[derive(Debug)]
struct Part {
    slot: Slot,
    /// The version up to which the stream has been folded into it.
    folded_to: Version,
    /// The version up to which it had been when it was last taken up or kept.
    kept_to: Version,
    quiet: Quiet,
    snapshots: PartSnapshots,
}

#[derive(Clone, Debug)]
struct Check {
    read: TypeFilter,
    conflict: TypeFilter,
    head: Version,
}

impl ReadSet {
    /// Adds a stream, or what is new about it. Tells whether anything is.
    ///
    /// In commit order there is one state, so a stream that is read already has nothing new to read.
    pub(super) fn add(&mut self, planned: &Planned, commit_order: bool) -> bool {
        let entry = self.entry(&planned.stream);
        let newly_writable = planned.access != Access::Read && !entry.writable;
        entry.writable |= newly_writable;
        match Check::of(&planned.reads) {
            Some(check) => entry.read(check, planned.slot, commit_order) || newly_writable,
            None => newly_writable,
        }
    }

    fn entry(&mut self, stream: &StreamId) -> &mut Entry {
        let known = self.entries.iter().position(|entry| entry.stream == *stream);
        let at = known.unwrap_or_else(|| {
            self.entries.push(Entry {
                stream: stream.clone(),
                check: None,
                writable: false,
                asked_to: Version::ABSENT,
                parts: Vec::new(),
            });
            self.entries.len() - 1
        });
        &mut self.entries[at]
    }

    /// Adds a stream of which only the head matters, whatever moves it.
    pub(super) fn watch(&mut self, stream: &StreamId) {
        let entry = self.entry(stream);
        let head = Check::of(&Reads::Head);
        entry.check = match (entry.check.take(), head) {
            (Some(known), Some(head)) => Some(known.and(&head)),
            (known, head) => known.or(head),
        };
    }

    /// The head of a stream that is checked, as it was last read.
    pub(super) fn head_of(&self, stream: &StreamId) -> Option<Version> {
        let mut checked = self.checked();
        checked.find_map(|(entry, check)| (entry.stream == *stream).then_some(check.head))
    }

    /// How many streams [`unread`](Self::unread) asks for.
    pub(super) fn number_read(&self) -> usize {
        self.checked().count()
    }

    /// The streams that may be written, in alphabetical order.
    pub(super) fn writable(&self) -> Vec<StreamId> {
        let mut streams: Vec<_> = self
            .entries
            .iter()
            .filter(|entry| entry.writable)
            .map(|entry| entry.stream.clone())
            .collect();
        streams.sort_unstable();
        streams
    }

    /// What to read: of each stream that is checked, the next piece of what has not been folded yet.
    ///
    /// In commit order all of it is read at once: what is in one stream may come before what is in the rest of another.
    pub(super) fn unread(&mut self, commit_order: bool) -> Vec<ReadStream> {
        let piece = self.piece(commit_order);
        for entry in &mut self.entries {
            entry.asked_to = Version::new(entry.folded_to().get().saturating_add(piece));
        }
        self.checked()
            .map(|(entry, check)| ReadStream {
                stream: entry.stream.clone(),
                after: entry.folded_to(),
                up_to: entry.asked_to,
                types: check.read.clone(),
            })
            .collect()
    }

    /// How many versions of each stream are read at once.
    fn piece(&self, commit_order: bool) -> u64 {
        const EVENTS: usize = 8_192;
        const FEWEST: usize = 256;
        if commit_order {
            return u64::MAX;
        }
        let piece = EVENTS / self.number_read().max(1);
        u64::try_from(piece.max(FEWEST)).unwrap_or(u64::MAX)
    }

    /// What must hold for the decision to hold.
    pub(super) fn conditions(&self) -> Vec<Condition> {
        self.checked()
            .map(|(entry, check)| Condition {
                stream: entry.stream.clone(),
                seen: check.head,
                types: check.conflict.clone(),
            })
            .collect()
    }

    /// Forgets what was folded; the next read is from the start.
    pub(super) fn rewind(&mut self) {
        for part in self.entries.iter_mut().flat_map(|entry| &mut entry.parts) {
            part.folded_to = Version::ABSENT;
        }
    }

    /// Lets the parts that nothing was folded into yet go on from what was kept of their streams. In commit order there is
    /// but one state, which is of no stream in particular.
    pub(super) fn take_up(&mut self, decider: &mut impl Decider, states: &KeptStates) {
        if decider.commit_order() {
            return;
        }
        for Entry { stream, parts, .. } in &mut self.entries {
            for part in parts.iter_mut().filter(|part| part.folded_to == Version::ABSENT) {
                let folded = decider.folded(part.slot);
                if let Some(reached) = folded.and_then(|folded| states.take_up(stream, folded)) {
                    part.folded_to = reached.version;
                    part.kept_to = reached.version;
                    part.quiet = reached.quiet;
                    part.snapshots.newest = reached.snapshot;
                }
            }
        }
    }

    /// Keeps the parts that have come far enough since they were last kept.
    pub(super) fn keep(&mut self, decider: &mut impl Decider, states: &KeptStates) {
        if decider.commit_order() {
            return;
        }
        for Entry { stream, parts, .. } in &mut self.entries {
            for part in parts {
                let has_moved = part.folded_to > part.kept_to;
                let is_first = part.kept_to == Version::ABSENT;
                let quiet = if has_moved && !is_first {
                    Quiet::default()
                } else {
                    part.quiet.longer()
                };
                if let Some(folded) = decider.folded(part.slot) {
                    part.keep(stream, folded, states, quiet);
                }
            }
        }
    }

    /// A stream that ends before what was folded of it, if there is one.
    pub(super) fn find_behind(&self, slices: &[StreamSlice]) -> Option<Behind> {
        let mut read = self.checked().zip(slices);
        read.find_map(|((entry, _), slice)| {
            let seen = entry.parts.iter().map(|part| part.folded_to).max()?;
            (slice.head < seen).then(|| Behind {
                stream: entry.stream.clone(),
                head: slice.head,
                seen,
            })
        })
    }

    /// Folds what was read, in the order of [`unread`](Self::unread). Tells whether that was all there was.
    pub(super) fn fold(
        &mut self,
        decider: &mut impl Decider,
        slices: &[StreamSlice],
    ) -> Result<bool, DecodeError> {
        if decider.commit_order() {
            self.fold_in_commit_order(decider, slices)?;
        } else {
            self.fold_each(decider, slices)?;
        }
        let mut is_all = true;
        for (entry, slice) in self
            .entries
            .iter_mut()
            .filter(|entry| entry.check.is_some())
            .zip(slices)
        {
            let read_to = slice.head.min(entry.asked_to);
            is_all &= read_to == slice.head;
            if let Some(check) = &mut entry.check {
                check.head = slice.head;
            }
            for part in &mut entry.parts {
                decider.seen(part.slot, slice.head);
                part.folded_to = part.folded_to.max(read_to);
            }
        }
        Ok(is_all)
    }

    fn fold_each(&self, decider: &mut impl Decider, slices: &[StreamSlice]) -> Result<(), DecodeError> {
        for ((entry, _), slice) in self.checked().zip(slices) {
            for part in &entry.parts {
                let new = snapshots::after(&entry.stream, &slice.events, part.folded_to);
                decider.fold(part.slot, &entry.stream, new)?;
            }
        }
        Ok(())
    }

    fn fold_in_commit_order(
        &self,
        decider: &mut impl Decider,
        slices: &[StreamSlice],
    ) -> Result<(), DecodeError> {
        let mut readings: Vec<Reading<'_>> = Vec::new();
        for ((entry, _), slice) in self.checked().zip(slices) {
            readings.extend(slice.events.iter().map(|event| Reading::new(entry, event)));
        }
        readings.sort_unstable_by_key(|reading| (reading.position, reading.place));
        readings.dedup_by_key(|reading| reading.position);
        for reading in readings {
            let Some(part) = reading.entry.parts.first() else {
                continue;
            };
            decider.fold(
                part.slot,
                &reading.entry.stream,
                std::slice::from_ref(reading.event),
            )?;
        }
        Ok(())
    }

    fn checked(&self) -> impl Iterator<Item = (&Entry, &Check)> {
        self.entries
            .iter()
            .filter_map(|entry| Some((entry, entry.check.as_ref()?)))
    }
}

impl Check {
    fn of(reads: &Reads) -> Option<Self> {
        let (read, conflict) = match reads {
            Reads::Events(types) => (TypeFilter::Only(types.clone()), TypeFilter::Only(types.clone())),
            Reads::Head => (TypeFilter::NONE, TypeFilter::All),
            Reads::Nothing => return None,
        };
        Some(Self {
            read,
            conflict,
            head: Version::ABSENT,
        })
    }
}

impl Check {
    /// What either reads, and what conflicts with either.
    fn and(self, other: &Self) -> Self {
        Self {
            read: self.read.union(&other.read),
            conflict: self.conflict.union(&other.conflict),
            head: self.head,
        }
    }
}

impl Part {
    /// Keeps the state, if it has come far enough, and notes how quiet its stream is.
    fn keep(&mut self, stream: &StreamId, folded: &dyn Folded, states: &KeptStates, quiet: Quiet) {
        let read = self.folded_to.get() - self.kept_to.get();
        let reached = Reached {
            version: self.folded_to,
            snapshot: self.snapshots.newest,
            quiet,
        };
        if states.keep(stream, folded, reached, read) {
            self.kept_to = self.folded_to;
            self.quiet = quiet;
            return;
        }
        // What is kept is not all that there is: the rest has to be read.
        let quiet = if read > 0 { Quiet::default() } else { quiet };
        if quiet != self.quiet {
            states.note_quiet(stream, folded, quiet);
            self.quiet = quiet;
        }
    }
}

impl Entry {
    fn read(&mut self, check: Check, slot: Slot, commit_order: bool) -> bool {
        let was_read = self.check.is_some();
        self.check = Some(match self.check.take() {
            Some(known) => known.and(&check),
            None => check,
        });
        if commit_order && was_read {
            return false;
        }
        self.parts.push(Part {
            slot,
            folded_to: Version::ABSENT,
            kept_to: Version::ABSENT,
            quiet: Quiet::default(),
            snapshots: PartSnapshots::default(),
        });
        true
    }

    fn folded_to(&self) -> Version {
        self.parts
            .iter()
            .map(|part| part.folded_to)
            .min()
            .unwrap_or_default()
    }
}

/// A stream that ends before what was read of it earlier.
#[derive(Debug, thiserror::Error)]
#[error("the stream `{stream}` ends at version {head}, and was seen at {seen}")]
pub(super) struct Behind {
    pub(super) stream: StreamId,
    head: Version,
    seen: Version,
}

/// An event as it is read through one of its streams. An event that is read through several is folded once, through the
/// first of them.
struct Reading<'a> {
    position: Position,
    place: usize,
    entry: &'a Entry,
    event: &'a Arc<RecordedEvent>,
}

impl<'a> Reading<'a> {
    fn new(entry: &'a Entry, event: &'a Arc<RecordedEvent>) -> Self {
        let place = event
            .streams()
            .position(|place| place.stream == entry.stream)
            .unwrap_or(usize::MAX);
        Self {
            position: event.position,
            place,
            entry,
            event,
        }
    }
}
