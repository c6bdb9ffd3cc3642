use std::collections::HashMap;
use std::sync::Arc;

use eventsourcing_core::store::{
    Append, Appended, Checkpoint, Conflict, DictionarySize, FeedFilter, FeedPage, ReadFeed, ReadStreams,
    StoreEpoch, StoreId, StoreIdentity, StreamSlice, StreamsRead,
};
use eventsourcing_core::uuid::Uuid;
use eventsourcing_core::{
    NewEvent, Position, RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp, Version,
};

use crate::fixture::{stream, whole};
use crate::history::{PendingCommand, PendingQuery, Recorder, Report, check};

/// A recorder, and a log to go with it that tests write, and then spoil.
#[derive(Default)]
pub(super) struct World {
    pub(super) recorder: Recorder,
    pub(super) log: Vec<Arc<RecordedEvent>>,
    heads: HashMap<StreamId, Version>,
}

impl World {
    pub(super) fn check(&self) -> Report {
        check(&self.recorder.history(), &self.log)
    }

    pub(super) fn begins(&self, append: &Append) -> PendingCommand {
        self.recorder.begin_append(1, Arc::new(append.clone()))
    }

    /// Writes an append to the log, whatever its conditions.
    pub(super) fn writes(&mut self, append: &Append) -> Appended {
        let events: Vec<_> = append.events.iter().map(|event| self.write(event)).collect();
        Appended {
            events,
            position: self.head(),
            repeated: false,
        }
    }

    /// An append from beginning to end.
    pub(super) fn appends(&mut self, append: &Append) -> Appended {
        let pending = self.begins(append);
        let appended = self.writes(append);
        pending.acknowledged(&appended);
        appended
    }

    /// An append that meets a conflict in the stream of its first condition.
    pub(super) fn conflicts(&self, append: &Append) {
        let condition = &append.conditions[0];
        self.begins(append).conflicted(&Conflict {
            stream: condition.stream.clone(),
            seen: condition.seen,
            head: condition.seen.next(),
        });
    }

    /// A read of streams that finds these versions, and no events that were asked for.
    pub(super) fn reads(&self, seen: &[(&str, u64)]) {
        finds(self.recorder.begin_query(1), seen);
    }

    /// Somebody reads the feed from one position on, and is returned these events, as all that there is up to another.
    pub(super) fn reads_feed(&self, after: u64, filter: FeedFilter, events: &[&Arc<RecordedEvent>], to: u64) {
        let identity = StoreIdentity {
            id: StoreId::new(Uuid::nil()),
            epoch: StoreEpoch::new(Uuid::nil()),
        };
        let checkpoint = |position| Checkpoint {
            store: identity,
            position: Position::new(position),
        };
        let read = ReadFeed {
            filter,
            ..ReadFeed::after(Some(checkpoint(after)))
        };
        let page = FeedPage {
            events: events.iter().copied().map(Arc::clone).collect(),
            scanned_to: checkpoint(to),
            head: Position::new(to),
            dictionary: DictionarySize::default(),
        };
        self.recorder.begin_query(1).feed(&read, &page);
    }

    fn head(&self) -> Position {
        self.log.last().map_or(Position::START, |last| last.position)
    }

    fn write(&mut self, event: &NewEvent) -> Arc<RecordedEvent> {
        let mut place = |stream: &StreamId| {
            let version = self.heads.entry(stream.clone()).or_default();
            *version = version.next();
            StreamVersion {
                stream: stream.clone(),
                version: *version,
            }
        };
        let home = place(&event.home);
        let links = event.links.iter().map(&mut place).collect();
        let recorded = Arc::new(RecordedEvent {
            id: event.id,
            tenant: TenantId::DEFAULT,
            position: self.head().next(),
            event_type: event.event_type.clone(),
            schema_version: event.schema_version,
            content_type: event.content_type.clone(),
            payload: event.payload.clone(),
            metadata: event.metadata.clone(),
            recorded_at: Timestamp::UNIX_EPOCH,
            home,
            links,
        });
        self.log.push(Arc::clone(&recorded));
        recorded
    }

    /// Changes an event of the log.
    pub(super) fn spoils(&mut self, at: usize, change: impl FnOnce(&mut RecordedEvent)) {
        let mut event = RecordedEvent::clone(&self.log[at]);
        change(&mut event);
        self.log[at] = Arc::new(event);
    }
}

/// A query that was begun finds these versions, and no events that were asked for.
pub(super) fn finds(pending: PendingQuery, seen: &[(&str, u64)]) {
    let mut read = ReadStreams::default();
    let mut answer = StreamsRead {
        slices: Vec::new(),
        repeated: None,
        dictionary: DictionarySize::default(),
    };
    for (id, version) in seen {
        let version = Version::new(*version);
        let mut asked = whole(id);
        asked.after = version;
        read.streams.push(asked);
        answer.slices.push(StreamSlice {
            head: version,
            events: Vec::new(),
        });
    }
    pending.streams(&read, &answer);
}

/// The stream and version of a place.
pub(super) fn place(id: &str, version: u64) -> StreamVersion {
    StreamVersion {
        stream: stream(id),
        version: Version::new(version),
    }
}
