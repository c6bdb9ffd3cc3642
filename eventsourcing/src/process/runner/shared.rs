use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::sleep;

use super::super::{Behaviour, Failure, Manager, Outgoing, Sent, metadata_caused_by};
use super::Surroundings;
use super::board::Board;
use super::course::Course;
use super::parked::{ManagerName, ReactedTo};
use super::policy::ProcessPolicy;
use super::step::{Answer, Effect, End, Input, Site};
use super::trouble::{Remedy, SendError, Trouble};
use crate::environment::Environment;
use crate::execute::{Placement, RetryPolicy, StoreNumber, append_and_settle};
use crate::known::TypeCheck;
use crate::store::{
    Append, AppendError, Appended, Checkpoint, CommandKey, Progress, ReadError, ReadStream, ReadStreams,
    StoreError, StoreIdentity, StreamSlice, TenantStore,
};
use crate::stream::StreamKey as _;
use crate::{
    Actor, Category, CausationId, Clock as _, CommandId, Metadata, Position, RecordedEvent, StreamId,
    TenantId, Timestamp, Version,
};

/// Executes what process managers send.
#[async_trait]
pub(crate) trait SendCommands: fmt::Debug + Send + Sync + 'static {
    /// The store that all streams of a command are in, if that is known before it is sent.
    fn store_of(&self, category: Option<&str>, name: &str) -> Option<StoreNumber>;

    /// Executes a command, once under its key, with this metadata; and moves a reader in the same append. Returns its events,
    /// or those of what has happened under the key before.
    async fn send(
        &self,
        tenant: &TenantStore,
        command: &Outgoing,
        key: CommandKey,
        metadata: Metadata,
        progress: Option<Progress>,
    ) -> Result<Vec<Arc<RecordedEvent>>, SendError>;
}

/// What everybody shares who works for a process manager, at the events of one store.
pub(super) struct Shared {
    pub(super) manager: Manager,
    /// Where the events are, the progress, and what is parked.
    pub(super) tenant: TenantStore,
    store: StoreIdentity,
    pub(super) number: StoreNumber,
    /// The categories of that store, if it is not the main one.
    pub(super) categories: Vec<Category>,
    /// Whether it records what it sends although it has no state.
    records: bool,
    pub(super) family: Arc<Family>,
    commands: Arc<dyn SendCommands>,
    pub(super) environment: Environment,
    pub(super) policy: ProcessPolicy,
    /// On whose behalf its commands run.
    pub(super) actor: Actor,
    pub(super) name: ManagerName,
    pub(super) parked_stream: StreamId,
    /// Sees to it that nothing is passed over because its type was renamed.
    pub(super) types: TypeCheck,
    stop: watch::Receiver<bool>,
    /// Why it does not go on, if it does not.
    pub(super) ended: watch::Sender<Option<String>>,
}

/// What those share who work for one process manager and one tenant, at the events of all stores.
pub(super) struct Family {
    placement: Arc<Placement>,
    /// The data of the tenant in each store.
    tenants: Vec<TenantStore>,
    pub(super) board: Board,
}

impl Family {
    pub(super) fn new(surroundings: &Surroundings, tenant: &TenantId) -> Self {
        let sources = &surroundings.sources;
        Self {
            placement: Arc::clone(&surroundings.placement),
            tenants: sources.iter().map(|source| source.store.tenant(tenant)).collect(),
            board: Board::new(sources.len()),
        }
    }
}

