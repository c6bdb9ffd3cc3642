//! A backup is another life of the store.

use std::fs;

use eventsourcing_core::store::{CheckpointRefused, EventStore, FeedError, ReadFeed};
use eventsourcing_sqlite::SqliteOptions;
use eventsourcing_testkit::fixture::{append, event};

use crate::folder::{Folder, log};

#[tokio::test]
async fn readers_of_a_life_that_was_are_refused() {
    let folder = Folder::new();
    let store = folder.open().await;
    let happened = || append([event("a.Happened", "a-1")]).into();
    log(&store).append(happened()).await.unwrap();
    folder.connect().execute_batch("pragma wal_checkpoint(full)").unwrap();
    let backup = fs::read(folder.file()).unwrap();
    log(&store).append(happened()).await.unwrap();
    let checkpoint = log(&store).read_feed(&ReadFeed::after(None)).await.unwrap().scanned_to;

    let restored = Folder::new();
    fs::write(restored.file(), backup).unwrap();
    let restored_store = restored.open_with(SqliteOptions::new().restored_from_backup()).await;
    log(&restored_store).append(happened()).await.unwrap();

    assert_eq!(restored_store.identity().id, store.identity().id);
    assert_ne!(restored_store.identity().epoch, store.identity().epoch);
    let refused = log(&restored_store).read_feed(&ReadFeed::after(Some(checkpoint))).await.unwrap_err();
    assert!(
        matches!(refused, FeedError::Checkpoint(CheckpointRefused::OtherStore { .. })),
        "{refused:?}"
    );
    let epoch = restored_store.identity().epoch;
    assert_eq!(restored.open().await.identity().epoch, epoch, "an epoch begins once");
}
