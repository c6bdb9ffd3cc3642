use std::collections::{BTreeSet, HashMap};

use eventsourcing_core::store::{Dictionary, DictionarySize};
use eventsourcing_core::{Category, EventTypeName, RecordedEvent};

/// Which event type names one tenant has ever stored in the streams of each category.
#[derive(Default)]
pub(crate) struct Names {
    names: HashMap<Box<str>, BTreeSet<EventTypeName>>,
    size: u64,
}

impl Names {
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

    pub(crate) fn all(&self) -> Dictionary {
        let pairs = self.names.iter().flat_map(|(category, names)| {
            // The category of a stream id is one, so nothing is left out here.
            let category = Category::new(category).ok();
            names
                .iter()
                .filter_map(move |name| Some((category.clone()?, name.clone())))
        });
        pairs.collect()
    }

    pub(crate) fn size(&self) -> DictionarySize {
        DictionarySize(self.size)
    }
}
