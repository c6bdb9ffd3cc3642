use std::collections::BTreeMap;

use super::{ParkedEvent, ParkedSequence};
use crate::{EventId, Position};

/// All parked events of a projection, by sequence, as they are in the store.
#[derive(Clone, Debug, Default)]
pub struct Parked {
    /// None of them is empty.
    sequences: BTreeMap<String, BTreeMap<Position, ParkedEvent>>,
    events: usize,
}

impl Parked {
    /// How many events are parked.
    pub fn len(&self) -> usize {
        self.events
    }

    /// Whether nothing is parked.
    pub fn is_empty(&self) -> bool {
        self.events == 0
    }

    /// Whether a sequence has anything parked: then all its events have to wait.
    pub fn holds(&self, sequence: &str) -> bool {
        self.sequences.contains_key(sequence)
    }

    /// What a sequence has parked, in its order.
    pub(crate) fn of(&self, sequence: &str) -> impl Iterator<Item = &ParkedEvent> {
        self.sequences
            .get(sequence)
            .into_iter()
            .flat_map(BTreeMap::values)
    }

    /// An event, if it is parked.
    pub(crate) fn find(&self, event: EventId) -> Option<&ParkedEvent> {
        self.events().find(|parked| parked.event == event)
    }

    /// An event that is parked, of those from one position to another.
    pub(crate) fn within(&self, first: Position, last: Position) -> Option<&ParkedEvent> {
        let mut sequences = self.sequences.values();
        sequences.find_map(|events| events.range(first..=last).map(|(_, event)| event).next())
    }

    /// The sequences, those first that have waited longest.
    pub(crate) fn sequences(&self) -> Vec<ParkedSequence> {
        let sequences = self.sequences.values().filter_map(|events| {
            let first = events.values().next()?.clone();
            Some(ParkedSequence {
                events: events.len(),
                first,
            })
        });
        let mut sequences: Vec<_> = sequences.collect();
        sequences.sort_by_key(|sequence| sequence.first.position);
        sequences
    }

    /// Parks an event, or takes note of what has become of it.
    pub(crate) fn put(&mut self, event: ParkedEvent) {
        let events = self.sequences.entry(event.sequence.clone()).or_default();
        if events.insert(event.position, event).is_none() {
            self.events += 1;
        }
    }

    /// Parks an event no more.
    pub(crate) fn remove(&mut self, event: &ParkedEvent) {
        let Some(events) = self.sequences.get_mut(&event.sequence) else {
            return;
        };
        if events.remove(&event.position).is_some() {
            self.events -= 1;
        }
        if events.is_empty() {
            self.sequences.remove(&event.sequence);
        }
    }

    /// All that are parked, sequence by sequence.
    pub(crate) fn events(&self) -> impl Iterator<Item = &ParkedEvent> {
        self.sequences.values().flat_map(BTreeMap::values)
    }
}

impl FromIterator<ParkedEvent> for Parked {
    fn from_iter<I: IntoIterator<Item = ParkedEvent>>(events: I) -> Self {
        let mut parked = Self::default();
        for event in events {
            parked.put(event);
        }
        parked
    }
}
