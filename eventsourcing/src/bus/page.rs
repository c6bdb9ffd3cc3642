use std::sync::Arc;

use crate::store::{Checkpoint, FeedPage};
use crate::{Position, RecordedEvent};

/// A part of the log, without a gap: all events after a position up to a checkpoint.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) after: Position,
    pub(super) events: Vec<Arc<RecordedEvent>>,
    pub(super) scanned_to: Checkpoint,
    pub(super) head: Position,
}

impl Page {
    /// Nothing yet, from the end of the log on.
    pub(super) fn at(end: Checkpoint) -> Self {
        Self {
            after: end.position,
            events: Vec::new(),
            scanned_to: end,
            head: end.position,
        }
    }

    /// What was read after a position.
    pub(super) fn read(after: Position, page: FeedPage) -> Self {
        Self {
            after,
            events: page.events,
            scanned_to: page.scanned_to,
            head: page.head,
        }
    }
}