impl Shared {
    pub(super) fn new(
        manager: Manager,
        family: &Arc<Family>,
        number: StoreNumber,
        surroundings: &Surroundings,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, InvalidManagerName> {
        let source = &surroundings.sources[number.get()];
        let commands = Arc::clone(&surroundings.commands);
        let stays = |sent: &Sent| commands.store_of(sent.category, sent.name) == Some(number);
        let records =
            matches!(manager.behaviour, Behaviour::Stateless(_)) && !manager.sends.iter().all(stays);
        let name = ManagerName(manager.name.to_owned());
        let invalid = || InvalidManagerName(manager.name);
        let parked_stream = name.stream().map_err(|_| invalid())?;
        let actor = Actor::new(&format!("process:{}", manager.name)).map_err(|_| invalid())?;
        let events = manager.on.iter().map(|listened| listened.event);
        let types = surroundings.known.check_for(events);
        Ok(Self {
            manager,
            tenant: family.tenants[number.get()].clone(),
            store: source.store.identity(),
            number,
            categories: source.categories.clone(),
            records,
            family: Arc::clone(family),
            commands,
            environment: surroundings.environment.clone(),
            policy: surroundings.policy,
            actor,
            name,
            parked_stream,
            types,
            stop,
            ended: watch::Sender::new(None),
        })
    }

    pub(super) fn behaviour(&self) -> Behaviour {
        self.manager.behaviour
    }

    pub(super) fn checkpoint(&self, position: Position) -> Checkpoint {
        Checkpoint {
            store: self.store,
            position,
        }
    }

    // ---- stopping and waiting

    pub(super) fn stopping(&self) -> bool {
        // Whoever could say so is gone: that is as good as saying it.
        *self.stop.borrow() || self.stop.has_changed().is_err() || self.ended.borrow().is_some()
    }

    /// Returns when everything is to stop.
    pub(super) async fn stopped(&self) {
        let mut stop = self.stop.clone();
        let mut ended = self.ended.subscribe();
        tokio::select! {
            // An error says that whoever could say so is gone.
            _ = stop.wait_for(|stop| *stop) => {}
            _ = ended.wait_for(Option::is_some) => {}
        }
    }

    /// Ends the manager: there is no use in going on, and a person has to look.
    pub(super) fn give_up(&self, trouble: &Trouble) {
        tracing::error!(
            manager = self.manager.name,
            tenant = %self.tenant.tenant,
            error = trouble as &dyn std::error::Error,
            "the process manager cannot go on"
        );
        self.ended.send_if_modified(|ended| {
            let first = ended.is_none();
            ended.get_or_insert_with(|| trouble.reason());
            first
        });
    }

    /// Whether it is no use to try an event again here, after so many failures.
    pub(super) fn is_hopeless(&self, trouble: &Trouble, failures: u32) -> bool {
        match trouble.remedy() {
            Remedy::Wait => false,
            Remedy::TryAgain => failures >= self.policy.attempts,
            Remedy::Park => true,
        }
    }

    /// Pauses, unless everything is to stop.
    pub(super) async fn pause_after(&self, trouble: &Trouble, failures: u32) {
        tracing::debug!(
            manager = self.manager.name,
            error = trouble as &dyn std::error::Error,
            failures,
            "will try again"
        );
        self.pause(self.policy.pause_after(failures)).await;
    }

    pub(super) async fn pause(&self, pause: Duration) {
        tokio::select! {
            () = sleep(pause) => {}
            () = self.stopped() => {}
        }
    }

    /// Pauses until a moment; without one, for ever.
    pub(super) async fn pause_until(&self, moment: Option<Timestamp>) {
        match moment {
            Some(moment) => sleep(moment.since(self.environment.clock.now())).await,
            None => std::future::pending().await,
        }
    }

    // ---- the course of an event

    /// The course of an event for an instance.
    pub(super) fn course(
        &self,
        event: &Arc<RecordedEvent>,
        instance: &StreamId,
        progress: Option<Progress>,
    ) -> Result<Course, Trouble> {
        let (own, own_stream) = match self.manager.behaviour {
            Behaviour::Stateful(_) => (self.family.placement.of(instance.category()), instance.clone()),
            Behaviour::Stateless(_) if self.records => (self.number, self.sent_on(event)?),
            Behaviour::Stateless(_) => (self.number, instance.clone()),
        };
        let site = Site {
            source: self.number,
            own,
            records: self.records,
            is_split: self.family.placement.is_split(),
        };
        Ok(Course::new(
            self.manager.name,
            self.manager.behaviour,
            site,
            Arc::clone(event),
            own_stream,
            progress,
        ))
    }

    /// The stream in which it is recorded what was sent on an event.
    fn sent_on(&self, event: &RecordedEvent) -> Result<StreamId, Failure> {
        let key = ReactedTo(format!("{}/{}", self.manager.name, event.id));
        key.to_stream_id().map_err(|error| Failure::InvalidKey {
            event: self.manager.name,
            source: error.into(),
        })
    }

    /// Does what a course says, and tells it what came of it.
    pub(super) async fn run(&self, mut course: Course, cause: &RecordedEvent) -> End {
        let mut effect = course.start();
        loop {
            let input = match effect {
                Effect::Read(store, stream) => {
                    Input::Read(read(self.at(store), &stream, Version::ABSENT).await)
                }
                Effect::Write(store, append) => Input::Written(append_to(self.at(store), append).await),
                Effect::Send {
                    command,
                    causation,
                    progress,
                } => {
                    let metadata = self.metadata(cause, command.id, causation);
                    match command.key() {
                        Ok(key) => Input::Answered(self.send(&command, key, metadata, progress).await),
                        Err(error) => return End::Failed(error.into()),
                    }
                }
                Effect::Finish(end) => return end,
            };
            effect = course.resume(input);
        }
    }

    /// What follows from an event belongs to the same story, and runs on behalf of the manager.
    fn metadata(&self, cause: &RecordedEvent, command: CommandId, causation: CausationId) -> Metadata {
        Metadata {
            causation_id: causation,
            actor: Some(self.actor.clone()),
            ..metadata_caused_by(cause, command)
        }
    }

    /// Sends a command. The reader moves along if the command goes to the store where its progress is.
    async fn send(
        &self,
        command: &Outgoing,
        key: CommandKey,
        metadata: Metadata,
        progress: Option<Progress>,
    ) -> Result<Answer, SendError> {
        let store = self.commands.store_of(command.category(), &command.name);
        let could_move = store == Some(self.number);
        let progress = progress.filter(|_| could_move);
        let sent = self.commands.send(&self.tenant, command, key, metadata, progress);
        Ok(Answer {
            events: sent.await?,
            could_move,
        })
    }

    fn at(&self, store: StoreNumber) -> &TenantStore {
        &self.family.tenants[store.get()]
    }

    /// Appends where the events are, and finds out what became of it.
    pub(super) async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        append_to(&self.tenant, append).await
    }
}

/// Reads a stream after a version.
pub(super) async fn read(
    store: &TenantStore,
    stream: &StreamId,
    after: Version,
) -> Result<StreamSlice, ReadError> {
    let read = ReadStreams {
        streams: vec![ReadStream {
            after,
            ..ReadStream::whole(stream.clone())
        }],
        command: None,
    };
    let read = store.log.read_streams(&read).await?;
    let slice = read.slices.into_iter().next();
    slice.ok_or_else(|| StoreError::broken("it returned no stream where one was asked for").into())
}

/// Appends, and finds out what became of it.
async fn append_to(store: &TenantStore, append: Append) -> Result<Appended, AppendError> {
    append_and_settle(Arc::clone(&store.log), Arc::new(append), RetryPolicy::default()).await
}

/// A process manager whose name cannot be part of the name of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of the process manager `{0}` is too long, or holds control characters")]
pub struct InvalidManagerName(&'static str);
