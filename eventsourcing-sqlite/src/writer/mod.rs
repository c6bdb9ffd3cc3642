//! The one who writes.
//!
//! Everything that is to be done goes into one queue, and from there into transactions, in that order. Where there is a
//! queue, a thread does what is in it, many jobs in one transaction: the disk is synced once for all of them. Where there
//! is none, and commits are quick, whoever has come does the job at once, on its own thread: two hops between threads
//! would take about as long as the job.
//!
//! A job that is in the queue is done, whether anybody still waits for it or not.
//!
//! Whoever writes on a connection of its own, as SQL of projections does, waits in the same queue until the [`Turn`] is lent to it. So it
//! meets nobody of this process in SQLite's busy handler, nobody gets ahead of those who have come before, and what has come
//! meanwhile is done in one transaction.

mod committer;
mod company;
mod error;
mod job;
mod pace;
mod queue;
mod thread;
mod turn;

use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use eventsourcing_core::store::StoreIdentity;
use eventsourcing_core::{Clock, Position};
use rusqlite::Connection;
use tokio::sync::watch;
use tokio::task::yield_now;

use self::committer::Committer;
use self::company::Company;
pub(crate) use self::error::{CLOSED, WriteError};
use self::job::job;
use self::queue::{Queue, Ticket, Waiting};
pub(crate) use self::turn::Turn;
use crate::write::Write;

/// How the writer works.
pub(crate) struct WriterSettings {
    pub(crate) store: StoreIdentity,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) busy_timeout: Duration,
    pub(crate) longest_queue: usize,
    pub(crate) poll_interval: Duration,
}

/// Hands in what is to be written. When it is dropped, what was handed in is still done.
pub(crate) struct Writer {
    shared: Arc<Shared>,
    head: watch::Sender<Position>,
    /// Gone when the thread is.
    ended: watch::Receiver<()>,
}

struct Shared {
    queue: Queue,
    company: Company,
    /// Locked before the queue, by whoever takes something out of it to do it. Gone when the thread is.
    committer: Mutex<Option<Committer>>,
}

impl Writer {
    /// Starts the thread.
    pub(crate) fn start(
        connection: Connection,
        head: Position,
        settings: WriterSettings,
    ) -> io::Result<Self> {
        let head = watch::Sender::new(head);
        let WriterSettings {
            store,
            clock,
            busy_timeout,
            longest_queue,
            poll_interval,
        } = settings;
        let shared = Arc::new(Shared {
            queue: Queue::new(longest_queue),
            company: Company::default(),
            committer: Mutex::new(Some(Committer::new(connection, store, clock, head.clone()))),
        });
        let (end, ended) = watch::channel(());
        thread::start(
            Arc::clone(&shared),
            head.clone(),
            end,
            busy_timeout,
            poll_interval,
        )?;
        Ok(Self { shared, head, ended })
    }

    /// Has something done. It is done even if the future is dropped, once that was polled.
    pub(crate) async fn write<W: Write>(&self, write: W) -> Result<W::Answer, WriteError> {
        let is_small = write.is_small();
        let (job, outcome) = job(write);
        let ticket = self.shared.queue.push(Waiting::Job(job))?;
        let call = CallWhenDropped {
            queue: &self.shared.queue,
            needed: true,
        };
        if is_small && self.shared.company.is_likely() {
            // Others that are about to hand something in do so now: all of it goes into one transaction.
            yield_now().await;
        }
        if is_small && self.shared.commit_if_only(ticket) {
            call.forgo();
        } else {
            drop(call);
        }
        outcome.await.unwrap_or(Err(WriteError::Gone))
    }

    /// Waits for the turn to write. Those who have come before are done first, and those who come later wait until it is given
    /// back. Other processes are not kept from writing.
    #[cfg_attr(
        not(feature = "sqlx"),
        expect(dead_code, reason = "there is no other connection that writes")
    )]
    pub(crate) async fn turn(&self) -> Result<Turn, WriteError> {
        let (asked, lent) = turn::ask();
        self.shared.queue.push(Waiting::Turn(asked))?;
        self.shared.queue.call();
        lent.await.map_err(|_stopped| WriteError::Stopped)
    }

    /// Reads on the writer's own connection, if it has nothing to do.
    pub(crate) fn read_if_idle<T>(&self, read: impl FnOnce(&Connection) -> T) -> Option<T> {
        let committer = if self.shared.queue.is_empty() {
            self.shared.try_lock()
        } else {
            None
        }?;
        committer.as_ref().map(|committer| read(committer.connection()))
    }

    /// Waits until the log has moved past a position, or there is reason to look for oneself.
    pub(crate) async fn wait_beyond(&self, position: Position) -> Result<Position, WriteError> {
        let mut head = self.head.subscribe();
        let known = *head.borrow_and_update();
        if known > position {
            return Ok(known);
        }
        if self.shared.queue.is_closed() {
            return Err(WriteError::Closed);
        }
        // The thread is to look for what other processes do, now and from time to time.
        self.shared.queue.call();
        // The sender is a part of this writer.
        drop(head.changed().await);
        Ok(*head.borrow())
    }

    /// Lets nothing more be handed in, and waits until everything is done and the connection is closed.
    pub(crate) async fn close(&self) {
        self.shared.queue.close();
        // Those who wait for events have to hear of it.
        self.head.send_modify(|_| {});
        let mut ended = self.ended.clone();
        while ended.changed().await.is_ok() {}
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.shared.queue.close();
    }
}

/// Calls the thread, so that a job is not forgotten whose future is dropped.
struct CallWhenDropped<'a> {
    queue: &'a Queue,
    needed: bool,
}

impl CallWhenDropped<'_> {
    fn forgo(mut self) {
        self.needed = false;
    }
}

impl Drop for CallWhenDropped<'_> {
    fn drop(&mut self) {
        if self.needed {
            self.queue.call();
        }
    }
}

impl Shared {
    /// Does a job on this thread, if nobody else wants anything and it is quick.
    fn commit_if_only(&self, ticket: Ticket) -> bool {
        let Some(mut guard) = self.try_lock() else {
            self.company.met();
            return false;
        };
        let Some(committer) = guard.as_mut() else {
            return false;
        };
        if !self.queue.has_only(ticket) {
            self.company.met();
            return false;
        }
        self.company.was_alone();
        if !committer.is_quick() {
            return false;
        }
        let Some(job) = self.queue.take_only(ticket) else {
            return false;
        };
        match committer.commit_at_once(job) {
            Ok(()) => {
                if committer.should_consider_checkpoint() {
                    self.queue.call();
                }
                true
            }
            Err(job) => {
                self.queue.put_back(ticket, job);
                false
            }
        }
    }

    /// Whether nothing is waiting, nor being done.
    fn is_done(&self) -> bool {
        let _committer = self.lock();
        self.queue.is_empty()
    }

    /// The committer, until the thread has come to its end. A panic while the lock is held leaves an open transaction at most,
    /// which the next one rolls back.
    fn lock(&self) -> MutexGuard<'_, Option<Committer>> {
        self.committer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, Option<Committer>>> {
        match self.committer.try_lock() {
            Ok(committer) => Some(committer),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }
}
