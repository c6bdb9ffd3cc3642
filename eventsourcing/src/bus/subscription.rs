use std::future::pending;
use std::time::Duration;

use tokio::time::sleep;

use super::{Listener, Page, reader};
use crate::Position;
use crate::store::{Checkpoint, FeedError, FeedFilter, FeedPage, ReadFeed, TenantStore};

/// The events of a log that pass a filter, each once and in commit order.
///
/// It gives what a [`Subscription`](crate::subscription::Subscription) gives, and reads the log itself only until it has caught
/// up with the [`Bus`](super::Bus).
#[derive(Debug)]
pub struct BusSubscription {
    listener: Box<dyn Listener>,
    silence: Option<Duration>,
    store: TenantStore,
    read: ReadFeed,
    /// Whether everything after `read.after` is told by the listener.
    live: bool,
}

impl BusSubscription {
    pub(super) fn new(
        listener: Box<dyn Listener>,
        silence: Option<Duration>,
        store: TenantStore,
        after: Option<Checkpoint>,
        filter: FeedFilter,
    ) -> Self {
        let read = ReadFeed {
            filter,
            ..ReadFeed::after(after)
        };
        Self {
            listener,
            silence,
            store,
            read,
            live: false,
        }
    }

    /// The same, reading at most so many bytes of payload and metadata at a time from the log. What comes from the bus comes in
    /// the [pages](super::Bus::PAGE_BYTES) of the bus.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.read.max_bytes = bytes;
        self
    }

    /// Where the log ends now.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self) -> Result<Checkpoint, FeedError> {
        Ok(reader::end(&self.store).await?.scanned_to)
    }

    /// Whether it has come to the end of the log, and hears of what comes.
    pub(super) const fn is_live(&self) -> bool {
        self.live
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

    /// Reads the log. At its end, what follows is told: the listener has listened since before this read.
    async fn catch_up(&mut self) -> Result<FeedPage, FeedError> {
        let page = self.store.log.read_feed(&self.read).await?;
        self.live = page.is_last();
        Ok(page)
    }

    /// Waits for news. `None` if there is nothing new, or the log has to be read first.
    async fn hear(&mut self) -> Option<FeedPage> {
        let heard = tokio::select! {
            biased;
            heard = self.listener.next() => heard,
            () = silent_for(self.silence) => None,
        };
        match heard {
            Some(page) if page.after <= self.position() => Some(self.rest_of(&page)),
            _ => {
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
            dictionary: page.dictionary,
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

async fn silent_for(silence: Option<Duration>) {
    match silence {
        Some(silence) => sleep(silence).await,
        None => pending().await,
    }
}
