//! A store that turns up elsewhere begins a new epoch: nobody goes on from a place that may not be there.

use std::num::NonZeroU32;
use std::sync::Arc;

use eventsourcing_core::store::{
    Checkpoint, CheckpointRefused, ErrorClass, EventStore, FeedError, ReadFeed, TenantStore,
};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_postgres::{PostgresOptions, PostgresStore};
use eventsourcing_testkit::conformance::Setup;
use eventsourcing_testkit::fixture::{append, event, snapshot, snapshot_key};
use postgres_server::Server;

use crate::schema::{TestSchema, connect};

#[tokio::test]
async fn a_restored_dump_is_another_epoch_and_refuses_old_checkpoints() {
    let server = Server::start().expect("a server");
    let original = open(&server.url()).await;
    let tenant = original.tenant(&TenantId::DEFAULT);
    happen(&tenant, 3).await;
    let end = tenant
        .log
        .read_feed(&ReadFeed::after(None))
        .await
        .expect("a page")
        .scanned_to;
    tenant
        .checkpoints
        .save("reader", end)
        .await
        .expect("it is the end of the log");

    connect(&server.url())
        .await
        .batch_execute("create database restored")
        .await
        .expect("a database");
    let dump = server.folder().join("data/dump.sql");
    for (program, option) in [("pg_dump", "-f"), ("psql", "-f")] {
        let database = if program == "psql" {
            server.url_of("restored")
        } else {
            server.url()
        };
        let mut run = server.program(program);
        let done = run
            .arg("-d")
            .arg(database)
            .arg(option)
            .arg(&dump)
            .output()
            .expect(program);
        assert!(done.status.success(), "{program}: {done:?}");
    }

    let restored = open(&server.url_of("restored")).await;
    assert_eq!(restored.identity().id, original.identity().id);
    assert_ne!(restored.identity().epoch, original.identity().epoch);
    let tenant = restored.tenant(&TenantId::DEFAULT);
    let refused = tenant.log.read_feed(&ReadFeed::after(Some(end))).await;
    assert!(
        matches!(
            refused,
            Err(FeedError::Checkpoint(CheckpointRefused::OtherStore { .. }))
        ),
        "{refused:?}"
    );
    tenant
        .checkpoints
        .save("reader", end)
        .await
        .expect_err("it is of the old epoch");
    let rebuilt = Checkpoint {
        store: restored.identity(),
        position: Position::new(1),
    };
    tenant
        .checkpoints
        .save("reader", rebuilt)
        .await
        .expect("one of the old epoch makes room for one of this");
    let loaded = tenant.checkpoints.load("reader").await;
    assert_eq!(loaded.expect("it is there"), Some(rebuilt));
    let events = tenant
        .log
        .read_feed(&ReadFeed::after(None))
        .await
        .expect("a page")
        .events;
    assert_eq!(events.len(), 3, "everything is there");
    happen(&tenant, 1).await;

    let again = open(&server.url()).await;
    assert_eq!(
        again.identity(),
        original.identity(),
        "the original stays what it is"
    );
}

#[tokio::test]
async fn a_standby_can_be_read_and_is_another_epoch_when_it_takes_over() {
    let primary = Server::start().expect("a server");
    let before = open(&primary.url()).await;
    happen(&before.tenant(&TenantId::DEFAULT), 3).await;
    let standby = primary.standby().expect("a standby");

    let reading = open(&standby.url()).await;
    assert_eq!(reading.identity(), before.identity());
    let tenant = reading.tenant(&TenantId::DEFAULT);
    let page = tenant
        .log
        .read_feed(&ReadFeed::after(None))
        .await
        .expect("a page");
    assert_eq!(page.events.len(), 3);
    let refused = tenant
        .log
        .append(Arc::new(append([event("a.Happened", "a-1")])))
        .await;
    let refused = refused.expect_err("a standby is read-only");
    assert_eq!(
        (refused.class(), refused.to_string().as_str()),
        (ErrorClass::Retry, "the database is read-only")
    );

    drop(primary);
    connect(&standby.url())
        .await
        .query_one("select pg_promote()", &[])
        .await
        .expect("it takes over");
    let stale = tenant
        .log
        .append(Arc::new(append([event("a.Happened", "a-1")])))
        .await;
    assert_eq!(
        stale.expect_err("the handle is of the old epoch").class(),
        ErrorClass::Bug
    );
    let after = open(&standby.url()).await;
    assert_ne!(after.identity().epoch, before.identity().epoch);
    happen(&after.tenant(&TenantId::DEFAULT), 1).await;
}

