use std::convert::Infallible;
use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use tokio::sync::oneshot;

use super::source::Source;
use super::{Ahead, Bounds, read_ahead};
use crate::environment::Spawn;
use crate::pause::doubled;
use crate::store::{Checkpoint, FeedError, FeedPage, ReadFeed};

/// The events of a subscription, of which some are read before they are wanted:
/// [`BusSubscription::read_ahead`](crate::bus::BusSubscription::read_ahead),
/// [`Subscription::read_ahead`](crate::subscription::Subscription::read_ahead).
///
/// A task reads on while its owner deals with what it was given, and rests while as much waits as may. What waits comes as one
/// page, of half as much at the most. What is committed comes at once; nobody waits for a page to fill. The task ends when this is
/// dropped.
pub struct ReadAhead {
    ahead: Ahead,
    place: Option<Checkpoint>,
    /// The task ends with it.
    _wanted: oneshot::Receiver<Infallible>,
}

/// Half of what may wait: a page is read while less than that waits.
pub(crate) struct Half {
    pub(crate) events: NonZeroUsize,
    pub(crate) bytes: usize,
}

impl Half {
    pub(crate) fn of(events: NonZeroUsize, bytes: usize) -> Self {
        const TWO: NonZeroUsize = NonZeroUsize::new(2).unwrap();
        Self {
            events: events.div_ceil(TWO),
            bytes: bytes.div_ceil(2),
        }
    }

    /// Reads no more than that at a time.
    pub(crate) fn limit(&self, read: &mut ReadFeed) {
        read.max_events = read.max_events.min(self.events);
        read.max_bytes = read.max_bytes.min(self.bytes);
    }
}

impl ReadAhead {
    /// Reads on from a place. The source gives pages of half of what may wait, at the most.
    pub(crate) fn start(
        source: impl Source + 'static,
        place: Option<Checkpoint>,
        half: &Half,
        spawn: &dyn Spawn,
    ) -> Self {
        let bounds = Bounds {
            events: half.events,
            bytes: half.bytes,
            batches: NonZeroUsize::MIN,
        };
        let (ahead, reader) = read_ahead(source, bounds, pause_after);
        let (mut reading, wanted) = oneshot::channel();
        spawn.spawn(Box::pin(async move {
            tokio::select! {
                biased;
                () = reading.closed() => {}
                never = reader.run() => match never {},
            }
        }));
        Self {
            ahead,
            place,
            _wanted: wanted,
        }
    }

    /// The next events; waits until there is one that passes the filter, or the log has moved on without one.
    ///
    /// So a page may be empty: its `scanned_to` is further on all the same, and worth remembering.
    ///
    /// # Errors
    /// If the checkpoint does not belong to this log, or the store fails: after all events that were read before that. It can be
    /// called again, and goes on from where it was. A store that may be back soon is asked again in the meantime.
    ///
    /// # Cancel safety
    /// If the future is dropped, nothing is lost: the next call returns the same events.
    pub async fn next(&mut self) -> Result<FeedPage, FeedError> {
        let page = self.ahead.next_at_once().await?;
        self.place = Some(page.scanned_to);
        Ok(page)
    }

    /// How far it was asked for, which is what to remember; `None` is the beginning. What was read ahead does not count.
    pub const fn checkpoint(&self) -> Option<Checkpoint> {
        self.place
    }

    /// How many events and bytes wait.
    #[cfg(test)]
    pub(crate) fn held(&self) -> (usize, usize) {
        self.ahead.shared.read().waiting.held()
    }
}

fn pause_after(failures: u32) -> Duration {
    const SHORTEST: Duration = Duration::from_millis(100);
    const LONGEST: Duration = Duration::from_secs(10);
    doubled(SHORTEST, LONGEST, failures)
}

impl fmt::Debug for ReadAhead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadAhead")
            .field("checkpoint", &self.place)
            .finish_non_exhaustive()
    }
}
