use std::fmt;

use bytes::Bytes;
use eventsourcing::{EventId, Position, RecordedEvent, TenantId};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::cloud_event::render;

/// Events as CloudEvents, rendered once for all connections. Bounded by memory.
pub(crate) struct RenderedEvents {
    cache: Cache<Key, Bytes, ByMemory>,
}

type Key = (TenantId, Position, EventId);

#[derive(Clone)]
struct ByMemory;

impl Weighter<Key, Bytes> for ByMemory {
    fn weight(&self, _: &Key, rendered: &Bytes) -> u64 {
        const AROUND_IT: usize = 128;
        u64::try_from(rendered.len().saturating_add(AROUND_IT)).unwrap_or(u64::MAX)
    }
}

impl RenderedEvents {
    /// At most so many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        const TYPICAL: usize = 1024;
        let capacity = u64::try_from(bytes).unwrap_or(u64::MAX);
        Self {
            cache: Cache::with_weighter(bytes / TYPICAL, capacity, ByMemory),
        }
    }

    /// An event as a CloudEvent: JSON on one line.
    pub(crate) fn get(&self, event: &RecordedEvent) -> Bytes {
        let key = (event.tenant.clone(), event.position, event.id);
        if let Some(rendered) = self.cache.get(&key) {
            return rendered;
        }
        let rendered = render(event);
        self.cache.insert(key, rendered.clone());
        rendered
    }
}

impl fmt::Debug for RenderedEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RenderedEvents")
            .field("bytes", &self.cache.weight())
            .finish_non_exhaustive()
    }
}
