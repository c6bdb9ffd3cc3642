use std::collections::{BTreeSet, HashMap};

use eventsourcing_core::store::DictionarySize;
use eventsourcing_core::{Category, EventTypeName, RecordedEvent};

/// Which event type names one tenant has ever stored in the streams of each category.
#[derive(Default)]
pub(crate) struct Dictionary {
    names: HashMap<Box<str>, BTreeSet<EventTypeName>>,
    size: u64,
}

impl Dictionary {
    pub(crate) fn add(&mut self, event: &RecordedEvent) {
        for place in event.streams() {
            let category = place.stream.category();
            let known = match self.names.get_mut(category) {
                Some(known) => known,
                None => self.names.entry(category.into()).or_default(),
            };
            if !known.contains(&event.event_type) {
                known.insert(event.event_type.clone());
                self.size += 1;
            }
        }
    }

    pub(crate) fn of(&self, category: &Category) -> Vec<EventTypeName> {
        let known = self.names.get(category.as_str());
        known.into_iter().flatten().cloned().collect()
    }

    pub(crate) fn size(&self) -> DictionarySize {
        DictionarySize(self.size)
    }
}
