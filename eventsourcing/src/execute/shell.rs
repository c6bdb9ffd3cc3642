use std::sync::Arc;
use std::time::Duration;

use tokio::time::error::Elapsed;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tracing::Instrument as _;

use super::catalog::Catalog;
use super::detached::detached;
use super::machine::{Effect, Input, LoadError, Machine};
use super::queue::{Places, QueueFull, Queues};
use super::{ExecuteError, RetryPolicy};
use crate::command::Decider;
use crate::environment::Spawn;
use crate::snapshot::Snapshotting;
use crate::store::{
    Append, AppendError, Appended, CommandKey, ErrorClass, EventLog, ReadStreams, SavedSnapshot, Settled,
    SnapshotError, SnapshotKey, StoreError, StreamsRead, TenantStore,
};

/// Does what a machine says, and tells it what came of it.
pub(super) struct Shell<'a> {
    pub(super) store: &'a TenantStore,
    pub(super) queues: &'a Queues,
    pub(super) catalog: &'a Catalog,
    pub(super) snapshots: &'a Arc<Snapshotting>,
    pub(super) spawn: &'a dyn Spawn,
    pub(super) policy: RetryPolicy,
    pub(super) deadline: Instant,
}

impl Shell<'_> {
    pub(super) async fn drive<D: Decider>(
        &self,
        machine: &mut Machine<D>,
    ) -> Result<Appended, ExecuteError<D::Rejection>> {
        let mut places = Places::default();
        let mut effect = machine.start();
        loop {
            let input = match effect {
                Effect::TakePlaces(streams) => {
                    let taking = self.queues.take(&self.store.tenant, streams);
                    places = self.in_time(taking).await.map_err(|_| machine.out_of_time())??;
                    Input::PlacesTaken
                }
                Effect::ExtendPlaces(streams) => {
                    let taking = self.queues.extend(places, &self.store.tenant, streams);
                    places = self.in_time(taking).await.map_err(|_| machine.out_of_time())??;
                    Input::PlacesTaken
                }
                Effect::LoadSnapshots(keys) => {
                    let loaded = self.in_time(self.load_snapshots(&keys)).await;
                    Input::SnapshotsLoaded(loaded.map_err(|_| machine.out_of_time())?)
                }
                Effect::Load(read) => {
                    let begun = Instant::now();
                    let loaded = self.in_time(self.load(machine, read)).await;
                    let loaded = loaded.map_err(|_| machine.out_of_time())?;
                    effect = machine.resume(Input::Loaded(loaded));
                    self.take_snapshots(machine, begun.elapsed());
                    continue;
                }
                // Nothing is sent after the deadline.
                Effect::Append(_) if Instant::now() >= self.deadline => return Err(machine.out_of_time()),
                Effect::Append(append) => {
                    let appended;
                    (appended, places) = self.append(append, places).await?;
                    effect = machine.resume(Input::Appended(appended));
                    self.take_snapshots(machine, Duration::ZERO);
                    continue;
                }
                Effect::Pause(pause) => {
                    let paused = self.in_time(sleep(pause)).await;
                    paused.map_err(|_| machine.out_of_time())?;
                    Input::Paused
                }
                Effect::Finish(result) => return result,
            };
            effect = machine.resume(input);
        }
    }

    /// What came of the command with this id, if it has happened before.
    pub(super) async fn first_outcome<E>(
        &self,
        command: Option<CommandKey>,
    ) -> Result<Option<Appended>, ExecuteError<E>> {
        if command.is_none() {
            return Ok(None);
        }
        let read = ReadStreams {
            streams: Vec::new(),
            command,
        };
        let mut random = fastrand::Rng::new();
        let mut attempts = 1;
        loop {
            let read = self.in_time(self.store.log.read_streams(&read)).await;
            match read.map_err(|_| ExecuteError::DeadlineExceeded)? {
                Ok(read) => return Ok(read.repeated),
                Err(error) if error.class() == ErrorClass::Retry => {
                    let pause = self
                        .in_time(sleep(self.policy.pause_after(attempts, &mut random)))
                        .await;
                    pause.map_err(|_| ExecuteError::of_read(error, attempts))?;
                    attempts += 1;
                }
                Err(error) => return Err(ExecuteError::of_read(error, attempts)),
            }
        }
    }

    /// Of states that were folded, which took so long.
    fn take_snapshots<D: Decider>(&self, machine: &mut Machine<D>, took: Duration) {
        for work in machine.take_work(took) {
            self.snapshots.hand_in(&self.store.snapshots, work);
        }
    }

    async fn in_time<T>(&self, future: impl Future<Output = T>) -> Result<T, Elapsed> {
        timeout_at(self.deadline, future).await
    }

    async fn load_snapshots(
        &self,
        keys: &[SnapshotKey],
    ) -> Result<Vec<Option<SavedSnapshot>>, SnapshotError> {
        let span = tracing::debug_span!("load_snapshots", streams = keys.len());
        self.store.snapshots.load(keys).instrument(span).await
    }

    async fn load<D: Decider>(
        &self,
        machine: &Machine<D>,
        read: ReadStreams,
    ) -> Result<StreamsRead, LoadError> {
        let span = tracing::debug_span!("load", attempt = machine.attempts(), streams = read.streams.len());
        async {
            let streams = self.store.log.read_streams(&read).await?;
            if streams.repeated.is_none() {
                self.catalog
                    .check(machine, self.store, streams.dictionary)
                    .await?;
            }
            Ok(streams)
        }
        .instrument(span)
        .await
    }

    /// The append goes on if the caller stops waiting, and keeps its places until its outcome is known.
    async fn append<E>(
        &self,
        append: Append,
        places: Places,
    ) -> Result<(Result<Appended, AppendError>, Places), ExecuteError<E>> {
        let span = tracing::debug_span!(
            "append",
            events = append.events.len(),
            conditions = append.conditions.len()
        );
        let log = Arc::clone(&self.store.log);
        let policy = self.policy;
        let append = async move { (append_and_settle(log, Arc::new(append), policy).await, places) };
        match timeout_at(self.deadline, detached(self.spawn, append.instrument(span))).await {
            Ok(Ok(done)) => Ok(done),
            Ok(Err(died)) => Err(ExecuteError::UnknownOutcome {
                source: Some(died.into()),
            }),
            Err(_) => Err(ExecuteError::UnknownOutcome { source: None }),
        }
    }
}

