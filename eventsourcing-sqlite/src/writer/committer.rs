use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use eventsourcing_core::store::StoreIdentity;
use eventsourcing_core::{Clock, Position};
use rusqlite::Connection;
use tokio::sync::watch;
use tokio::time::Instant;

use super::WriteError;
use super::job::Job;
use super::pace::Pace;
use crate::busy::while_busy;
use crate::read::{Budget, Stop, head_of_log};
use crate::write::{Numbers, Transaction};
use crate::{SqliteError, SqliteErrorKind};

/// Owns the connection that writes.
pub(super) struct Committer {
    connection: Connection,
    numbers: Numbers,
    store: StoreIdentity,
    clock: Arc<dyn Clock>,
    /// The end of the log, as those who wait for it to move know it.
    head: watch::Sender<Position>,
    pace: Pace,
    /// Changes when another process has committed.
    data_version: i64,
    commits_since_checkpoint_was_considered: u32,
}

/// Why jobs were not done.
enum Failure {
    /// They take longer than there is time for here.
    OverBudget,
    /// They fail.
    Error(WriteError),
}

impl Committer {
    pub(super) fn new(
        connection: Connection,
        store: StoreIdentity,
        clock: Arc<dyn Clock>,
        head: watch::Sender<Position>,
    ) -> Self {
        Self {
            connection,
            numbers: Numbers::default(),
            store,
            clock,
            head,
            pace: Pace::default(),
            data_version: 0,
            commits_since_checkpoint_was_considered: 0,
        }
    }

    pub(super) fn is_quick(&self) -> bool {
        self.pace.is_quick()
    }

    /// The connection, for a short read. Unlike those of the readers, it still has the pages that were last used.
    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Does a job in a transaction of its own, or gives it back if the database is in use elsewhere or the job takes long.
    pub(super) fn commit_at_once(&mut self, job: Box<dyn Job>) -> Result<(), Box<dyn Job>> {
        match self.begin() {
            Ok(()) => match self.commit(vec![job], Budget::SMALL).pop() {
                Some(job) => Err(job),
                None => Ok(()),
            },
            Err(error) if error.is_busy() => Err(job),
            Err(error) => {
                job.fail(WriteError::Nothing(error));
                Ok(())
            }
        }
    }

    /// Does jobs in one transaction, and waits for so long while the database is in use elsewhere. If one of them fails,
    /// each is done once more in a transaction of its own.
    pub(super) fn commit_together(&mut self, jobs: Vec<Box<dyn Job>>, patience: Duration) {
        if let Err(error) = while_busy(patience, || self.begin()) {
            return fail(jobs, &WriteError::Nothing(error));
        }
        for job in self.commit(jobs, Budget::UNLIMITED) {
            self.commit_together(vec![job], patience);
        }
    }

    /// Does jobs in the transaction that has begun. Gives them back if they should be done in another way: one by one, or
    /// where there is more time.
    fn commit(&mut self, mut jobs: Vec<Box<dyn Job>>, budget: Budget) -> Vec<Box<dyn Job>> {
        let head = match self.run(&mut jobs, budget) {
            Ok(head) => head,
            Err(failure) => {
                self.roll_back();
                return match failure {
                    Failure::OverBudget => jobs,
                    Failure::Error(_) if jobs.len() > 1 => jobs,
                    Failure::Error(error) => {
                        fail(jobs, &error);
                        Vec::new()
                    }
                };
            }
        };
        match self.end() {
            Ok(()) => {
                self.publish(head);
                jobs.into_iter().for_each(Job::answer);
            }
            Err(error) => {
                self.roll_back();
                fail(jobs, &error);
            }
        }
        Vec::new()
    }

    fn begin(&mut self) -> Result<(), SqliteError> {
        if !self.connection.is_autocommit() {
            // The last one could not be rolled back.
            self.roll_back();
        }
        self.connection.prepare_cached("begin immediate")?.execute([])?;
        Ok(())
    }

