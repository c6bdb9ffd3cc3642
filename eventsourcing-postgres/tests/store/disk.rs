//! The disk is full: whoever writes is told so, and nothing that was acknowledged is lost.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use eventsourcing_core::store::{ErrorClass, EventLog, EventStore, ReadFeed, Settled};
use eventsourcing_core::{EventId, TenantId};
use eventsourcing_postgres::PostgresOptions;
use eventsourcing_testkit::fixture::{NewEventExt, append, event};
use postgres_server::Server;

#[tokio::test]
#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests has to know what is left out"
)]
async fn a_full_disk_loses_nothing_and_appends_go_on_when_there_is_space() {
    let Some(disk) = SmallDisk::mount() else {
        eprintln!("NOT TESTED: a full disk, for only root can mount one");
        return;
    };
    let mut server =
        Server::start_in(disk.0.path(), &["max_wal_size=32MB", "min_wal_size=32MB"]).expect("a server");
    let options = PostgresOptions::new(&server.url()).expect("an address");
    let log = options
        .connect()
        .await
        .expect("a store")
        .tenant(&TenantId::DEFAULT)
        .log;
    let mut acknowledged = HashSet::from([write(&*log).await.expect("there is space")]);
    let ballast = fill(disk.0.path());

    let failed = loop {
        match write(&*log).await {
            Ok(id) => assert!(acknowledged.insert(id)),
            Err(failed) => break failed,
        }
        assert!(acknowledged.len() < 10_000, "the disk is never full");
    };
    let class = failed.class;
    assert!(
        matches!(class, ErrorClass::Retry | ErrorClass::UnknownOutcome),
        "{failed:?}"
    );

    fs::remove_file(ballast).expect("there is space again");
    // Where the log could not be written, the server has given up.
    server.stop().expect("an end");
    server.restart().expect("a new beginning");
    if let Settled::Present(appended) = settle(&*log, failed).await {
        acknowledged.extend(appended.events.iter().map(|event| event.id));
    }
    acknowledged.insert(write(&*log).await.expect("there is space"));
    assert_eq!(everything(&*log).await, acknowledged);
}

/// An append that did not succeed.
#[derive(Debug)]
struct Failed {
    class: ErrorClass,
    append: Arc<eventsourcing_core::store::Append>,
}

async fn write(log: &dyn EventLog) -> Result<EventId, Failed> {
    let payload = format!("\"{}\"", "x".repeat(60_000));
    let event = event("a.Big", "a-1").with_payload(payload);
    let (id, append) = (event.id, Arc::new(append([event])));
    match log.append(Arc::clone(&append)).await {
        Ok(_) => Ok(id),
        Err(error) => Err(Failed {
            class: error.class(),
            append,
        }),
    }
}

async fn settle(log: &dyn EventLog, failed: Failed) -> Settled {
    loop {
        match log.settle(Arc::clone(&failed.append)).await {
            Ok(settled) => return settled,
            Err(error) => assert_eq!(error.class(), ErrorClass::Retry, "{error:?}"),
        }
    }
}

async fn everything(log: &dyn EventLog) -> HashSet<EventId> {
    let mut read = ReadFeed::after(None);
    let mut ids = HashSet::new();
    loop {
        let page = log.read_feed(&read).await.expect("a page");
        for event in &page.events {
            assert!(ids.insert(event.id), "no event comes twice");
        }
        read.after = Some(page.scanned_to);
        if page.is_last() {
            return ids;
        }
    }
}

/// Writes to a file until nothing more fits on the disk.
fn fill(disk: &Path) -> std::path::PathBuf {
    let path = disk.join("ballast");
    let mut file = File::create(&path).expect("a file");
    for size in [65_536, 1] {
        while file.write_all(&vec![0; size]).is_ok() {}
    }
    path
}

/// A file system in memory.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a folder");
        let mut mount = Command::new("mount");
        mount
            .args(["-t", "tmpfs", "-o", "size=128m,mode=755", "tmpfs"])
            .arg(folder.path());
        mount.output().ok()?.status.success().then(|| Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // The folder below goes next.
        let _ = Command::new("umount").arg("--lazy").arg(self.0.path()).status();
    }
}