/// Appends, and if the answer is lost or does not come, asks what became of it. An end to both: a store that hangs does not
/// hold up for ever who waits for the same streams.
pub(crate) async fn append_and_settle(
    log: Arc<dyn EventLog>,
    append: Arc<Append>,
    policy: RetryPolicy,
) -> Result<Appended, AppendError> {
    let lost = match timeout(policy.longest_wait(), log.append(Arc::clone(&append))).await {
        Err(elapsed) => elapsed.into(),
        Ok(Err(AppendError::UnknownOutcome(lost))) => lost,
        Ok(known) => return known,
    };
    tracing::debug!(
        error = &*lost as &dyn std::error::Error,
        "the outcome of an append is unknown"
    );
    let settled = timeout(policy.longest_wait(), settle(&*log, append, policy)).await;
    match settled {
        Ok(Ok(Settled::Present(appended))) => Ok(appended),
        Ok(Ok(Settled::Absent)) => Err(StoreError::unavailable("the append was lost on its way")
            .caused_by(lost)
            .into()),
        Ok(Err(error)) => Err(AppendError::UnknownOutcome(error.into())),
        Err(_) => Err(AppendError::UnknownOutcome(lost)),
    }
}

/// Asks until the store can tell, or is broken.
async fn settle(log: &dyn EventLog, append: Arc<Append>, policy: RetryPolicy) -> Result<Settled, StoreError> {
    let mut random = fastrand::Rng::new();
    let mut attempt = 1;
    loop {
        match log.settle(Arc::clone(&append)).await {
            Ok(settled) => return Ok(settled),
            Err(error) if error.class() == ErrorClass::Bug => return Err(error),
            Err(error) => tracing::debug!(
                error = &error as &dyn std::error::Error,
                attempt,
                "cannot tell yet"
            ),
        }
        sleep(policy.pause_after(attempt, &mut random)).await;
        attempt += 1;
    }
}

impl<E> From<QueueFull> for ExecuteError<E> {
    fn from(QueueFull: QueueFull) -> Self {
        Self::Overloaded { source: None }
    }
}
