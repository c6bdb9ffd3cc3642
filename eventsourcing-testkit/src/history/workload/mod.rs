//! Clients that get into each other's way, at random.

mod client;
mod follower;
mod plan;

use std::error::Error;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;

use eventsourcing_core::store::{EventStore, FeedFilter, ReadStream, ReadStreams};
use eventsourcing_core::{Position, RecordedEvent, TenantId};
use futures_util::future::{Either, select, try_join_all};

use self::client::Client;
use self::follower::Follower;
use self::plan::Scene;
use super::patience::Patience;
use super::{History, RecordingStore, Report, check, read_log};

/// A random load: clients who read and write the same few streams, and followers of the feed.
///
/// Commands read up to three streams, with or without a type filter, and write none, some or others of them, with
/// events that are linked to further streams. Some have a command id, and some of those are sent again. Who meets a
/// conflict decides anew; who does not learn the outcome, or drops the future of an append, asks what became of it.
///
/// Everything follows from the seed, unless the store or the threads bring in chance of their own.
#[derive(Clone, Debug)]
pub struct Workload {
    seed: u64,
    tenant: TenantId,
    clients: u32,
    commands: usize,
    streams: usize,
    attempts: usize,
}

/// What a client of a [`Workload`] does: for [`Workload::run_on`], to be run wherever.
pub type ClientTask = Pin<Box<dyn Future<Output = Result<(), WorkloadError>> + Send>>;

impl Workload {
    /// Eight clients of the default tenant, of a hundred commands each, on twelve streams.
    pub const fn new(seed: u64) -> Self {
        Self {
            seed,
            tenant: TenantId::DEFAULT,
            clients: 8,
            commands: 100,
            streams: 12,
            attempts: 8,
        }
    }

    /// On whose behalf. The tenant must not have events yet.
    #[must_use]
    pub fn tenant(self, tenant: TenantId) -> Self {
        Self { tenant, ..self }
    }

    /// How many clients there are at the same time.
    #[must_use]
    pub fn clients(self, clients: u32) -> Self {
        Self { clients, ..self }
    }

    /// How many commands each client issues.
    #[must_use]
    pub fn commands(self, commands: usize) -> Self {
        Self { commands, ..self }
    }

    /// How many streams there are, at least one. The fewer, the more conflicts.
    #[must_use]
    pub fn streams(self, streams: usize) -> Self {
        Self {
            streams: streams.max(1),
            ..self
        }
    }

    /// How often a command is decided before its client gives up.
    #[must_use]
    pub fn attempts(self, attempts: usize) -> Self {
        Self { attempts, ..self }
    }

    /// Runs all clients in turns, in the calling task. With a store that is always ready, the same seed gives the same
    /// history.
    ///
    /// # Errors
    /// If the store gives an answer that no client can go on from: see [`WorkloadError`].
    pub async fn run(&self, store: Arc<dyn EventStore>) -> Result<Run, WorkloadError> {
        self.run_on(store, |client| client).await
    }

    /// Runs each client on what `spawn` makes of it: a thread of a runtime, say.
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use eventsourcing_memory::MemoryStore;
    /// use eventsourcing_testkit::history::Workload;
    /// use tokio::task::JoinSet;
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let on_threads = |client| async {
    ///     let mut set = JoinSet::new();
    ///     set.spawn(client);
    ///     set.join_next().await.expect("one task").expect("no panic")
    /// };
    /// let run = Workload::new(7).commands(20).run_on(Arc::new(MemoryStore::new()), on_threads).await?;
    /// run.check().assert_clean();
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// If the store gives an answer that no client can go on from: see [`WorkloadError`].
    pub async fn run_on<F>(
        &self,
        store: Arc<dyn EventStore>,
        spawn: impl Fn(ClientTask) -> F + Send,
    ) -> Result<Run, WorkloadError>
    where
        F: Future<Output = Result<(), WorkloadError>> + Send,
    {
        let recording = RecordingStore::new(Arc::clone(&store));
        let scene = Arc::new(Scene::new(self.streams));
        let mut seeds = fastrand::Rng::with_seed(self.seed);
        let client = |number| {
            let log = recording.client(number).tenant(&self.tenant).log;
            let client = Client::new(log, Arc::clone(&scene), seeds.fork());
            spawn(Box::pin(client.run(self.commands, self.attempts)))
        };
        let clients: Vec<F> = (1..=self.clients).map(client).collect();
        let follower = |(number, (name, filter))| {
            let tenant = recording.client(number).tenant(&self.tenant);
            let recorder = recording.recorder(&self.tenant);
            let recorder = recorder.subscriber(name, FeedFilter::clone(&filter), Position::START);
            Follower::new(tenant.log, recorder, filter, seeds.fork())
        };
        let mut followers: Vec<Follower> = (self.clients + 1..).zip(scene.feeds()).map(follower).collect();

        followed(try_join_all(clients), &mut followers).await?;
        for follower in &mut followers {
            follower.catch_up().await?;
        }
        self.read_everything(&recording, &scene).await?;
        let log = read_log(&*store.tenant(&self.tenant).log).await;
        Ok(Run {
            history: recording.recorder(&self.tenant).history(),
            log: log.map_err(WorkloadError::new)?,
        })
    }

    /// So that the streams are compared with the log at least once after all is over.
    async fn read_everything(&self, recording: &RecordingStore, scene: &Scene) -> Result<(), WorkloadError> {
        let log = recording.tenant(&self.tenant).log;
        for stream in &scene.streams {
            let whole = ReadStream::whole(stream.clone());
            let read = ReadStreams {
                streams: vec![whole],
                command: None,
            };
            let mut patience = Patience::new();
            while let Err(error) = log.read_streams(&read).await {
                patience
                    .after(error.class(), error)
                    .await
                    .map_err(WorkloadError::new)?;
            }
        }
        Ok(())
    }
}

/// Works while everybody follows.
async fn followed<T>(
    work: impl Future<Output = Result<T, WorkloadError>>,
    followers: &mut [Follower],
) -> Result<T, WorkloadError> {
    let following = try_join_all(followers.iter_mut().map(Follower::follow));
    match select(pin!(work), pin!(following)).await {
        Either::Left((done, _)) => done,
        Either::Right((Err(error), _)) => Err(error),
        // There is nobody to follow.
        Either::Right((Ok(_), work)) => work.await,
    }
}

/// The store has rejected what is acceptable, said that it is broken, or was not available for too long.
#[derive(Debug, thiserror::Error)]
#[error("the workload cannot go on")]
pub struct WorkloadError(#[source] Box<dyn Error + Send + Sync>);

impl WorkloadError {
    fn new(source: impl Error + Send + Sync + 'static) -> Self {
        Self(Box::new(source))
    }
}

/// What a [`Workload`] has led to.
#[derive(Clone, Debug)]
pub struct Run {
    /// What the clients and followers did, and were told.
    pub history: History,
    /// The log when all was over.
    pub log: Vec<Arc<RecordedEvent>>,
}

impl Run {
    /// Judges it.
    pub fn check(&self) -> Report {
        check(&self.history, &self.log)
    }
}
