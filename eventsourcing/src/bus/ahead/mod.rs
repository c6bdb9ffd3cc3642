//! The log is read while what was read before is worked off, as far as there is room for it.

mod waiting;

use std::convert::Infallible;
use std::future::pending;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::sleep;

use super::BusSubscription;
use crate::store::{FeedError, FeedPage};

pub(crate) use waiting::Bounds;
use waiting::Waiting;

/// What was read of the log, batch by batch: the events that wait are one, up to the bounds of a batch.
pub(crate) struct Ahead {
    shared: Arc<Shared>,
}

/// Reads the log for an [`Ahead`]. Both are polled by one task, so that nobody has to stop the other.
pub(crate) struct Reader<P> {
    shared: Arc<Shared>,
    subscription: BusSubscription,
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
}

/// Reads ahead, with a pause after so many failures.
pub(crate) fn read_ahead<P>(
    subscription: BusSubscription,
    bounds: Bounds,
    pause_after: P,
) -> (Ahead, Reader<P>)
where
    P: Fn(u32) -> Duration,
{
    let shared = Arc::new(Shared {
        read: Mutex::new(Read {
            waiting: Waiting::new(bounds),
            error: None,
        }),
        news: Notify::new(),
        taken: Notify::new(),
    });
    let ahead = Ahead {
        shared: Arc::clone(&shared),
    };
    let reader = Reader {
        shared,
        subscription,
        pause_after,
    };
    (ahead, reader)
}

impl Ahead {
    /// The next batch; waits until there is something.
    ///
    /// # Errors
    /// If the log cannot be read. Unless there is no use in that, it is tried again.
    ///
    /// # Cancel safety
    /// If the future is dropped, nothing is lost: the next call returns the same events.
    pub(crate) async fn next(&mut self) -> Result<FeedPage, FeedError> {
        loop {
            if let Some(next) = self.shared.take() {
                self.shared.taken.notify_one();
                return next;
            }
            self.shared.news.notified().await;
        }
    }
}

impl<P: Fn(u32) -> Duration> Reader<P> {
    /// Reads whenever there is room, until it is dropped.
    pub(crate) async fn run(mut self) -> Infallible {
        let mut failures = 0;
        loop {
            self.shared.has_room().await;
            match self.subscription.next().await {
                Ok(page) => {
                    failures = 0;
                    self.shared.put(page, !self.subscription.is_live());
                }
                Err(error) => {
                    let may_pass = error.class().may_pass();
                    self.shared.fail(error);
                    if !may_pass {
                        return pending().await;
                    }
                    failures += 1;
                    sleep((self.pause_after)(failures)).await;
                }
            }
        }
    }
}

impl Shared {
    fn read(&self) -> MutexGuard<'_, Read> {
        self.read.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Result<FeedPage, FeedError>> {
        let mut read = self.read();
        let batch = read.waiting.take().map(Ok);
        batch.or_else(|| read.error.take().map(Err))
    }

    async fn has_room(&self) {
        while !self.read().waiting.has_room() {
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
