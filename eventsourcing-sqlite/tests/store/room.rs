//! When there is no room, or no right to write, that is said, and nothing is lost that was acknowledged.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use eventsourcing_core::store::{Append, AppendError, ErrorClass, Settled};
use eventsourcing_sqlite::{SqliteErrorKind, SqliteStore};
use eventsourcing_testkit::crash::{Report, Victim, Witness, address};
use eventsourcing_testkit::fixture::{NewEventExt, append, event};
use eventsourcing_testkit::history::read_log;
use tempfile::TempDir;
use tokio::runtime::Runtime;

use crate::folder::{Folder, log, sqlite_kind};

#[tokio::test]
async fn a_full_disk_refuses_and_takes_up_again_when_there_is_room() {
    let Some(disk) = Disk::mount(4) else { return };
    let ballast = disk.path().join("ballast");
    fs::write(&ballast, vec![0; 1024 * 1024]).unwrap();
    let store = SqliteStore::open(disk.file()).await.unwrap();
    let log = log(&store);

    let mut written = Vec::new();
    let error = loop {
        match log.append(large()).await {
            Ok(appended) => written.extend(appended.events),
            Err(error) => break error,
        }
    };
    assert_eq!(error.class(), ErrorClass::Retry, "{error:?}");
    assert_eq!(sqlite_kind(&error), Some(SqliteErrorKind::DiskFull), "{error:?}");
    assert_eq!(read_log(&*log).await.unwrap(), written);

    fs::remove_file(ballast).unwrap();
    written.extend(log.append(large()).await.unwrap().events);
    drop((log, store));
    let reopened = SqliteStore::open(disk.file()).await.unwrap();
    assert_eq!(read_log(&*crate::folder::log(&reopened)).await.unwrap(), written);
}

#[tokio::test]
async fn a_read_only_disk_is_told_at_once() {
    let Some(disk) = Disk::mount(4) else { return };
    let store = SqliteStore::open(disk.file()).await.unwrap();
    let written = log(&store).append(large()).await.unwrap().events;
    drop(store);
    disk.remount("ro");
    let error = SqliteStore::open(disk.file()).await.unwrap_err();
    let kind = sqlite_kind(&error);
    assert!(
        matches!(
            kind,
            Some(SqliteErrorKind::ReadOnly | SqliteErrorKind::CannotOpen)
        ),
        "{error:?}"
    );
    disk.remount("rw");
    let reopened = SqliteStore::open(disk.file()).await.unwrap();
    assert_eq!(read_log(&*log(&reopened)).await.unwrap(), written);
}

#[test]
#[ignore = "run by the test below, under a limit on the size of files"]
fn cramped() {
    let Some(file) = address() else { return };
    Runtime::new().unwrap().block_on(async {
        let log = log(&SqliteStore::open(file).await.unwrap());
        let (lost, error) = loop {
            let append = large();
            match log.append(Arc::clone(&append)).await {
                Ok(appended) => {
                    let events = appended.events.iter().map(|event| event.id).collect();
                    Report::Acknowledged {
                        position: appended.position,
                        events,
                    }
                    .tell();
                }
                Err(error) => break (append, error),
            }
        };
        assert!(matches!(error, AppendError::UnknownOutcome(_)), "{error:?}");
        assert_eq!(sqlite_kind(&error), Some(SqliteErrorKind::Io), "{error:?}");
        assert_eq!(log.settle(Arc::clone(&lost)).await.unwrap(), Settled::Absent);
        let there = read_log(&*log).await.unwrap();
        assert!(there.iter().all(|event| event.id != lost.events[0].id));
    });
}

#[test]
fn an_append_that_the_system_fails_to_write_is_of_unknown_outcome_until_it_is_settled() {
    let Some(shell) = shell_with_file_limit() else {
        return;
    };
    let folder = Folder::new();
    let cramped = Victim::test_by(shell, "room::cramped");
    let mut victim = Victim::start(cramped, folder.file(), None).unwrap();
    let mut witness = Witness::new();
    while let Some(report) = victim.next_report() {
        witness.note(report);
    }
    assert!(victim.wait().unwrap().success());
    Runtime::new().unwrap().block_on(async {
        let all = read_log(&*log(&folder.open().await)).await.unwrap();
        assert_eq!(
            witness.check(&all).unwrap().events,
            witness.check(&all).unwrap().acknowledged
        );
    });
}

fn large() -> Arc<Append> {
    Arc::new(append([event("a.Large", "a-1").with_binary(vec![7; 60_000])]))
}

/// Runs this binary so that it can write no more than some MiB to a file, and is told so instead of being killed.
fn shell_with_file_limit() -> Option<Command> {
    if cfg!(not(unix)) {
        skip("limits on the size of files are known on Unix only");
        return None;
    }
    let mut shell = Command::new("sh");
    shell
        .args(["-c", "trap '' XFSZ; ulimit -f 4040; exec \"$0\" \"$@\""])
        .arg(env::current_exe().unwrap());
    Some(shell)
}

/// A disk of a few MiB, in memory.
struct Disk(TempDir);

impl Disk {
    fn mount(megabytes: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={megabytes}m");
        let mount = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &size, "tmpfs"])
            .arg(folder.path())
            .output();
        if mount.is_ok_and(|mount| mount.status.success()) {
            return Some(Self(folder));
        }
        skip("a small disk cannot be mounted without the rights to do so");
        None
    }

    fn remount(&self, mode: &str) {
        let options = format!("remount,{mode}");
        let remount = || {
            Command::new("mount")
                .args(["-o", &options])
                .arg(self.path())
                .status()
                .unwrap()
                .success()
        };
        // Whoever had the file open may still be about to close it.
        while !remount() {
            std::thread::yield_now();
        }
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(&self) -> PathBuf {
        self.path().join("events.db")
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.path()).status();
    }
}

#[expect(
    clippy::print_stderr,
    reason = "whoever runs the tests should know that one did not run"
)]
fn skip(why: &str) {
    eprintln!("SKIPPED: {why}");
}
