//! Events that nobody can read, and types that nobody knows.

use std::sync::Arc;

use eventsourcing::memory::MemoryStore;
use eventsourcing::projection::{ProjectionState, WaitForError};
use eventsourcing::store::{Append, EventStore as _};
use eventsourcing::uuid::Uuid;
use eventsourcing::{
    CommandId, ContentType, EventId, EventTypeName, Metadata, NewEvent, Position, StreamId, TenantId,
};

use super::bank::status;
use super::ledger::{Books, Ledger, Poison, entries, parked, pay, skip, start};

/// Stores an event as another program may have done.
async fn append(
    store: &MemoryStore,
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

#[tokio::test(start_paused = true)]
async fn a_type_that_nobody_knows_stops_a_projection_that_may_have_handled_it() {
    let store = MemoryStore::new();
    let writer = Books::builder(store.clone()).tenants([]).start().await.unwrap();
    append(&store, "account-ann", "account.Paid", "{}").await;
    let last = pay(&writer, &[("ann", 1)]).await;

    let books = start(&store, &Poison::default()).await;
    let error = books.wait_for::<Ledger>(last).await.unwrap_err();
    assert!(matches!(error, WaitForError::Stopped { .. }), "{error}");
    assert!(
        error.to_string().contains("does not know: `account.Paid`"),
        "{error}"
    );
    assert_eq!(status(&books, "ledger").state, ProjectionState::Stopped);
    assert!(entries(&books).await.is_empty(), "nothing was passed over");
}
