use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::store::{Condition, Conflict, ReadStream, StreamSlice};
use eventsourcing_core::{RecordedEvent, StreamId, StreamVersion, Version};

/// The streams of one tenant: of each, its events in the order of their versions, from 1 on without a gap.
#[derive(Default)]
pub(crate) struct Streams(HashMap<StreamId, Vec<Arc<RecordedEvent>>>);

impl Streams {
    /// Looks only at what lies above the versions that were seen.
    pub(crate) fn check(&self, conditions: &[Condition]) -> Result<(), Conflict> {
        for condition in conditions {
            let events = self.events(&condition.stream);
            let mut unseen = after(events, condition.seen).iter();
            if unseen.any(|event| condition.types.matches(event.event_type.as_str())) {
                return Err(Conflict {
                    stream: condition.stream.clone(),
                    seen: condition.seen,
                    head: head(events),
                });
            }
        }
        Ok(())
    }

    pub(crate) fn read(&self, read: &ReadStream) -> StreamSlice {
        let events = self.events(&read.stream);
        let wanted = |event: &&Arc<RecordedEvent>| read.types.matches(event.event_type.as_str());
        StreamSlice {
            head: head(events),
            events: between(events, read.after, read.up_to)
                .iter()
                .filter(wanted)
                .cloned()
                .collect(),
        }
    }

    /// The place that the next event takes in a stream.
    pub(crate) fn next_place(&self, stream: &StreamId) -> StreamVersion {
        StreamVersion {
            stream: stream.clone(),
            version: self.head(stream).next(),
        }
    }

    pub(crate) fn head(&self, stream: &StreamId) -> Version {
        head(self.events(stream))
    }

    pub(crate) fn push(&mut self, event: &Arc<RecordedEvent>) {
        for place in event.streams() {
            match self.0.get_mut(&place.stream) {
                Some(events) => events.push(Arc::clone(event)),
                None => drop(self.0.insert(place.stream.clone(), vec![Arc::clone(event)])),
            }
        }
    }

    fn events(&self, stream: &StreamId) -> &[Arc<RecordedEvent>] {
        self.0.get(stream).map_or(&[], Vec::as_slice)
    }
}

fn head(events: &[Arc<RecordedEvent>]) -> Version {
    Version::new(events.len() as u64)
}

fn after(events: &[Arc<RecordedEvent>], version: Version) -> &[Arc<RecordedEvent>] {
    between(events, version, Version::MAX)
}

fn between(events: &[Arc<RecordedEvent>], after: Version, up_to: Version) -> &[Arc<RecordedEvent>] {
    let place = |version: Version| {
        usize::try_from(version.get()).map_or(events.len(), |place| place.min(events.len()))
    };
    events.get(place(after)..place(up_to)).unwrap_or_default()
}
