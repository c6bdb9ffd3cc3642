//! A store that is closed leaves its file alone.

use std::fs;
use std::sync::Arc;

use eventsourcing_core::store::{AppendError, ErrorClass, EventStore, ReadFeed};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_testkit::fixture::{append, event, read, whole};
use futures_util::future::{join, join_all, join3};

use crate::folder::{Folder, log};

#[tokio::test]
async fn once_closed_there_is_one_file_which_can_be_moved_and_opened() {
    let folder = Folder::new();
    let store = folder.open().await;
    let log = log(&store);
    log.append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();
    let companion = |suffix| folder.file().with_extension(format!("db-{suffix}"));
    assert!(companion("wal").exists());
    store.close().await;
    assert!(!companion("wal").exists());
    assert!(!companion("shm").exists());

    // The handles are still there.
    let moved = Folder::new();
    fs::rename(folder.file(), moved.file()).unwrap();
    let reopened = moved.open().await;
    assert_eq!(reopened.identity(), store.identity());
    let streams = crate::folder::log(&reopened)
        .read_streams(&read([whole("a-1")]))
        .await
        .unwrap();
    assert_eq!(streams.slices[0].head.get(), 1);
    drop(log);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_handed_in_before_is_settled_when_the_store_is_closed() {
    // So few are all handed in before anything else is done.
    const WRITES: u64 = 30;
    let folder = Folder::new();
    let store = folder.open().await;
    let log = log(&store);
    let writes = (0..WRITES).map(|_| log.append(append([event("a.Happened", "a-1")]).into()));
    let (appended, ()) = join(join_all(writes), store.close()).await;
    assert!(appended.iter().all(Result::is_ok), "{appended:?}");

    let reopened = folder.open().await;
    let streams = crate::folder::log(&reopened)
        .read_streams(&read([whole("a-1")]))
        .await
        .unwrap();
    assert_eq!(streams.slices[0].head.get(), WRITES);
}

#[tokio::test]
async fn a_store_that_is_closed_is_unavailable() {
    let folder = Folder::new();
    let store = folder.open().await;
    store.close().await;
    store.clone().close().await;

    let tenant = store.tenant(&TenantId::DEFAULT);
    let sent = Arc::new(append([event("a.Happened", "a-1")]));
    let appended = tenant.log.append(Arc::clone(&sent)).await.unwrap_err();
    assert!(matches!(appended, AppendError::Store(_)), "{appended:?}");
    let page = ReadFeed::after(None);
    let classes = [
        appended.class(),
        tenant.log.settle(sent).await.unwrap_err().class(),
        tenant
            .log
            .read_streams(&read([whole("a-1")]))
            .await
            .unwrap_err()
            .class(),
        tenant.log.read_feed(&page).await.unwrap_err().class(),
        tenant.log.dictionary().await.unwrap_err().class(),
        tenant.log.wait_beyond(Position::START).await.unwrap_err().class(),
        tenant.checkpoints.load("reader").await.unwrap_err().class(),
        tenant.checkpoints.forget("reader").await.unwrap_err().class(),
    ];
    assert_eq!(classes, [ErrorClass::Retry; 8]);
    assert_eq!(appended.to_string(), "the store is closed");
}

#[tokio::test]
async fn whoever_waits_for_events_is_told_that_there_will_be_none() {
    let folder = Folder::new();
    let store = folder.open().await;
    let log = log(&store);
    let (first, second) = (
        log.wait_beyond(Position::START),
        log.wait_beyond(Position::new(7)),
    );
    let (first, second, ()) = join3(first, second, store.close()).await;
    // They may look for themselves, and then find out.
    for waited in [first, second] {
        assert_eq!(waited.unwrap(), Position::START);
    }
    assert!(log.wait_beyond(Position::START).await.is_err());
}
