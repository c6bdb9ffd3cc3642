use std::collections::VecDeque;
use std::num::NonZeroUsize;

use crate::Position;
use crate::store::{Checkpoint, DictionarySize, FeedPage};

/// How much is read before it is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bounds {
    /// A batch has so many events, at the most.
    pub(crate) events: NonZeroUsize,
    /// It has so many bytes of payloads and metadata, at the most, unless a single event has more.
    pub(crate) bytes: usize,
    /// Nothing is read while so many full batches wait.
    pub(crate) batches: NonZeroUsize,
}

/// What was read and waits: the events of all pages one after the other, cut into batches anew.
#[derive(Debug)]
pub(super) struct Waiting {
    bounds: Bounds,
    batches: VecDeque<Batch>,
    /// Whether there is more in the log, which is read next.
    more_follows: bool,
}

#[derive(Debug)]
struct Batch {
    page: FeedPage,
    bytes: usize,
}

impl Waiting {
    pub(super) const fn new(bounds: Bounds) -> Self {
        Self {
            bounds,
            batches: VecDeque::new(),
            more_follows: false,
        }
    }

    /// Whether the next page may be read. What is too much of it will wait as well.
    pub(super) fn has_room(&self) -> bool {
        // All but the last were ended because nothing more fits.
        let is_full = self.batches.back().is_none_or(|last| last.is_full(self.bounds));
        self.batches.len() < self.bounds.batches.get() + usize::from(!is_full)
    }

    /// Adds the next page of the log, and says whether more of it is read next.
    pub(super) fn put(&mut self, page: FeedPage, more_follows: bool) {
        self.more_follows = more_follows;
        let FeedPage {
            events,
            scanned_to,
            head,
            dictionary,
        } = page;
        let begin = || Batch::begin(scanned_to, head, dictionary);
        let mut last = self.batches.pop_back().unwrap_or_else(begin);
        last.page.dictionary = last.page.dictionary.max(dictionary);
        for event in events {
            let bytes = event.payload.len() + event.metadata.len();
            if !last.takes(bytes, self.bounds) {
                self.batches.push_back(std::mem::replace(&mut last, begin()));
            }
            last.ends_at(event.position, head);
            last.page.events.push(event);
            last.bytes += bytes;
        }
        last.ends_at(scanned_to.position, head);
        self.batches.push_back(last);
    }

    /// What waits is all that there is for now.
    pub(super) const fn nothing_follows(&mut self) {
        self.more_follows = false;
    }

    /// Takes the first batch, unless more is going to fit into it.
    pub(super) fn take(&mut self) -> Option<FeedPage> {
        let is_filling = |last: &Batch| self.more_follows && !last.is_full(self.bounds);
        if self.batches.len() == 1 && self.batches.back().is_some_and(is_filling) {
            return None;
        }
        self.take_at_once()
    }

    /// Takes the first batch, as it is.
    pub(super) fn take_at_once(&mut self) -> Option<FeedPage> {
        self.batches.pop_front().map(|batch| batch.page)
    }

    /// How many events and bytes wait.
    #[cfg(test)]
    pub(super) fn held(&self) -> (usize, usize) {
        let events = self.batches.iter().map(|batch| batch.page.events.len());
        let bytes = self.batches.iter().map(|batch| batch.bytes);
        (events.sum(), bytes.sum())
    }
}

impl Batch {
    const fn begin(at: Checkpoint, head: Position, dictionary: DictionarySize) -> Self {
        let page = FeedPage {
            events: Vec::new(),
            scanned_to: at,
            head,
            dictionary,
        };
        Self { page, bytes: 0 }
    }

    const fn ends_at(&mut self, position: Position, head: Position) {
        self.page.scanned_to.position = position;
        self.page.head = head;
    }

    fn is_full(&self, bounds: Bounds) -> bool {
        !self.takes(1, bounds)
    }

