use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use super::super::{Behaviour, Manager, Outgoing, metadata_caused_by};
use super::course::{Course, Effect, End, Input};
use super::parked::{ManagerName, Parked, ParkingEvent};
use super::policy::ProcessPolicy;
use super::trouble::{Remedy, SendError, Trouble};
use crate::environment::Environment;
use crate::event::{EncodeError, Event as _};
use crate::execute::{RetryPolicy, append_and_settle};
use crate::store::{
    Append, AppendError, Appended, Checkpoint, CommandKey, ErrorClass, Progress, ReadError, ReadStream,
    ReadStreams, StoreError, StoreIdentity, StreamSlice, TenantStore,
};
use crate::{
    Actor, CausationId, Clock as _, CommandId, EventId, EventTypeName, Metadata, NewEvent, Position,
    RecordedEvent, StreamId, Timestamp, TypeFilter, Version,
};

/// Executes what process managers send.
#[async_trait]
pub(crate) trait SendCommands: fmt::Debug + Send + Sync + 'static {
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

/// What everybody who works for a process manager shares.
pub(super) struct Shared {
    pub(super) manager: Manager,
    pub(super) tenant: TenantStore,
    store: StoreIdentity,
    commands: Arc<dyn SendCommands>,
    pub(super) environment: Environment,
    pub(super) policy: ProcessPolicy,
    /// On whose behalf its commands run.
    actor: Actor,
    name: ManagerName,
    pub(super) parked_stream: StreamId,
    parked: Mutex<Parked>,
    /// Told whenever something was parked or released.
    pub(super) parked_changed: Notify,
    stop: watch::Receiver<bool>,
    /// Why it does not go on, if it does not.
    pub(super) ended: watch::Sender<Option<String>>,
}