#[tokio::test]
async fn a_standby_of_synchronous_replication_takes_over_in_the_same_epoch() {
    let primary = Server::start().expect("a server");
    let before = open(&primary.url()).await;
    happen(&before.tenant(&TenantId::DEFAULT), 3).await;
    connect(&primary.url())
        .await
        .batch_execute("update eventsourcing.store set timeline_matters = false")
        .await
        .expect("a setting");
    assert_eq!(open(&primary.url()).await.identity(), before.identity());
    let standby = primary.standby().expect("a standby");
    let reading = open(&standby.url()).await;

    drop(primary);
    connect(&standby.url())
        .await
        .query_one("select pg_promote()", &[])
        .await
        .expect("it takes over");
    happen(&reading.tenant(&TenantId::DEFAULT), 1).await;
    let after = open(&standby.url()).await;
    assert_eq!(after.identity(), before.identity());
    happen(&after.tenant(&TenantId::DEFAULT), 1).await;
}

#[tokio::test]
async fn snapshots_of_another_epoch_are_neither_found_nor_saved_and_make_room() {
    let schema = TestSchema::new();
    let before = schema.open().await.tenant(&TenantId::DEFAULT);
    happen(&before, 2).await;
    let (key, keep) = (snapshot_key("a-1"), NonZeroU32::MIN);
    let save = async |tenant: &TenantStore, at| tenant.snapshots.save(&snapshot("a-1", at), keep).await;
    save(&before, 2).await.expect("saved");
    let begin = format!("update {}.store set epoch = gen_random_uuid()", schema.name);
    let client = schema.client().await;
    client.batch_execute(&begin).await.expect("an epoch");

    let refused = save(&before, 2).await.expect_err("the epoch is over");
    assert_eq!(refused.class(), ErrorClass::Bug);
    let after = schema.open().await.tenant(&TenantId::DEFAULT);
    let keys = [key];
    assert_eq!(after.snapshots.load(&keys).await.expect("none"), [None]);
    save(&after, 1)
        .await
        .expect("an older one is the newest of this epoch");
    let found = after.snapshots.load(&keys).await.expect("one").remove(0);
    assert_eq!(found.map(|saved| saved.snapshot), Some(snapshot("a-1", 1)));
    let count = format!("select count(*) from {}.snapshots", schema.name);
    let left: i64 = client.query_one(&count, &[]).await.expect("a count").get(0);
    assert_eq!(left, 1);
    Setup::remove(&schema).await;
}

#[tokio::test]
async fn an_epoch_that_is_begun_by_hand_ends_all_handles() {
    let schema = TestSchema::new();
    let tenant = schema.open().await.tenant(&TenantId::DEFAULT);
    happen(&tenant, 1).await;
    let begin = format!("update {}.store set epoch = gen_random_uuid()", schema.name);
    schema
        .client()
        .await
        .batch_execute(&begin)
        .await
        .expect("an epoch");
    let refused = tenant
        .log
        .append(Arc::new(append([event("a.Happened", "a-1")])))
        .await;
    assert_eq!(refused.expect_err("the epoch is over").class(), ErrorClass::Bug);
    let mut page = ReadFeed::after(None);
    let error = loop {
        match tenant.log.read_feed(&page).await {
            Ok(found) => {
                page.after = Some(found.scanned_to);
                tenant
                    .log
                    .wait_beyond(found.head)
                    .await
                    .expect("whoever waits is woken");
            }
            Err(error) => break error,
        }
    };
    assert_eq!(error.class(), ErrorClass::Bug, "{error:?}");
    Setup::remove(&schema).await;
}

async fn open(url: &str) -> PostgresStore {
    let options = PostgresOptions::new(url).expect("an address");
    options.connect().await.expect("the store should open")
}

async fn happen(tenant: &TenantStore, times: usize) {
    let events = (0..times).map(|_| event("a.Happened", "a-1"));
    tenant
        .log
        .append(Arc::new(append(events)))
        .await
        .expect("appended");
}
