use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::{EventId, Position, RecordedEvent, StreamId, TypeFilter, Version};

use crate::history::Violation;
use crate::history::report::Findings;

/// A moment between two events of the log: how many events had taken effect.
pub(super) type Moment = usize;

/// The log in commit order, and the streams it consists of.
pub(super) struct LogIndex<'a> {
    pub(super) entries: Vec<&'a RecordedEvent>,
    pub(super) streams: Vec<StreamIndex<'a>>,
    by_id: HashMap<EventId, usize>,
    by_name: HashMap<&'a StreamId, usize>,
}

impl<'a> LogIndex<'a> {
    /// Takes the log as it was read, and finds what is wrong with it whatever the history says.
    pub(super) fn new(log: &'a [Arc<RecordedEvent>], findings: &mut Findings) -> Self {
        let mut index = Self {
            entries: in_commit_order(log, findings),
            streams: Vec::new(),
            by_id: HashMap::with_capacity(log.len()),
            by_name: HashMap::new(),
        };
        for (at, event) in index.entries.iter().copied().enumerate() {
            let first = *index.by_id.entry(event.id).or_insert(at);
            if first != at {
                findings.add(Violation::EventTwice {
                    event: event.id,
                    first: index.entries[first].position,
                    second: event.position,
                });
            }
            for place in event.streams() {
                let stream = *index.by_name.entry(&place.stream).or_insert_with(|| {
                    index.streams.push(StreamIndex::new(&place.stream));
                    index.streams.len() - 1
                });
                if let Err(found) = index.streams[stream].push(at, event, place.version) {
                    findings.add(found.violation(&index.entries, &place.stream, event.position));
                }
            }
        }
        index
    }

    pub(super) fn find(&self, event: EventId) -> Option<usize> {
        self.by_id.get(&event).copied()
    }

    pub(super) fn stream(&self, id: &StreamId) -> Option<usize> {
        self.by_name.get(id).copied()
    }

    /// The version that a stream had come to at a moment.
    pub(super) fn head_at(&self, stream: &StreamId, moment: Moment) -> Version {
        let entries = self
            .stream(stream)
            .map_or(&[][..], |at| &self.streams[at].entries);
        Version::new(entries.partition_point(|entry| *entry < moment) as u64)
    }

    /// The moment right after everything up to this position.
    pub(super) fn moment_after(&self, position: Position) -> Moment {
        self.entries.partition_point(|event| event.position <= position)
    }
}

/// By position, each event of a position once.
fn in_commit_order<'a>(log: &'a [Arc<RecordedEvent>], findings: &mut Findings) -> Vec<&'a RecordedEvent> {
    let mut entries: Vec<&RecordedEvent> = log.iter().map(|event| &**event).collect();
    let mut is_ordered = true;
    for pair in entries.windows(2) {
        if pair[1].position <= pair[0].position {
            is_ordered = false;
            findings.add(Violation::PositionsFallBack {
                before: pair[0].position,
                after: pair[1].position,
            });
        }
    }
    if !is_ordered {
        entries.sort_by_key(|event| event.position);
        entries.dedup_by_key(|event| (event.position, event.id));
    }
    entries
}

/// One stream of the log.
pub(super) struct StreamIndex<'a> {
    pub(super) id: &'a StreamId,
    /// Of the event of version `v`, the index in the log is at `v - 1`.
    pub(super) entries: Vec<usize>,
    /// Whether the versions count up one by one. Nothing else is concluded from a stream whose versions do not.
    pub(super) is_contiguous: bool,
    /// Of each event type, the indices in `entries`.
    by_type: Vec<(&'a str, Vec<usize>)>,
}

impl<'a> StreamIndex<'a> {
    fn new(id: &'a StreamId) -> Self {
        Self {
            id,
            entries: Vec::new(),
            is_contiguous: true,
            by_type: Vec::new(),
        }
    }

    fn push(&mut self, at: usize, event: &'a RecordedEvent, version: Version) -> Result<(), WrongVersion> {
        if !self.is_contiguous {
            return Ok(());
        }
        if version != self.head().next() {
            self.is_contiguous = false;
            let first = count(version)
                .checked_sub(1)
                .and_then(|place| self.entries.get(place));
            return Err(match first {
                Some(&first) => WrongVersion::Reused { version, first },
                None => WrongVersion::Gap {
                    previous: self.head(),
                    found: version,
                },
            });
        }
        let place = self.entries.len();
        self.entries.push(at);
        let event_type = event.event_type.as_str();
        match self.by_type.iter_mut().find(|(name, _)| *name == event_type) {
            Some((_, places)) => places.push(place),
            None => self.by_type.push((event_type, vec![place])),
        }
        Ok(())
    }

    /// The version of the last event.
    pub(super) fn head(&self) -> Version {
        Version::new(self.entries.len() as u64)
    }

    /// The index in `entries` of the last event of these types up to a version.
    pub(super) fn last_up_to(&self, version: Version, types: &TypeFilter) -> Option<usize> {
        let seen = self.count_up_to(version);
        match types {
            TypeFilter::All => seen.checked_sub(1),
            TypeFilter::Only(_) => {
                let last = |places: &Vec<usize>| {
                    let end = places.partition_point(|place| *place < seen);
                    end.checked_sub(1).map(|last| places[last])
                };
                self.places_of(types).filter_map(last).max()
            }
        }
    }

    /// The index in `entries` of the first event of these types above a version.
    pub(super) fn first_above(&self, version: Version, types: &TypeFilter) -> Option<usize> {
        let seen = self.count_up_to(version);
        match types {
            TypeFilter::All => (seen < self.entries.len()).then_some(seen),
            TypeFilter::Only(_) => {
                let first = |places: &Vec<usize>| {
                    let start = places.partition_point(|place| *place < seen);
                    places.get(start).copied()
                };
                self.places_of(types).filter_map(first).min()
            }
        }
    }

    fn places_of(&self, types: &TypeFilter) -> impl Iterator<Item = &Vec<usize>> {
        let wanted = self.by_type.iter().filter(|(name, _)| types.matches(name));
        wanted.map(|(_, places)| places)
    }

    fn count_up_to(&self, version: Version) -> usize {
        self.entries.len().min(count(version))
    }
}

/// The version of the event at an index in [`StreamIndex::entries`].
pub(super) fn version_at(place: usize) -> Version {
    Version::new(place as u64 + 1)
}

/// How many events there are up to a version.
pub(super) fn count(version: Version) -> usize {
    usize::try_from(version.get()).unwrap_or(usize::MAX)
}

enum WrongVersion {
    Gap { previous: Version, found: Version },
    Reused { version: Version, first: usize },
}

impl WrongVersion {
    fn violation(self, entries: &[&RecordedEvent], stream: &StreamId, position: Position) -> Violation {
        let stream = stream.clone();
        match self {
            Self::Gap { previous, found } => Violation::VersionGap {
                stream,
                previous,
                found,
                position,
            },
            Self::Reused { version, first } => Violation::VersionReused {
                stream,
                version,
                first: entries[first].position,
                second: position,
            },
        }
    }
}
