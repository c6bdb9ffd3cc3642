use std::fmt;
use std::sync::Arc;

use crate::event::{DecodeError, Event, Recorded};
use crate::store::StoreEpoch;
use crate::store::rows::ProjectionName;
use crate::{Position, RecordedEvent};

/// Events for a [processor](super), in the order of the log. At least one.
#[derive(Clone, Debug)]
pub struct Batch {
    pub(super) processor: ProjectionName,
    pub(super) epoch: StoreEpoch,
    pub(super) events: Vec<Arc<RecordedEvent>>,
    pub(super) attempt: u32,
}

impl Batch {
    /// The events. Those of a stream are in one batch or in batches that follow each other, and in their order.
    pub fn events(&self) -> &[Arc<RecordedEvent>] {
        &self.events
    }

    /// The events, as they were meant.
    ///
    /// # Errors
    /// Of an event that is not an `E`, or cannot be read. The [filter](super::ProcessorBuilder::events) sees to it that there
    /// are no others.
    pub fn decode<E: Event>(&self) -> impl Iterator<Item = Result<Recorded<E>, DecodeError>> {
        self.events
            .iter()
            .map(|event| Recorded::decode(Arc::clone(event)))
    }

    /// Which time these events are handed over: 1 at first, as far as this process knows.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// What the event at a position is known by to whoever receives it from this processor: the same each time it comes, and
    /// different for every other event.
    pub fn key(&self, position: Position) -> EventKey {
        EventKey {
            processor: self.processor.clone(),
            epoch: self.epoch,
            position,
        }
    }
}

/// Under which key a processor does something for an event: an idempotency key.
///
/// As text it is `mails/6f1c9a2e-5d8b-4a63-9a57-0c1d2e3f4a5b/17`: the processor, the epoch of the store, and the position. After
/// a restore from a backup, positions are given out again, to other events, in another epoch.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct EventKey {
    /// The name of the processor.
    pub processor: ProjectionName,
    /// The life of the store that the position belongs to.
    pub epoch: StoreEpoch,
    /// The position of the event.
    pub position: Position,
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.processor, self.epoch, self.position)
    }
}
