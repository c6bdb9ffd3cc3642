use std::future::pending;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::ahead::Half;
use super::{Listener, Page, ReadAhead, reader};
use crate::Position;
use crate::environment::Spawn;
use crate::store::{Checkpoint, FeedError, FeedFilter, FeedPage, ReadFeed, TenantStore};

/// The events of a log that pass a filter, each once and in commit order.
///
/// It gives what a [`Subscription`](crate::subscription::Subscription) gives, and reads the log itself only until it has caught
/// up with the [`Bus`](super::Bus).
#[derive(Debug)]
pub struct BusSubscription {
    listener: Box<dyn Listener>,
    silence: Option<Duration>,
    spawn: Arc<dyn Spawn>,
    store: TenantStore,
    read: ReadFeed,
    /// Whether everything after `read.after` is told by the listener.
    live: bool,
    /// A page that was told, and has more than was wanted at once.
    cut_off: Option<Arc<Page>>,
}

impl BusSubscription {
    pub(super) fn new(
        listener: Box<dyn Listener>,
        silence: Option<Duration>,
        spawn: Arc<dyn Spawn>,
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
            spawn,
            store,
            read,
            live: false,
            cut_off: None,
        }
    }

    /// The same, with at most so many events at a time; 1,000 without this.
    #[must_use]
    pub fn with_max_events(mut self, events: NonZeroUsize) -> Self {
        self.read.max_events = events;
        self
    }

    /// The same, with at most so many bytes of payloads and metadata at a time, unless a single event has more; 4 MiB without this.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: usize) -> Self {
        self.read.max_bytes = bytes;
        self
    }

    /// The same, read before it is wanted: so many events wait, and so many bytes of payloads and metadata, at the most, unless a
    /// single event has more. A task for it runs on the `spawn` of the environment of the bus.
    ///
    /// ```
    /// # use std::num::NonZeroUsize;
    /// # use eventsourcing::service::Runtime;
    /// # use eventsourcing::store::{FeedError, FeedFilter};
    /// # async fn follow(bank: Runtime) -> Result<(), FeedError> {
    /// const EVENTS: NonZeroUsize = NonZeroUsize::new(1_000).unwrap();
    /// let mut events = bank.subscribe(FeedFilter::ALL).await?.read_ahead(EVENTS, 4 * 1024 * 1024);
    /// loop {
    ///     for event in events.next().await?.events {
    ///         // Meanwhile the next ones are read.
    ///         println!("{} {}", event.position, event.event_type);
    ///     }
    /// }
    /// # }
    /// ```
    pub fn read_ahead(mut self, events: NonZeroUsize, bytes: usize) -> ReadAhead {
        let half = Half::of(events, bytes);
        half.limit(&mut self.read);
        let (place, spawn) = (self.checkpoint(), Arc::clone(&self.spawn));
        ReadAhead::start(self, place, &half, &*spawn)
    }

    /// Where the log ends now.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn end(&self) -> Result<Checkpoint, FeedError> {
        Ok(reader::end(&self.store).await?.scanned_to)
    }

    /// Whether more comes next without waiting for it.
    pub(super) const fn has_more(&self) -> bool {
        !self.live || self.cut_off.is_some()
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

    /// Waits for news, unless there are some left. `None` if there is nothing new, or the log has to be read first.
    async fn hear(&mut self) -> Option<FeedPage> {
        if let Some(page) = self.cut_off.take() {
            return Some(self.rest_of(page));
        }
        let heard = tokio::select! {
            biased;
            heard = self.listener.next() => heard,
            () = silent_for(self.silence) => None,
        };
        match heard {
            Some(page) if page.after <= self.position() => Some(self.rest_of(page)),
            _ => {
                self.live = false;
                None
            }
        }
    }

    /// What is new of a page, and wanted, as far as it may come at once. What may not is kept for the next time.
    fn rest_of(&mut self, page: Arc<Page>) -> FeedPage {
        let position = self.position();
        let first = page.events.partition_point(|event| event.position <= position);
        let mut rest = FeedPage {
            events: Vec::new(),
            scanned_to: page.scanned_to,
            head: page.head,
            dictionary: page.dictionary,
        };
        let mut bytes = 0_usize;
        for event in &page.events[first..] {
            if !self.read.filter.matches(event) {
                continue;
            }
            bytes = bytes.saturating_add(event.payload.len() + event.metadata.len());
            let fits = rest.events.len() < self.read.max_events.get() && bytes <= self.read.max_bytes;
            if let Some(last) = rest.events.last().filter(|_| !fits) {
                rest.scanned_to.position = last.position;
                self.cut_off = Some(page);
                break;
            }
            rest.events.push(Arc::clone(event));
        }
        rest
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