    /// Whether another event of so many bytes fits.
    fn takes(&self, bytes: usize, bounds: Bounds) -> bool {
        let events = self.page.events.len();
        events == 0 || (events < bounds.events.get() && self.bytes.saturating_add(bytes) <= bounds.bytes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bytes::Bytes;

    use super::*;
    use crate::store::{StoreEpoch, StoreId, StoreIdentity};
    use crate::uuid::Uuid;
    use crate::{
        ContentType, EventId, EventTypeName, RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp,
        Version,
    };

    const fn bounds(events: usize, bytes: usize, batches: usize) -> Bounds {
        Bounds {
            events: NonZeroUsize::new(events).unwrap(),
            bytes,
            batches: NonZeroUsize::new(batches).unwrap(),
        }
    }

    const UNBOUNDED: usize = usize::MAX;

    /// Of ten bytes, at this position.
    fn event(position: u64) -> Arc<RecordedEvent> {
        Arc::new(RecordedEvent {
            id: EventId::new(Uuid::from_u128(position.into())),
            tenant: TenantId::DEFAULT,
            position: Position::new(position),
            event_type: EventTypeName::from_static("bell.Rung"),
            schema_version: 1,
            content_type: ContentType::JSON,
            payload: Bytes::from_static(b"12345678"),
            metadata: Bytes::from_static(b"{}"),
            recorded_at: Timestamp::from_micros(0),
            home: StreamVersion {
                stream: StreamId::new("bell-1").unwrap(),
                version: Version::new(position),
            },
            links: Vec::new(),
        })
    }

    fn page(positions: impl IntoIterator<Item = u64>, scanned_to: u64, head: u64) -> FeedPage {
        let store = StoreIdentity {
            id: StoreId::new(Uuid::nil()),
            epoch: StoreEpoch::new(Uuid::nil()),
        };
        FeedPage {
            events: positions.into_iter().map(event).collect(),
            scanned_to: Checkpoint {
                store,
                position: Position::new(scanned_to),
            },
            head: Position::new(head),
            dictionary: DictionarySize::default(),
        }
    }

    /// The same, read when the dictionary was of this size.
    fn with_dictionary(page: FeedPage, size: u64) -> FeedPage {
        FeedPage {
            dictionary: DictionarySize(size),
            ..page
        }
    }

    /// Takes a batch: the positions of its events, where it ends, and whether it is the end of the log.
    fn take(waiting: &mut Waiting) -> Option<(Vec<u64>, u64, bool)> {
        let batch = waiting.take()?;
        let positions = batch.events.iter().map(|event| event.position.get());
        Some((
            positions.collect(),
            batch.scanned_to.position.get(),
            batch.is_last(),
        ))
    }

    #[test]
    fn what_waits_is_one_batch() {
        let mut waiting = Waiting::new(bounds(100, UNBOUNDED, 1));
        assert_eq!(take(&mut waiting), None);
        waiting.put(page(1..=3, 4, 4), false);
        waiting.put(page(5..=7, 9, 9), false);
        assert_eq!(take(&mut waiting), Some((vec![1, 2, 3, 5, 6, 7], 9, true)));
        assert_eq!(take(&mut waiting), None);
    }

    #[test]
    fn a_batch_has_no_more_events_than_it_may() {
        let mut waiting = Waiting::new(bounds(4, UNBOUNDED, 9));
        waiting.put(page(1..=3, 3, 7), false);
        waiting.put(page(4..=6, 7, 7), false);
        assert_eq!(take(&mut waiting), Some((vec![1, 2, 3, 4], 4, false)));
        assert_eq!(take(&mut waiting), Some((vec![5, 6], 7, true)));
    }

    #[test]
    fn a_batch_has_no_more_bytes_than_it_may() {
        let mut waiting = Waiting::new(bounds(100, 25, 9));
        waiting.put(page(1..=5, 5, 5), false);
        assert_eq!(take(&mut waiting), Some((vec![1, 2], 2, false)));
        assert_eq!(take(&mut waiting), Some((vec![3, 4], 4, false)));
        assert_eq!(take(&mut waiting), Some((vec![5], 5, true)));
    }

    #[test]
    fn a_batch_tells_the_largest_dictionary_of_its_pages() {
        let mut waiting = Waiting::new(bounds(2, UNBOUNDED, 9));
        waiting.put(with_dictionary(page([1], 1, 1), 7), false);
        waiting.put(with_dictionary(page(2..=5, 5, 5), 9), false);
        waiting.put(with_dictionary(page([], 6, 6), 8), false);
        let sizes: Vec<_> = std::iter::from_fn(|| waiting.take())
            .map(|batch| (batch.scanned_to.position.get(), batch.dictionary.0))
            .collect();
        assert_eq!(sizes, [(2, 9), (4, 9), (6, 9)]);
    }

    #[test]
    fn an_event_that_is_larger_than_a_batch_is_one_alone() {
        let mut waiting = Waiting::new(bounds(100, 5, 9));
        waiting.put(page(1..=2, 2, 2), false);
        assert_eq!(take(&mut waiting), Some((vec![1], 1, false)));
        assert_eq!(take(&mut waiting), Some((vec![2], 2, true)));
    }

    #[test]
    fn a_batch_that_was_cut_off_is_not_the_end_of_the_log() {
        let mut waiting = Waiting::new(bounds(2, UNBOUNDED, 9));
        waiting.put(page([1], 1, 1), false);
        waiting.put(page([2, 3], 3, 3), false);
        assert_eq!(take(&mut waiting), Some((vec![1, 2], 2, false)));
    }

    #[test]
    fn a_batch_waits_for_what_is_read_next_while_that_fits() {
        let mut waiting = Waiting::new(bounds(4, UNBOUNDED, 1));
        waiting.put(page(1..=3, 3, 9), true);
        assert_eq!(take(&mut waiting), None);
        waiting.put(page(4..=6, 6, 9), true);
        assert_eq!(take(&mut waiting), Some((vec![1, 2, 3, 4], 4, false)));
        assert_eq!(take(&mut waiting), None);
        waiting.put(page([], 9, 9), false);
        assert_eq!(take(&mut waiting), Some((vec![5, 6], 9, true)));
    }

    #[test]
    fn who_does_not_want_to_wait_takes_what_there_is() {
        let mut waiting = Waiting::new(bounds(4, UNBOUNDED, 1));
        waiting.put(page(1..=3, 3, 9), true);
        let taken = waiting.take_at_once().map(|page| page.events.len());
        assert_eq!(taken, Some(3));
        assert_eq!(waiting.take_at_once(), None);
    }

    #[test]
    fn a_batch_does_not_wait_for_what_cannot_be_read() {
        let mut waiting = Waiting::new(bounds(4, UNBOUNDED, 1));
        waiting.put(page(1..=3, 3, 9), true);
        waiting.nothing_follows();
        assert_eq!(take(&mut waiting), Some((vec![1, 2, 3], 3, false)));
    }

    #[test]
    fn that_nothing_is_wanted_of_the_log_takes_no_room() {
        let mut waiting = Waiting::new(bounds(2, UNBOUNDED, 1));
        for position in 1..=1_000 {
            assert!(waiting.has_room());
            waiting.put(page([], position, 2_000), false);
        }
        assert_eq!(take(&mut waiting), Some((vec![], 1_000, false)));
        assert_eq!(take(&mut waiting), None);
    }

    #[test]
    fn there_is_room_until_so_many_full_batches_wait() {
        let mut waiting = Waiting::new(bounds(4, UNBOUNDED, 2));
        waiting.put(page(1..=4, 4, 99), false);
        assert!(waiting.has_room(), "for a second one");
        waiting.put(page(5..=7, 7, 99), false);
        assert!(waiting.has_room(), "for one event");
        waiting.put(page(8..=10, 10, 99), false);
        assert!(!waiting.has_room());
        take(&mut waiting);
        assert!(waiting.has_room(), "one is full, and one is not");
    }

    #[test]
    fn bytes_fill_a_batch_as_well() {
        let mut waiting = Waiting::new(bounds(100, 20, 1));
        waiting.put(page([1], 1, 99), false);
        assert!(waiting.has_room());
        waiting.put(page([2], 2, 99), false);
        assert!(!waiting.has_room());
    }
}
