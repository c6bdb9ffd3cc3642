use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;

use super::{Bus, Page};
use crate::Position;
use crate::store::{Checkpoint, FeedError, FeedFilter, FeedPage, ReadFeed, TenantStore};

/// The events of a log that pass a filter, each once and in commit order.
///
/// It gives what a [`Subscription`](crate::subscription::Subscription) gives, and reads the log itself only until it has caught
/// up with the [`Bus`].
#[derive(Debug)]
pub struct BusSubscription {
    bus: Bus,
    store: TenantStore,
    read: ReadFeed,
    pages: Receiver<Arc<Page>>,
    /// Whether everything after `read.after` comes in `pages`.
    live: bool,
}

impl BusSubscription {
    pub(super) fn new(bus: Bus, store: TenantStore, after: Option<Checkpoint>, filter: FeedFilter) -> Self {
        let read = ReadFeed {
            filter,
            ..ReadFeed::after(after)
        };
        let pages = bus.listen(&store);
        Self {
            bus,
            store,
            read,
            pages,
            live: false,
        }
    }

    /// The same, reading at most so many bytes of payload and metadata at a time from the log. What comes from the bus comes in
    /// the [pages](Bus::PAGE_BYTES) of the bus.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.read.max_bytes = bytes;
        self
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
    /// If the future is dropped, nothing is lost: the next call returns the same events.
    pub async fn next(&mut self) -> Result<FeedPage, FeedError> {
        loop {
            let page = if self.live {
                self.hear().await
            } else {
                Some(self.catch_up().await?)
            };
            if let Some(page) = page
                && self.move_to(page.scanned_to)
            {
                return Ok(page);
            }
        }
    }

    /// Reads the log. At its end, what follows comes from the bus: its pages have been kept since before this read.
    async fn catch_up(&mut self) -> Result<FeedPage, FeedError> {
        let page = self.store.log.read_feed(&self.read).await?;
        self.live = page.is_last();
        Ok(page)
    }

    /// Waits for the bus. `None` if that brings nothing new, or the log has to be read first.
    async fn hear(&mut self) -> Option<FeedPage> {
        match self.pages.recv().await {
            Ok(page) if page.after > self.position() => {
                self.live = false;
                None
            }
            Ok(page) => Some(self.rest_of(&page)),
            Err(RecvError::Lagged(_)) => {
                self.live = false;
                None
            }
            Err(RecvError::Closed) => {
                self.pages = self.bus.listen(&self.store);
                self.live = false;
                None
            }
        }
    }

    /// What is new of a page, and wanted.
    fn rest_of(&self, page: &Page) -> FeedPage {
        let position = self.position();
        let first = page.events.partition_point(|event| event.position <= position);
        let wanted = page.events[first..]
            .iter()
            .filter(|event| self.read.filter.matches(event));
        FeedPage {
            events: wanted.cloned().collect(),
            scanned_to: page.scanned_to,
            head: page.head,
        }
    }

    /// Tells whether that is further than it was.
    fn move_to(&mut self, checkpoint: Checkpoint) -> bool {
        let moved = checkpoint.position > self.position();
        if moved {
            self.read.after = Some(checkpoint);
        }
        moved
    }

    fn position(&self) -> Position {
        self.read.after.map_or(Position::START, |after| after.position)
    }
}
