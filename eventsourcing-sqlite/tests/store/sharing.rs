//! What others do with the file is waited for, and seen.

use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::{ErrorClass, EventLog, EventStore, ReadFeed};
use eventsourcing_core::{Position, TenantId};
use eventsourcing_sqlite::{SqliteErrorKind, SqliteOptions};
use eventsourcing_testkit::crash::{Report, Victim, Witness};
use eventsourcing_testkit::fixture::{append, event, read, tenant, whole};
use eventsourcing_testkit::history::{Workload, read_log};
use futures_util::future::{join, join_all};
use rusqlite::Connection;

use crate::folder::{Folder, log, sqlite_kind};

#[tokio::test]
async fn a_write_waits_while_somebody_else_is_writing() {
    let folder = Folder::new();
    let log = log(&folder.open().await);
    let lock = lock(&folder);
    let appending = log.append(append([event("a.Happened", "a-1")]).into());
    let reading = async {
        // Reads do not wait: by the time that this one is answered, the append is on its way.
        assert_eq!(head(&*log).await, 0);
        lock.execute_batch("rollback").unwrap();
    };
    let (appended, ()) = join(appending, reading).await;
    appended.unwrap();
    assert_eq!(head(&*log).await, 1);
}

#[tokio::test]
async fn a_write_that_has_waited_for_too_long_may_be_tried_again() {
    let folder = Folder::new();
    let log = log(&folder
        .open_with(SqliteOptions::new().busy_timeout(Duration::from_millis(5)))
        .await);
    let lock = lock(&folder);
    let error = log
        .append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap_err();
    assert_eq!(error.class(), ErrorClass::Retry);
    assert_eq!(sqlite_kind(&error), Some(SqliteErrorKind::Busy));
    lock.execute_batch("rollback").unwrap();
    assert_eq!(head(&*log).await, 0);
    log.append(append([event("a.Happened", "a-1")]).into())
        .await
        .unwrap();
}

#[tokio::test]
async fn a_queue_that_is_full_refuses() {
    let folder = Folder::new();
    let log = log(&folder.open_with(SqliteOptions::new().longest_queue(2)).await);
    let happened = || Arc::new(append([event("a.Happened", "a-1")]));
    let four = [
        log.append(happened()),
        log.append(happened()),
        log.append(happened()),
        log.append(happened()),
    ];
    let mut classes = Vec::new();
    for answer in join_all(four).await {
        classes.extend(answer.err().map(|error| error.class()));
    }
    assert_eq!(classes, [ErrorClass::Overloaded, ErrorClass::Overloaded]);
    assert_eq!(head(&*log).await, 2);
}

#[test]
#[ignore = "run by the test below, as another process"]
fn neighbour() {
    crate::kills::work_at_address();
}

/// The neighbour belongs to the default tenant, the clients of the workload to another one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_work_on_one_file() {
    let folder = Folder::new();
    let store = folder.open().await;
    let mut neighbour =
        Victim::start(Victim::test("sharing::neighbour").unwrap(), folder.file(), None).unwrap();
    let started = neighbour
        .next_report()
        .expect("the neighbour should say something");

    let foreign = store.tenant(&TenantId::DEFAULT).log;
    let workload = Workload::new(11).tenant(tenant("ours")).clients(4).commands(100);
    let (run, seen) = join(workload.run(Arc::new(store.clone())), follow(&*foreign, 500)).await;
    run.unwrap().check().assert_clean();

    let mut witness = Witness::new();
    witness.note(started);
    for report in neighbour.kill().unwrap() {
        witness.note(report);
    }
    let mut onlooker = Witness::new();
    for position in seen {
        onlooker.note(Report::Seen { position });
    }
    let all = read_log(&*log(&store)).await.unwrap();
    witness.check(&all).unwrap();
    onlooker.check(&all).unwrap();
}

/// Waits for so many events of another process.
async fn follow(log: &dyn EventLog, events: usize) -> Vec<Position> {
    let mut seen = Vec::new();
    let mut read = ReadFeed::after(None);
    while seen.len() < events {
        let page = log.read_feed(&read).await.unwrap();
        seen.extend(page.events.iter().map(|event| event.position));
        read.after = Some(page.scanned_to);
        log.wait_beyond(page.scanned_to.position).await.unwrap();
    }
    seen
}

/// Somebody else who is writing.
fn lock(folder: &Folder) -> Connection {
    let connection = folder.connect();
    connection.execute_batch("begin immediate").unwrap();
    connection
}

async fn head(log: &dyn EventLog) -> u64 {
    log.read_streams(&read([whole("a-1")])).await.unwrap().slices[0]
        .head
        .get()
}
