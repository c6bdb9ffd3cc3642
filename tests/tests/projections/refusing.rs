//! Events that nobody can read.

use std::sync::Arc;

use eventsourcing::memory::MemoryStore;
use eventsourcing::store::{Append, EventStore};
use eventsourcing::uuid::Uuid;
use eventsourcing::{
    CommandId, ContentType, EventId, EventTypeName, Metadata, NewEvent, Position, StreamId, TenantId,
};

use super::ledger::{Ledger, Poison, entries, parked, pay, skip, start};

/// Stores an event as another program may have done.
pub async fn append(
    store: &impl EventStore,
    stream: &str,
    event_type: &'static str,
    payload: &'static str,
) -> Position {
    let event = NewEvent {
        id: EventId::new(Uuid::now_v7()),
        event_type: EventTypeName::from_static(event_type),
        schema_version: 1,
        content_type: ContentType::JSON,
        payload: payload.into(),
        metadata: Metadata::of_command(CommandId::new(Uuid::now_v7())).to_bytes(),
        home: StreamId::new(stream).unwrap(),
        links: Vec::new(),
    };
    let append = Append {
        events: vec![event],
        ..Append::default()
    };
    let log = store.tenant(&TenantId::DEFAULT).log;
    log.append(Arc::new(append)).await.unwrap().position
}

#[tokio::test(start_paused = true)]
async fn an_event_that_cannot_be_read_is_parked_like_any_other() {
    let store = MemoryStore::new();
    let books = start(&store, &Poison::default()).await;
    append(&store, "account-ann", "account.Moved", r#"{"from": 7}"#).await;
    let last = pay(&books, &[("ann", 1), ("bob", 2)]).await;
    assert_eq!(books.wait_for::<Ledger>(last).await.unwrap().parked_events, 2);
    let [unreadable, behind] = parked(&books).await.try_into().unwrap();
    assert!(
        unreadable.reason.as_deref().unwrap().contains("account.Moved"),
        "{unreadable:?}"
    );
    assert_eq!(behind.reason, None);

    skip(&books, &unreadable).await.unwrap();
    assert_eq!(entries(&books).await["ann"], [1]);
}
