use eventsourcing_core::{EventId, Position, RecordedEvent, StreamId, TypeFilter, Version};

use super::index::Moment;
use crate::history::Violation;

/// One stream of the log. Its events are numbered from 0 here: the *place* of version `v` is `v - 1`.
pub(super) struct StreamIndex<'a> {
    pub(super) id: &'a StreamId,
    pub(super) places: Vec<Place>,
    /// Whether the versions count up one by one. Nothing else is concluded from a stream whose versions do not.
    pub(super) is_contiguous: bool,
    by_type: Vec<PlacesOfType<'a>>,
}

/// An event of a stream.
pub(super) struct Place {
    /// Its index in the log.
    pub(super) entry: usize,
    event: EventId,
    /// An index in `by_type`.
    event_type: usize,
}

struct PlacesOfType<'a> {
    name: &'a str,
    places: Vec<usize>,
}

impl<'a> StreamIndex<'a> {
    pub(super) fn new(id: &'a StreamId) -> Self {
        Self {
            id,
            places: Vec::new(),
            is_contiguous: true,
            by_type: Vec::new(),
        }
    }

    /// Adds the next event in commit order.
    pub(super) fn push(
        &mut self,
        entry: usize,
        event: &'a RecordedEvent,
        version: Version,
    ) -> Result<(), WrongVersion> {
        if !self.is_contiguous {
            return Ok(());
        }
        if version != self.head().next() {
            self.is_contiguous = false;
            let first = place_of(version).and_then(|place| self.places.get(place));
            return Err(match first {
                Some(first) => WrongVersion::Reused {
                    version,
                    first: first.entry,
                },
                None => WrongVersion::Gap {
                    previous: self.head(),
                    found: version,
                },
            });
        }
        let event_type = self.type_index(event.event_type.as_str());
        self.by_type[event_type].places.push(self.places.len());
        self.places.push(Place {
            entry,
            event: event.id,
            event_type,
        });
        Ok(())
    }

    fn type_index(&mut self, name: &'a str) -> usize {
        let known = self.by_type.iter().position(|of_type| of_type.name == name);
        known.unwrap_or_else(|| {
            let places = Vec::new();
            self.by_type.push(PlacesOfType { name, places });
            self.by_type.len() - 1
        })
    }

    /// The version of the last event.
    pub(super) fn head(&self) -> Version {
        Version::new(self.places.len() as u64)
    }

    /// The version of the last event before a moment.
    pub(super) fn head_at(&self, moment: Moment) -> Version {
        Version::new(self.places.partition_point(|place| place.entry < moment) as u64)
    }

    /// The place of the last event of these types up to a version.
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

    /// The place of the first event of these types above a version.
    pub(super) fn first_above(&self, version: Version, types: &TypeFilter) -> Option<usize> {
        let seen = self.count_up_to(version);
        match types {
            TypeFilter::All => (seen < self.places.len()).then_some(seen),
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
        let wanted = self.by_type.iter().filter(|of_type| types.matches(of_type.name));
        wanted.map(|of_type| &of_type.places)
    }

    /// The events of these types after one version, up to another.
    pub(super) fn events_between<'t>(
        &'t self,
        after: Version,
        to: Version,
        types: &'t TypeFilter,
    ) -> impl Iterator<Item = EventId> + Clone + 't {
        let end = self.count_up_to(to);
        let start = self.count_up_to(after).min(end);
        let is_wanted = |place: &&Place| match types {
            TypeFilter::All => true,
            TypeFilter::Only(_) => types.matches(self.by_type[place.event_type].name),
        };
        self.places[start..end]
            .iter()
            .filter(is_wanted)
            .map(|place| place.event)
    }

    fn count_up_to(&self, version: Version) -> usize {
        self.places
            .len()
            .min(usize::try_from(version.get()).unwrap_or(usize::MAX))
    }
}

/// The version of the event at a place.
pub(super) fn version_of(place: usize) -> Version {
    Version::new(place as u64 + 1)
}

/// The place of the event of a version.
pub(super) fn place_of(version: Version) -> Option<usize> {
    usize::try_from(version.get()).ok()?.checked_sub(1)
}

/// A version that does not follow on the one before it.
pub(super) enum WrongVersion {
    Gap {
        previous: Version,
        found: Version,
    },
    Reused {
        version: Version,
        /// The entry of the log that has it first.
        first: usize,
    },
}

impl WrongVersion {
    pub(super) fn into_violation(
        self,
        stream: &StreamId,
        positions: &[Position],
        position: Position,
    ) -> Violation {
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
                first: positions[first],
                second: position,
            },
        }
    }
}
