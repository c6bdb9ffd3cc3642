use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::store::{Checkpoint, DictionarySize, EventStore, FeedPage};
use crate::{Position, RecordedEvent, TenantId};

/// How a [`Bus`](super::Bus) hears that a log has gone on. [`LogFollower`](super::LogFollower) is what it has by itself; another
/// one may listen to a message broker that tells many processes at once.
///
/// # Contract
/// Whoever subscribes goes by the log, and takes from here only what joins it without a gap. So nothing is lost if news come
/// late, twice, in another order or not at all: after some [`silence`](Self::silence) the log is looked at anyhow. What a
/// [`Page`] says must be true.
pub trait Transport: fmt::Debug + Send + Sync + 'static {
    /// What is told of the log of a tenant from now on.
    fn listen(&self, store: &Arc<dyn EventStore>, tenant: &TenantId) -> Box<dyn Listener>;

    /// After how long a silence a subscriber looks at the log by itself. `None` is never: every event is told of.
    fn silence(&self) -> Option<Duration> {
        Some(Duration::from_secs(1))
    }
}

/// Hears of the log of one tenant.
#[async_trait]
pub trait Listener: fmt::Debug + Send + Sync {
    /// Waits until the log has gone on. If it cannot be told by what, the answer is `None`, and the log is looked at.
    ///
    /// # Cancel safety
    /// The future may be dropped at any await. What it would have told should be told by the next one.
    async fn next(&mut self) -> Option<Arc<Page>>;
}

/// A part of the log of a tenant, without a gap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Where it begins: everything up to here is in an earlier page.
    pub after: Position,
    /// All events of the tenant after that, up to the checkpoint, in the order of the log.
    pub events: Vec<Arc<RecordedEvent>>,
    /// Where it ends.
    pub scanned_to: Checkpoint,
    /// The end of the log when it was read.
    pub head: Position,
    /// The size of the dictionary of event type names when the log was read.
    pub dictionary: DictionarySize,
}

impl Page {
    /// What was read after a position, without a filter.
    pub fn read(after: Position, page: FeedPage) -> Self {
        Self {
            after,
            events: page.events,
            scanned_to: page.scanned_to,
            head: page.head,
            dictionary: page.dictionary,
        }
    }
}
