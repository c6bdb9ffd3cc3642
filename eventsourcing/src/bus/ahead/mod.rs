//! The log is read while what was read before is worked off, as far as there is room for it.

mod read_ahead;
mod source;
mod waiting;

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use crate::store::{FeedError, FeedPage, StoreError};

pub(crate) use read_ahead::Half;
pub use read_ahead::ReadAhead;
pub(crate) use source::Source;
pub(crate) use waiting::Bounds;
use waiting::Waiting;

/// What was read of the log, batch by batch: the events that wait are one, up to the bounds of a batch.
pub(crate) struct Ahead {
    shared: Arc<Shared>,
}

/// Reads the log for an [`Ahead`].
pub(crate) struct Reader<S, P> {
    shared: Arc<Shared>,
    source: S,
    pause_after: P,
}

struct Shared {
    read: Mutex<Read>,
    /// Told when something was read.
    news: Notify,
    /// Told when something was taken.
    taken: Notify,
}

struct Read {
    waiting: Waiting,
    /// Why there is no more, after what waits.
    error: Option<FeedError>,
    /// Whether nobody reads any more.
    is_over: bool,
}

/// Reads ahead, with a pause after so many failures.
pub(crate) fn read_ahead<S, P>(source: S, bounds: Bounds, pause_after: P) -> (Ahead, Reader<S, P>)
where
    S: Source,
    P: Fn(u32) -> Duration,
{
    let shared = Arc::new(Shared {
        read: Mutex::new(Read {
            waiting: Waiting::new(bounds),
            error: None,
            is_over: false,
        }),
        news: Notify::new(),
        taken: Notify::new(),
    });
    let ahead = Ahead {
        shared: Arc::clone(&shared),
    };
    let reader = Reader {
        shared,
        source,
        pause_after,
    };
    (ahead, reader)
}

impl Ahead {
    /// The next batch; waits until there is something, and while the log has more that fits into it.
    ///
    /// # Errors
    /// If the log cannot be read. If there is use in that, it is tried again by itself; otherwise after this.
    ///
    /// # Cancel safety
    /// If the future is dropped, nothing is lost: the next call returns the same events.
    pub(crate) async fn next(&mut self) -> Result<FeedPage, FeedError> {
        self.take(Waiting::take).await
    }

    /// What waits, as far as it fits into a batch; waits until there is something.
    ///
    /// # Errors
    /// As for [`next`](Self::next).
    ///
    /// # Cancel safety
    /// As for [`next`](Self::next).
    pub(crate) async fn next_at_once(&mut self) -> Result<FeedPage, FeedError> {
        self.take(Waiting::take_at_once).await
    }

    async fn take(&mut self, take: impl Fn(&mut Waiting) -> Option<FeedPage>) -> Result<FeedPage, FeedError> {
        loop {
            if let Some(next) = self.shared.take(&take) {
                self.shared.taken.notify_one();
                return next;
            }
            self.shared.news.notified().await;
        }
    }
}

impl<S: Source, P: Fn(u32) -> Duration> Reader<S, P> {
    /// Reads whenever there is room, until it is dropped.
    pub(crate) async fn run(mut self) -> Infallible {
        let mut failures = 0;
        loop {
            self.shared.has_room().await;
            match self.source.next().await {
                Ok(page) => {
                    failures = 0;
                    let more_follows = self.source.more_follows(&page);
                    self.shared.put(page, more_follows);
                }
                Err(error) => {
                    let may_pass = error.class().may_pass();
                    self.shared.fail(error);
                    if may_pass {
                        failures += 1;
                        sleep((self.pause_after)(failures)).await;
                    } else {
                        self.shared.error_is_taken().await;
                    }
                }
            }
        }
    }
}

impl<S, P> Drop for Reader<S, P> {
    fn drop(&mut self) {
        self.shared.read().is_over = true;
        self.shared.news.notify_one();
    }
}

impl Shared {
    fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, take: impl Fn(&mut Waiting) -> Option<FeedPage>) -> Option<Result<FeedPage, FeedError>> {
        let mut read = self.read();
        if let Some(batch) = take(&mut read.waiting) {
            return Some(Ok(batch));
        }
        let error = read.error.take();
        error.or_else(|| read.is_over.then(nobody_reads)).map(Err)
    }

    async fn has_room(&self) {
        while !self.read().waiting.has_room() {
            self.taken.notified().await;
        }
    }

    async fn error_is_taken(&self) {
        while self.read().error.is_some() {
            self.taken.notified().await;
        }
    }

    fn put(&self, page: FeedPage, more_follows: bool) {
        let mut read = self.read();
        read.waiting.put(page, more_follows);
        // It has passed.
        read.error = None;
        drop(read);
        self.news.notify_one();
    }

    fn fail(&self, error: FeedError) {
        let mut read = self.read();
        read.waiting.nothing_follows();
        read.error = Some(error);
        drop(read);
        self.news.notify_one();
    }
}

/// The task has panicked, or its runtime was shut down.
fn nobody_reads() -> FeedError {
    StoreError::broken("the task that reads the log has died").into()
}
