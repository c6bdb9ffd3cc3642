use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::{EventId, Position, RecordedEvent, StreamId, Version};

use super::claims::Written;
use super::stream::StreamIndex;
use crate::history::Violation;
use crate::history::report::Findings;

/// A moment between two events of the log: how many events had taken effect.
pub(super) type Moment = usize;

/// The log in commit order, and the streams it consists of.
pub(super) struct LogIndex<'a> {
    pub(super) entries: Vec<&'a RecordedEvent>,
    pub(super) streams: Vec<StreamIndex<'a>>,
    positions: Vec<Position>,
    by_id: HashMap<EventId, usize>,
    /// Of events that are in the log more than once, the further entries.
    copies: HashMap<EventId, Vec<usize>>,
    by_name: HashMap<&'a StreamId, usize>,
}

impl<'a> LogIndex<'a> {
    /// Takes the log as it was read, and finds what is wrong with it whatever the history says.
    pub(super) fn new(log: &'a [Arc<RecordedEvent>], findings: &mut Findings) -> Self {
        let entries = in_commit_order(log, findings);
        let mut index = Self {
            positions: entries.iter().map(|event| event.position).collect(),
            by_id: HashMap::with_capacity(entries.len()),
            copies: HashMap::new(),
            by_name: HashMap::new(),
            streams: Vec::new(),
            entries,
        };
        for entry in 0..index.entries.len() {
            index.add(entry, findings);
        }
        index
    }

    fn add(&mut self, entry: usize, findings: &mut Findings) {
        let event = self.entries[entry];
        let first = *self.by_id.entry(event.id).or_insert(entry);
        if first != entry {
            self.copies.entry(event.id).or_default().push(entry);
            findings.add(Violation::EventTwice {
                event: event.id,
                first: self.positions[first],
                second: event.position,
            });
        }
        for place in event.streams() {
            let stream = *self.by_name.entry(&place.stream).or_insert_with(|| {
                self.streams.push(StreamIndex::new(&place.stream));
                self.streams.len() - 1
            });
            if let Err(wrong) = self.streams[stream].push(entry, event, place.version) {
                findings.add(wrong.into_violation(&place.stream, &self.positions, event.position));
            }
        }
    }

    /// The entry of an event; of the first, if it is in the log more than once.
    pub(super) fn find(&self, event: EventId) -> Option<usize> {
        self.by_id.get(&event).copied()
    }

    /// All entries of an event.
    pub(super) fn copies(&self, event: &Written) -> impl Iterator<Item = usize> {
        // Hardly any log has further ones, and then it is not worth the while to look for them.
        let further = if self.copies.is_empty() {
            None
        } else {
            self.copies.get(&event.id)
        };
        event
            .entry
            .into_iter()
            .chain(further.into_iter().flatten().copied())
    }

    pub(super) fn stream(&self, id: &StreamId) -> Option<usize> {
        self.by_name.get(id).copied()
    }

    /// The version that a stream had come to at a moment.
    pub(super) fn head_at(&self, stream: &StreamId, moment: Moment) -> Version {
        let stream = self.stream(stream).map(|at| &self.streams[at]);
        stream.map_or(Version::ABSENT, |stream| stream.head_at(moment))
    }

    /// The moment right after everything up to this position.
    pub(super) fn moment_after(&self, position: Position) -> Moment {
        self.positions.partition_point(|earlier| *earlier <= position)
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
