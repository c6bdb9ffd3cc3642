use std::sync::Arc;

use eventsourcing_core::store::{Append, StoreError};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The memory that appends may take, all together.
pub(crate) struct Room {
    /// In KiB.
    size: u32,
    free: Arc<Semaphore>,
}

impl Room {
    pub(crate) fn new(bytes: usize) -> Self {
        let size = kibibytes(bytes);
        Self {
            size,
            free: Arc::new(Semaphore::new(size as usize)),
        }
    }

    /// Sets aside what an append takes while it waits and while it is under way. The largest ones take all there is.
    pub(crate) fn take(&self, append: &Append) -> Result<OwnedSemaphorePermit, StoreError> {
        Arc::clone(&self.free)
            .try_acquire_many_owned(kibibytes(size(append)).min(self.size))
            .map_err(|full| StoreError::overloaded("too many bytes are waiting").caused_by(full))
    }
}

/// About how many bytes each event, link, condition and reader takes besides its payload and metadata.
const EACH: usize = 100;

fn size(append: &Append) -> usize {
    bytes(append) + EACH * places(append)
}

/// The bytes of an append whose number the limits leave open, or high.
pub(crate) fn bytes(append: &Append) -> usize {
    let events = append.events.iter();
    let events = events.map(|event| event.payload.len() + event.metadata.len());
    let reader = append.progress.as_ref().map(|progress| progress.reader.len());
    events.sum::<usize>() + reader.unwrap_or_default()
}

/// How many places an append looks at or takes: those of its conditions, its events and their links, and its reader.
pub(crate) fn places(append: &Append) -> usize {
    let links = append.events.iter().map(|event| event.links.len());
    let reader = usize::from(append.progress.is_some());
    append.conditions.len() + append.events.len() + links.sum::<usize>() + reader
}

/// Rounded up, so that whatever is larger takes more.
fn kibibytes(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(1024)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use eventsourcing_testkit::fixture::{AppendExt, append, event};

    use super::*;

    #[test]
    fn small_events_and_conditions_take_room_as_well() {
        let room = Room::new(64 * 1024);
        let small = (0..200).fold(append([event("a.Happened", "a-1")]), |append, nth| {
            append.if_absent(&format!("b-{nth}"))
        });
        let taken: Vec<_> = (0..4).map_while(|_| room.take(&small).ok()).collect();
        assert_eq!(taken.len(), 3);
        drop(taken);
        assert!(room.take(&small).is_ok(), "it is given back");
    }

    #[test]
    fn an_append_that_is_larger_than_all_there_is_has_it_alone() {
        let room = Room::new(1);
        let large = append((0..100).map(|_| event("a.Happened", "a-1")));
        let taken = room.take(&large);
        assert!(taken.is_ok());
        assert!(room.take(&append([])).is_ok(), "nothing takes nothing");
        assert!(room.take(&large).is_err());
    }
}