impl Shared {
    pub(super) fn new(
        manager: Manager,
        tenant: TenantStore,
        store: StoreIdentity,
        commands: Arc<dyn SendCommands>,
        environment: Environment,
        policy: ProcessPolicy,
        stop: watch::Receiver<bool>,
    ) -> Result<Self, InvalidManagerName> {
        let name = ManagerName(manager.name.to_owned());
        let invalid = || InvalidManagerName(manager.name);
        let parked_stream = name.stream().map_err(|_| invalid())?;
        let actor = Actor::new(&format!("process:{}", manager.name)).map_err(|_| invalid())?;
        Ok(Self {
            manager,
            tenant,
            store,
            commands,
            environment,
            policy,
            actor,
            name,
            parked_stream,
            parked: Mutex::default(),
            parked_changed: Notify::new(),
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

    /// Does what a course says, and tells it what came of it.
    pub(super) async fn run(&self, mut course: Course, cause: &RecordedEvent) -> End {
        let mut effect = course.start();
        loop {
            let input = match effect {
                Effect::Read(stream) => Input::Read(self.read(&stream, Version::ABSENT).await),
                Effect::Write(append) => Input::Written(self.append(append).await),
                Effect::Send {
                    command,
                    causation,
                    progress,
                } => {
                    let metadata = self.metadata(cause, command.id, causation);
                    match command.key() {
                        Ok(key) => {
                            let sent = self
                                .commands
                                .send(&self.tenant, &command, key, metadata, progress);
                            Input::Answered(sent.await)
                        }
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

    async fn read(&self, stream: &StreamId, after: Version) -> Result<StreamSlice, ReadError> {
        let read = ReadStreams {
            streams: vec![ReadStream {
                stream: stream.clone(),
                after,
                types: TypeFilter::All,
            }],
            command: None,
        };
        let read = self.tenant.log.read_streams(&read).await?;
        let slice = read.slices.into_iter().next();
        slice.ok_or_else(|| StoreError::broken("it returned no stream where one was asked for").into())
    }

    /// Appends, and finds out what became of it.
    pub(super) async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        append_and_settle(
            Arc::clone(&self.tenant.log),
            Arc::new(append),
            RetryPolicy::default(),
        )
        .await
    }

    // ---- what is parked

    pub(super) fn parked(&self) -> MutexGuard<'_, Parked> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is to be recorded of an event that is set aside.
    pub(super) fn parked_event(
        &self,
        event: &RecordedEvent,
        instance: &StreamId,
        trouble: Option<&Trouble>,
    ) -> ParkingEvent {
        ParkingEvent::Parked {
            manager: self.name.clone(),
            instance: instance.to_string(),
            event: event.id,
            position: event.position,
            reason: trouble.map(Trouble::reason),
            again_at: trouble.and_then(|trouble| self.again_at(trouble, 1)),
        }
    }

    /// What is to be recorded of an event that was tried again in vain, for the so-manieth time.
    pub(super) fn parked_again(&self, event: EventId, trouble: &Trouble, attempts: u32) -> ParkingEvent {
        ParkingEvent::ParkedAgain {
            manager: self.name.clone(),
            event,
            reason: trouble.reason(),
            again_at: self.again_at(trouble, attempts),
        }
    }

    pub(super) fn released(&self, event: EventId, skipped: bool) -> ParkingEvent {
        ParkingEvent::Released {
            manager: self.name.clone(),
            event,
            skipped,
        }
    }

    /// What only time can mend is tried again by itself, a few times.
    fn again_at(&self, trouble: &Trouble, attempts: u32) -> Option<Timestamp> {
        let again = trouble.remedy() != Remedy::Park && attempts <= self.policy.retries;
        let pause = self
            .policy
            .pause_after(self.policy.attempts.saturating_add(attempts));
        again.then(|| self.environment.clock.now().after(pause))
    }

    /// Records something about parked events, and moves a reader along.
    pub(super) fn parking(
        &self,
        event: &ParkingEvent,
        progress: Option<Progress>,
    ) -> Result<Append, EncodeError> {
        let encoded = event.encode()?;
        let command = CommandId::new(self.environment.ids.new_id());
        let mut metadata = Metadata::of_command(command);
        metadata.actor = Some(self.actor.clone());
        Ok(Append {
            events: vec![NewEvent {
                id: EventId::new(self.environment.ids.new_id()),
                event_type: EventTypeName::from_static(encoded.event_type.name),
                schema_version: encoded.event_type.version,
                content_type: encoded.content_type,
                payload: encoded.payload,
                metadata: metadata.to_bytes(),
                home: self.parked_stream.clone(),
                links: Vec::new(),
            }],
            progress,
            ..Append::default()
        })
    }

    /// Reads what was recorded about parked events since it was last read, however long the store is away.
    pub(super) async fn catch_up_with_parked(&self) -> Result<(), StoreError> {
        let mut failures = 0;
        while !self.stopping() {
            match self.reload_parked().await {
                Err(error) if matches!(error.class(), ErrorClass::Retry | ErrorClass::Overloaded) => {
                    failures += 1;
                    self.pause_after(&AppendError::from(error).into(), failures).await;
                }
                read => return read,
            }
        }
        Ok(())
    }

    /// Reads what was recorded about parked events since it was last read.
    pub(super) async fn reload_parked(&self) -> Result<(), StoreError> {
        let after = self.parked().version;
        let slice = match self.read(&self.parked_stream, after).await {
            Ok(slice) => slice,
            Err(ReadError::Store(error)) => return Err(error),
            Err(error) => return Err(StoreError::broken("the parked events cannot be read").caused_by(error)),
        };
        let mut parked = self.parked();
        for event in &slice.events {
            let applied = parked.apply(&self.parked_stream, event);
            applied
                .map_err(|failure| StoreError::broken("a parked event cannot be read").caused_by(failure))?;
        }
        drop(parked);
        self.parked_changed.notify_waiters();
        Ok(())
    }
}

/// A process manager whose name cannot be part of the name of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the name of the process manager `{0}` is too long, or holds control characters")]
pub struct InvalidManagerName(&'static str);