    /// Gives the end of the log, which nobody else sees yet. Survives a panic, since nothing is left of a job that is
    /// rolled back.
    fn run(&mut self, jobs: &mut [Box<dyn Job>], budget: Budget) -> Result<Position, Failure> {
        let run = AssertUnwindSafe(|| {
            let now = self.clock.now();
            let mut transaction =
                Transaction::new(&self.connection, &mut self.numbers, self.store, now, budget)?;
            jobs.iter_mut().try_for_each(|job| job.run(&mut transaction))?;
            Ok(transaction.head())
        });
        match catch_unwind(run) {
            Ok(Ok(head)) => Ok(head),
            Ok(Err(Stop::OverBudget)) => Err(Failure::OverBudget),
            Ok(Err(Stop::Sqlite(error))) => Err(Failure::Error(WriteError::Nothing(error))),
            Err(_panic) => Err(Failure::Error(WriteError::Panicked)),
        }
    }

    fn end(&mut self) -> Result<(), WriteError> {
        let begun = Instant::now();
        let committed = self
            .connection
            .prepare_cached("commit")
            .and_then(|mut commit| commit.execute([]));
        self.pace.note(begun.elapsed());
        self.commits_since_checkpoint_was_considered += 1;
        let Err(error) = committed.map_err(SqliteError::from) else {
            return Ok(());
        };
        Err(match error.kind() {
            // What ends the transaction is the last that is written: it is not there.
            SqliteErrorKind::Busy | SqliteErrorKind::DiskFull | SqliteErrorKind::ReadOnly => {
                WriteError::Nothing(error)
            }
            _ => WriteError::Unknown(error),
        })
    }

    fn roll_back(&mut self) {
        self.numbers.forget();
        if self.connection.is_autocommit() {
            return;
        }
        if let Err(error) = self.connection.execute_batch("rollback") {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "a transaction cannot be rolled back"
            );
        }
    }

    /// Looks whether other processes have written, and wakes those who wait for that.
    pub(super) fn look_around(&mut self) {
        match self.foreign_head() {
            Ok(None) => {}
            Ok(Some(head)) => self.publish(head),
            Err(error) => {
                tracing::debug!(
                    error = &error as &dyn std::error::Error,
                    "cannot look for new events"
                );
                // Those who wait will read, and be told.
                self.head.send_modify(|_| {});
            }
        }
    }

    fn foreign_head(&mut self) -> Result<Option<Position>, SqliteError> {
        let data_version: i64 = self
            .connection
            .prepare_cached("pragma data_version")?
            .query_row([], |row| row.get(0))?;
        if data_version == self.data_version {
            return Ok(None);
        }
        let head = head_of_log(&self.connection)?;
        self.data_version = data_version;
        Ok(Some(head))
    }

    fn publish(&self, head: Position) {
        self.head.send_if_modified(|known| {
            let moved = head > *known;
            *known = head.max(*known);
            moved
        });
    }

    /// Whether the write-ahead log may have grown so much that its size is worth a look.
    pub(super) fn should_consider_checkpoint(&self) -> bool {
        const COMMITS: u32 = 64;
        self.commits_since_checkpoint_was_considered >= COMMITS
    }

    /// Moves the write-ahead log into the database, as far as nobody reads it, if there is much to move. What is
    /// acknowledged is safe before, so a failure is only told; the log grows until it works again.
    pub(super) fn checkpoint_if_due(&mut self) {
        const PAGES: i64 = 1_000;
        self.commits_since_checkpoint_was_considered = 0;
        let checkpoint = |mode| {
            self.connection.prepare_cached(mode)?.query_row([], |row| {
                let (in_log, done): (i64, i64) = (row.get(1)?, row.get(2)?);
                Ok(in_log - done)
            })
        };
        let done = checkpoint("pragma wal_checkpoint(noop)").and_then(|pages| {
            if pages < PAGES {
                Ok(pages)
            } else {
                checkpoint("pragma wal_checkpoint(passive)")
            }
        });
        if let Err(error) = done {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the write-ahead log cannot be moved"
            );
        }
    }
}

fn fail(jobs: Vec<Box<dyn Job>>, error: &WriteError) {
    for job in jobs {
        job.fail(error.clone());
    }
}
