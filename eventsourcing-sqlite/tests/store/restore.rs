//! A backup is another life of the store.

use std::num::NonZeroU32;

use eventsourcing_core::store::{Checkpoint, CheckpointRefused, ErrorClass, EventStore, FeedError, ReadFeed};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_sqlite::SqliteOptions;
use eventsourcing_testkit::fixture::{AppendExt, append, event, snapshot, snapshot_key};
use eventsourcing_testkit::history::read_log;

use crate::folder::{Folder, log};

#[tokio::test]
async fn a_backup_is_made_while_the_store_is_in_use() {
    let folder = Folder::new();
    let store = folder.open().await;
    log(&store)
        .append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();
    let written = read_log(&*log(&store)).await.unwrap();
    let restored = backup(&folder);
    log(&store)
        .append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();

    let restored = restored
        .open_with(SqliteOptions::new().restored_from_backup())
        .await;
    assert_eq!(read_log(&*log(&restored)).await.unwrap(), written);
}

#[tokio::test]
async fn readers_of_a_life_that_was_are_refused() {
    let folder = Folder::new();
    let store = folder.open().await;
    let happened = || append([event("a.Happened", "a-1")]).into();
    log(&store).append(happened()).await.unwrap();
    let restored = backup(&folder);
    log(&store).append(happened()).await.unwrap();
    let checkpoint = log(&store)
        .read_feed(&ReadFeed::after(None))
        .await
        .unwrap()
        .scanned_to;

    let restored_store = restored
        .open_with(SqliteOptions::new().restored_from_backup())
        .await;
    log(&restored_store).append(happened()).await.unwrap();
    assert_eq!(restored_store.identity().id, store.identity().id);
    assert_ne!(restored_store.identity().epoch, store.identity().epoch);
    let refused = log(&restored_store)
        .read_feed(&ReadFeed::after(Some(checkpoint)))
        .await
        .unwrap_err();
    assert!(
        matches!(
            refused,
            FeedError::Checkpoint(CheckpointRefused::OtherStore { .. })
        ),
        "{refused:?}"
    );
    let epoch = restored_store.identity().epoch;
    assert_eq!(
        restored.open().await.identity().epoch,
        epoch,
        "an epoch begins once"
    );
}

#[tokio::test]
async fn a_snapshot_of_a_life_that_was_is_not_found_and_makes_room() {
    let folder = Folder::new();
    let before = folder.open().await.tenant(&TenantId::DEFAULT);
    let happened = || append([event("a.Happened", "a-1")]).into();
    before.log.append(happened()).await.unwrap();
    before.log.append(happened()).await.unwrap();
    let keep = NonZeroU32::MIN;
    before.snapshots.save(&snapshot("a-1", 2), keep).await.unwrap();

    let restored = backup(&folder)
        .open_with(SqliteOptions::new().restored_from_backup())
        .await;
    let after = restored.tenant(&TenantId::DEFAULT).snapshots;
    let keys = [snapshot_key("a-1")];
    assert_eq!(after.load(&keys).await.unwrap(), [None]);
    after.save(&snapshot("a-1", 1), keep).await.unwrap();
    let found = after.load(&keys).await.unwrap().remove(0);
    assert_eq!(found.map(|saved| saved.snapshot), Some(snapshot("a-1", 1)));
}

#[tokio::test]
async fn a_checkpoint_of_a_life_that_was_makes_room_for_one_of_this() {
    let folder = Folder::new();
    let store = folder.open().await;
    let tenant = store.tenant(&TenantId::DEFAULT);
    let happened = || append([event("a.Happened", "a-1")]).into();
    tenant.log.append(happened()).await.unwrap();
    tenant.log.append(happened()).await.unwrap();
    let end = tenant
        .log
        .read_feed(&ReadFeed::after(None))
        .await
        .unwrap()
        .scanned_to;
    tenant.checkpoints.save("reader", end).await.unwrap();

    let restored = backup(&folder)
        .open_with(SqliteOptions::new().restored_from_backup())
        .await;
    let checkpoints = restored.tenant(&TenantId::DEFAULT).checkpoints;
    let rebuilt = Checkpoint {
        store: restored.identity(),
        position: Position::new(1),
    };
    checkpoints.save("reader", rebuilt).await.unwrap();
    assert_eq!(checkpoints.load("reader").await.unwrap(), Some(rebuilt));
}

#[tokio::test]
async fn a_reader_from_a_life_that_was_may_be_moved_anywhere_in_this() {
    let folder = Folder::new();
    let store = folder.open().await;
    let tenant = store.tenant(&TenantId::DEFAULT);
    let happened = append([event("a.Happened", "a-1"), event("a.Happened", "a-1")]);
    let end = Checkpoint {
        store: store.identity(),
        position: tenant.log.append(happened.into()).await.unwrap().position,
    };
    let moved = append([]).moving("reader", None, end);
    tenant.log.append(moved.into()).await.unwrap();

    let restored = backup(&folder)
        .open_with(SqliteOptions::new().restored_from_backup())
        .await;
    let tenant = restored.tenant(&TenantId::DEFAULT);
    let here = |position| Checkpoint {
        store: restored.identity(),
        position: Position::new(position),
    };
    let astray = append([]).moving("reader", Some(here(2)), here(2));
    let overtaken = tenant.log.append(astray.into()).await.unwrap_err();
    assert_eq!(overtaken.class(), ErrorClass::Overtaken);
    let landing = append([]).moving("reader", Some(end), here(1));
    tenant.log.append(landing.into()).await.unwrap();
    assert_eq!(tenant.checkpoints.load("reader").await.unwrap(), Some(here(1)));
}

/// Another folder with a copy of the store.
fn backup(folder: &Folder) -> Folder {
    let restored = Folder::new();
    let file = restored.file();
    folder
        .connect()
        .execute("vacuum into ?1", [file.to_str().unwrap()])
        .unwrap();
    restored
}
