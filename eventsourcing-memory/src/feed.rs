use std::sync::Arc;

use eventsourcing_core::store::{
    Checkpoint, CheckpointRefused, DictionarySize, FeedPage, ReadFeed, StoreIdentity,
};
use eventsourcing_core::{Position, RecordedEvent};

/// How many events one read looks at: it must not hold the lock for as long as a filter finds nothing.
const LOOK_AT: usize = 10_000;

/// Reads the next page of a tenant's log. `head` is the end of the log of all tenants.
pub(crate) fn read(
    log: &[Arc<RecordedEvent>],
    read: &ReadFeed,
    store: StoreIdentity,
    head: Position,
    dictionary: DictionarySize,
) -> Result<FeedPage, CheckpointRefused> {
    let after = match read.after {
        Some(checkpoint) => checkpoint.check(store, head)?,
        None => Position::START,
    };
    let unread = &log[log.partition_point(|event| event.position <= after)..];
    let (events, stopped_at) = scan(unread, read);
    let position = match stopped_at {
        None => head,
        Some(0) => after,
        Some(stopped_at) => unread[stopped_at - 1].position,
    };
    Ok(FeedPage {
        events,
        scanned_to: Checkpoint { store, position },
        head,
        dictionary,
    })
}

/// The events for one page, and the index of the first event that was not looked at for it, if there is one.
fn scan(unread: &[Arc<RecordedEvent>], read: &ReadFeed) -> (Vec<Arc<RecordedEvent>>, Option<usize>) {
    let mut events = Vec::new();
    let mut bytes = 0;
    for (at, event) in unread.iter().enumerate() {
        if at == LOOK_AT || events.len() == read.max_events.get() {
            return (events, Some(at));
        }
        if !read.filter.matches(event) {
            continue;
        }
        bytes += event.payload.len() + event.metadata.len();
        if bytes > read.max_bytes && !events.is_empty() {
            return (events, Some(at));
        }
        events.push(Arc::clone(event));
    }
    (events, None)
}

#[cfg(test)]
mod tests {
    use eventsourcing_core::store::{Append, EventStore, FeedFilter};
    use eventsourcing_core::{ContentType, EventId, EventTypeName, NewEvent, StreamId, TenantId, TypeFilter};
    use uuid::Uuid;

    use super::*;
    use crate::MemoryStore;

    #[tokio::test]
    async fn one_read_looks_at_a_limited_number_of_events() {
        let log = MemoryStore::new().tenant(&TenantId::DEFAULT).log;
        for _ in 0..=LOOK_AT / 1_000 {
            let events = (0..1_000).map(|_| event()).collect();
            let append = Append {
                events,
                ..Append::default()
            };
            log.append(Arc::new(append)).await.unwrap();
        }
        let none = FeedFilter {
            types: TypeFilter::NONE,
            ..FeedFilter::ALL
        };
        let mut read = ReadFeed {
            filter: none,
            ..ReadFeed::after(None)
        };
        let page = log.read_feed(&read).await.unwrap();
        assert_eq!(page.scanned_to.position, Position::new(LOOK_AT as u64));
        assert!(!page.is_last());

        read.after = Some(page.scanned_to);
        assert!(log.read_feed(&read).await.unwrap().is_last());
    }

    fn event() -> NewEvent {
        NewEvent {
            id: EventId::new(Uuid::now_v7()),
            event_type: EventTypeName::from_static("a.Happened"),
            schema_version: 1,
            content_type: ContentType::JSON,
            payload: "{}".into(),
            metadata: "{}".into(),
            home: StreamId::new("a").unwrap(),
            links: vec![],
        }
    }
}
