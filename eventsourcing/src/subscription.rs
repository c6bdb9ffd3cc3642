//! Following the log: every event after a checkpoint, in commit order, and then those that come.

use std::num::NonZeroUsize;
use std::sync::Arc;

use crate::bus::ReadAhead;
use crate::bus::ahead::Half;
use crate::environment::Environment;
use crate::store::{Checkpoint, EventLog, FeedError, FeedFilter, FeedPage, ReadFeed, TenantStore};

/// Reads a log from any position on, and waits for more at its end.
///
/// It is pulled: nothing is read ahead unless it is [asked to](Self::read_ahead), so a slow reader costs memory neither here nor in
/// the store, and loses nothing.
///
/// ```
/// # use eventsourcing::memory::MemoryStore;
/// # use eventsourcing::store::{EventStore as _, FeedFilter};
/// # use eventsourcing::subscription::Subscription;
/// # use eventsourcing::TenantId;
/// # async fn follow(store: MemoryStore) -> Result<(), eventsourcing::store::FeedError> {
/// let mut subscription = Subscription::new(&store.tenant(&TenantId::DEFAULT), None, FeedFilter::ALL);
/// loop {
///     let page = subscription.next().await?;
///     for event in &page.events {
///         println!("{} {}", event.position, event.event_type);
///     }
///     // `page.scanned_to` is what to remember: start there next time.
/// }
/// # }
/// ```
#[derive(Debug)]
pub struct Subscription {
    log: Arc<dyn EventLog>,
    read: ReadFeed,
}

impl Subscription {
    /// Reads the events that pass the filter, after a checkpoint or from the beginning.
    pub fn new(store: &TenantStore, after: Option<Checkpoint>, filter: FeedFilter) -> Self {
        Self {
            log: Arc::clone(&store.log),
            read: ReadFeed {
                filter,
                ..ReadFeed::after(after)
            },
        }
    }

    /// Reads at most so many events at a time; 1,000 by default.
    #[must_use]
    pub fn with_max_events(mut self, events: NonZeroUsize) -> Self {
        self.read.max_events = events;
        self
    }

    /// Reads no further once payloads and metadata exceed so many bytes; by default 4 MiB.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.read.max_bytes = bytes;
        self
    }

    /// The same, read before it is wanted: so many events wait, and so many bytes of payloads and metadata, at the most, unless a
    /// single event has more. A task for it runs on `environment.spawn`.
    pub fn read_ahead(mut self, events: NonZeroUsize, bytes: usize, environment: &Environment) -> ReadAhead {
        let half = Half::of(events, bytes);
        half.limit(&mut self.read);
        let place = self.checkpoint();
        ReadAhead::start(self, place, &half, &*environment.spawn)
    }

    /// How far it has come; `None` is the beginning.
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.read.after
    }

    /// The next events; waits until there is one that passes the filter, or the log has moved on without one.
    ///
    /// So a page may be empty: its `scanned_to` is further on all the same, and worth remembering.
    ///
    /// # Errors
    /// If the checkpoint does not belong to this log, or the store fails. It can be called again, and goes on from where
    /// it was.
    ///
    /// # Cancel safety
    /// If the future is dropped, nothing is lost: the next call reads the same events.
    pub async fn next(&mut self) -> Result<FeedPage, FeedError> {
        loop {
            let page = self.log.read_feed(&self.read).await?;
            let moved = self.read.after != Some(page.scanned_to);
            self.read.after = Some(page.scanned_to);
            if moved && page.scanned_to.position > crate::Position::START {
                return Ok(page);
            }
            self.log.wait_beyond(page.head).await?;
        }
    }
}
