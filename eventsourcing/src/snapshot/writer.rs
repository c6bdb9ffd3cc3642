use std::collections::{HashSet, VecDeque};
use std::error::Error;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use super::counts::{Counters, count};
use super::{Code, Save, SnapshotCounts, SnapshotPolicy, UnusableSnapshot, Work};
use crate::environment::Spawn;
use crate::store::{ErrorClass, ForgetSnapshots, SnapshotKey, SnapshotStore};

/// What an executor knows and does about snapshots: takes them in the background, counts, and remembers which code is not to
/// be trusted.
pub(crate) struct Snapshotting {
    pub(crate) policy: SnapshotPolicy,
    spawn: Arc<dyn Spawn>,
    queue: Mutex<Queue>,
    distrusted: RwLock<HashSet<Code>>,
    counters: Counters,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Arc<dyn SnapshotStore>, Work)>,
    /// Whether a task does what is waiting.
    is_worked_on: bool,
    is_closed: bool,
}

/// How much may wait: what has waited longest makes room, as what comes later is worth more.
const LONGEST_QUEUE: usize = 256;

impl Snapshotting {
    pub(crate) fn new(policy: SnapshotPolicy, spawn: Arc<dyn Spawn>) -> Self {
        Self {
            policy,
            spawn,
            queue: Mutex::default(),
            distrusted: RwLock::default(),
            counters: Counters::default(),
        }
    }

    /// Whether snapshots of this code may be used, and taken.
    pub(crate) fn trusts(&self, key: &SnapshotKey) -> bool {
        let distrusted = self.distrusted.read().unwrap_or_else(PoisonError::into_inner);
        distrusted.is_empty() || !distrusted.contains(&Code::of(key))
    }

    /// A command went on from a snapshot.
    pub(crate) fn used(&self) {
        count(&self.counters.used, 1);
    }

    /// A snapshot holds.
    pub(crate) fn verified(&self) {
        count(&self.counters.verified, 1);
    }

    /// A snapshot does not hold: none of its code is trusted any more.
    pub(crate) fn differed(&self, key: &SnapshotKey) {
        count(&self.counters.differed, 1);
        tracing::error!(
            stream = %key.stream,
            state = &*key.state,
            version = key.version,
            fingerprint = %key.fingerprint,
            "a snapshot and what came after it are not what the whole stream is folded into: snapshots of this state are not \
             used any more until the program is started anew; give the state a new version if its code was changed",
        );
        let mut distrusted = self.distrusted.write().unwrap_or_else(PoisonError::into_inner);
        distrusted.insert(Code::of(key));
    }

    /// A snapshot was passed over.
    pub(crate) fn unusable(&self, key: &SnapshotKey, error: &UnusableSnapshot) {
        count(&self.counters.unusable, 1);
        tracing::warn!(
            stream = %key.stream,
            state = &*key.state,
            error = error as &dyn Error,
            "a snapshot cannot be read: the stream is read from its start"
        );
    }

    /// The store did not do what it was asked to.
    pub(crate) fn failed(&self, error: &(dyn Error + 'static), class: ErrorClass) {
        count(&self.counters.failed, 1);
        match class {
            ErrorClass::Bug | ErrorClass::Rejected => tracing::warn!(error, "the store refuses a snapshot"),
            _ => tracing::debug!(error, "the store has no time for snapshots"),
        }
    }

    pub(crate) fn counts(&self) -> SnapshotCounts {
        let waiting = {
            let queue = self.lock();
            queue.waiting.len() + usize::from(queue.is_worked_on)
        };
        self.counters.read(u64::try_from(waiting).unwrap_or(u64::MAX))
    }

    /// Does something in the background, or drops it if there is too much to do.
    pub(crate) fn hand_in(self: &Arc<Self>, store: &Arc<dyn SnapshotStore>, work: Work) {
        let mut queue = self.lock();
        if queue.is_closed {
            count(&self.counters.dropped, 1);
            return;
        }
        if let Some(older) = queue.find_replaced(store, &work) {
            *older = work;
            return;
        }
        if queue.waiting.len() >= LONGEST_QUEUE {
            queue.waiting.pop_front();
            count(&self.counters.dropped, 1);
        }
        queue.waiting.push_back((Arc::clone(store), work));
        if !queue.is_worked_on {
            queue.is_worked_on = true;
            drop(queue);
            let worker = Worker {
                snapshotting: Arc::clone(self),
                is_done: false,
            };
            self.spawn.spawn(Box::pin(worker.run()));
        }
    }

    /// Does nothing more: what is waiting is dropped.
    pub(crate) fn close(&self) {
        let mut queue = self.lock();
        queue.is_closed = true;
        let dropped = std::mem::take(&mut queue.waiting).len();
        drop(queue);
        count(&self.counters.dropped, u64::try_from(dropped).unwrap_or(u64::MAX));
    }

    async fn save(&self, store: &dyn SnapshotStore, save: &Save) {
        let snapshot = match save.snapshot() {
            Ok(snapshot) => snapshot,
            Err(error) => {
                count(&self.counters.failed, 1);
                tracing::warn!(
                    stream = %save.key.stream,
                    state = &*save.key.state,
                    error = &error as &dyn Error,
                    "a state cannot be written to a snapshot"
                );
                return;
            }
        };
        match store.save(&snapshot, self.policy.keep).await {
            Ok(()) => count(&self.counters.taken, 1),
            Err(error) => self.failed(&error, error.class()),
        }
    }

    /// A panic leaves it as it was: nothing that is done while the lock is held can panic.
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// A snapshot of the same place that is not needed any more if this one is taken. Only handles tell tenants and stores apart.
    fn find_replaced(&mut self, store: &Arc<dyn SnapshotStore>, work: &Work) -> Option<&mut Work> {
        let Work::Save(save) = work else { return None };
        let is_replaced = |(of, waiting): &&mut (Arc<dyn SnapshotStore>, Work)| {
            Arc::ptr_eq(of, store) && matches!(waiting, Work::Save(older) if save.replaces(older))
        };
        let replaced = self.waiting.iter_mut().find(is_replaced);
        replaced.map(|(_, waiting)| waiting)
    }
}

/// The task that does what is waiting, and ends when nothing is.
struct Worker {
    snapshotting: Arc<Snapshotting>,
    is_done: bool,
}

impl Worker {
    async fn run(mut self) {
        while let Some((store, work)) = self.next() {
            match work {
                Work::Save(save) => self.snapshotting.save(&*store, &save).await,
                Work::Forget(stream) => {
                    if let Err(error) = store.forget(&ForgetSnapshots::OfStream(stream)).await {
                        self.snapshotting.failed(&error, error.class());
                    }
                }
            }
        }
    }

    fn next(&mut self) -> Option<(Arc<dyn SnapshotStore>, Work)> {
        let mut queue = self.snapshotting.lock();
        let next = queue.waiting.pop_front();
        if next.is_none() {
            queue.is_worked_on = false;
            self.is_done = true;
        }
        next
    }
}

impl Drop for Worker {
    /// If it has panicked, or its runtime has ended, the next one may go on.
    fn drop(&mut self) {
        if !self.is_done {
            self.snapshotting.lock().is_worked_on = false;
        }
    }
}

impl fmt::Debug for Snapshotting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshotting")
            .field("policy", &self.policy)
            .field("counts", &self.counts())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
