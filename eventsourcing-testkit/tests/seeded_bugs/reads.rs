use std::sync::Arc;

use eventsourcing_core::store::{
    Checkpoint, DictionarySize, FeedFilter, FeedPage, IdReused, ReadFeed, ReadStream, ReadStreams,
    StoreIdentity, StreamSlice, StreamsRead,
};
use eventsourcing_core::{Position, RecordedEvent, Version};

use crate::bug::Bug;
use crate::state::State;

impl State {
    pub(crate) fn read_streams(&mut self, read: &ReadStreams) -> Result<StreamsRead, IdReused> {
        let repeated = self.first_outcome(read.command.filter(|_| !self.has(Bug::HidesCommandIds)))?;
        Ok(StreamsRead {
            slices: read
                .streams
                .iter()
                .map(|stream| self.read_stream(stream))
                .collect(),
            repeated,
            dictionary: DictionarySize::default(),
        })
    }

    pub(crate) fn read_stream(&mut self, read: &ReadStream) -> StreamSlice {
        let version = |event: &Arc<RecordedEvent>| event.version_in(&read.stream).unwrap_or_default();
        let matches = |event: &Arc<RecordedEvent>| read.types.matches(event.event_type.as_str());
        let is_home = |event: &Arc<RecordedEvent>| event.home.stream == read.stream;
        let mut stored = self.streams.get(&read.stream).cloned().unwrap_or_default();
        let mut head = self.head_of(&read.stream);
        if self.has_now(Bug::ReadsFromACache) {
            stored.pop();
            head = stored.last().map_or(Version::ABSENT, version);
        }
        match self.bug {
            Some(Bug::DropsLinksFromHeads) => {
                head = stored
                    .iter()
                    .rfind(|event| is_home(event))
                    .map_or(Version::ABSENT, version);
            }
            Some(Bug::HidesHeads) => {
                head = stored
                    .iter()
                    .rfind(|event| matches(event))
                    .map_or(Version::ABSENT, version);
            }
            _ => {}
        }
        if self.has_now(Bug::ReadsUncommitted) {
            head = head.next();
        }
        stored.retain(|event| version(event) > read.after && matches(event));
        if self.has_now(Bug::ReadsEventsFromACache) {
            stored.pop();
        }
        StreamSlice { head, events: stored }
    }

    pub(crate) fn read_feed(&mut self, read: &ReadFeed, store: StoreIdentity) -> FeedPage {
        let mut log = self.log.clone();
        if self.has_now(Bug::EndsFeedsEarly) {
            log.pop();
        }
        let head = log.last().map_or(Position::START, |last| last.position);
        let after = read
            .after
            .map_or(Position::START, |checkpoint| checkpoint.position);
        let mut unread = log.partition_point(|event| event.position <= after);
        if self.has_now(Bug::RepeatsEventsAtPageEnds) {
            unread = unread.saturating_sub(1);
        }
        let mut events = Vec::new();
        let mut scanned_to = head;
        let mut bytes = 0;
        for event in &log[unread..] {
            bytes += event.payload.len() + event.metadata.len();
            if events.len() == read.max_events.get() || (bytes > read.max_bytes && !events.is_empty()) {
                if self.has(Bug::SkipsEventsAtPageEnds) {
                    scanned_to = event.position;
                }
                break;
            }
            scanned_to = event.position;
            if self.passes(&read.filter, event) {
                events.push(Arc::clone(event));
            }
        }
        if self.has(Bug::SortsPagesByStream) {
            events.sort_by(|one, other| one.home.stream.cmp(&other.home.stream));
        }
        FeedPage {
            events,
            scanned_to: Checkpoint {
                store,
                position: scanned_to,
            },
            head,
            dictionary: DictionarySize::default(),
        }
    }

    fn passes(&self, filter: &FeedFilter, event: &RecordedEvent) -> bool {
        match self.bug {
            Some(Bug::IgnoresFeedFilters) => true,
            Some(Bug::DropsLinksFromFeeds) => {
                let mut at_home = event.clone();
                at_home.links.clear();
                filter.matches(&at_home)
            }
            _ => filter.matches(event),
        }
    }
}
