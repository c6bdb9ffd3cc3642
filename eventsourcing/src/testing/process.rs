use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

use super::commands::{self, Commands};
use super::events::Events;
use super::past::{Past, Written};
use super::render;
use crate::process::{Behaviour, Failure, Outgoing, ProcessManager, Reaction, SentBy};
use crate::stream::StreamKey;
use crate::wire::Rejection;
use crate::{NewEvent, Position, RecordedEvent, StreamId, StreamVersion, TenantId, Timestamp, Version};

/// A process manager that has reacted to everything that was given. Nobody executes what it sends: that they led to further
/// events, or were rejected, is for the test to say.
///
/// Each step restores the instance from what was recorded of it, as the runtime does.
pub struct Process<M> {
    past: Past,
    now: Timestamp,
    instances: HashMap<StreamId, Vec<Arc<RecordedEvent>>>,
    /// What was sent, by the stream of the instance.
    sent: Vec<(StreamId, Outgoing)>,
    of: PhantomData<fn() -> M>,
}

impl<M: ProcessManager> Process<M> {
    /// # Panics
    /// If it could not react to what was given.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test whose past cannot have been has failed")]
    pub(super) fn new(past: Past, now: Timestamp) -> Self {
        let events = past.events().to_vec();
        let mut process = Self {
            past,
            now,
            instances: HashMap::new(),
            sent: Vec::new(),
            of: PhantomData,
        };
        for event in events {
            if let Err(failure) = process.react(&event) {
                let (name, failure) = (M::MANAGER.name, render::chain(&failure));
                panic!(
                    "`{name}` could not react to a `{}` that was given: {failure}",
                    event.event_type
                )
            }
        }
        process
    }

    /// It is now this time, for events from here on.
    #[must_use]
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// These events happen, one after the other.
    ///
    /// # Panics
    /// If an event cannot be written, or does not say which stream it belongs to.
    #[track_caller]
    pub fn when(self, events: impl Events) -> Reacted<M> {
        self.when_written(events.written(None))
    }

    /// These events of an aggregate happen, one after the other: in its stream, unless they name another.
    ///
    /// # Panics
    /// If an event cannot be written, or the id does not name a stream.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test that cannot even name its streams has failed")]
    pub fn when_in<K: StreamKey>(self, id: &K, events: impl Events) -> Reacted<M> {
        let stream = id
            .to_stream_id()
            .unwrap_or_else(|error| panic!("{id:?} names no stream: {error}"));
        self.when_written(events.written(Some(&stream)))
    }

    fn when_written(mut self, events: Vec<Written>) -> Reacted<M> {
        let mut sent = Ok(Vec::new());
        for event in events {
            self.past.add(event, self.now);
            let event = self.past.events().last().cloned();
            if let (Ok(all), Some(event)) = (&mut sent, event) {
                match self.react(&event) {
                    Ok(commands) => all.extend(commands),
                    Err(failure) => sent = Err(failure),
                }
            }
        }
        Reacted { process: self, sent }
    }

    /// A command that it has sent is rejected: the last one like this.
    ///
    /// # Panics
    /// If it has not sent such a command, or has no `#[on_rejected]` for it: the instance would be parked.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    #[expect(clippy::needless_pass_by_value, reason = "a test reads better without `&`")]
    pub fn when_rejected<C: SentBy<M>>(mut self, command: C, rejection: Rejection) -> Reacted<M> {
        let name = M::MANAGER.name;
        let shown = commands::shown::<M, C>(&command);
        let like_this = |(_, sent): &&(StreamId, Outgoing)| render::outgoing(sent) == shown;
        let Some((instance, command)) = self.sent.iter().rev().find(like_this).cloned() else {
            panic!("`{name}` has not sent this command, so it cannot be rejected\n{shown}")
        };
        let sent = match self.refuse(&instance, &command, &rejection) {
            Ok(Some(commands)) => Ok(commands),
            Ok(None) => panic!(
                "`{name}` has no `#[on_rejected]` for `{}`, so its instance would be parked",
                command.name
            ),
            Err(failure) => Err(failure),
        };
        Reacted { process: self, sent }
    }

    fn react(&mut self, event: &Arc<RecordedEvent>) -> Result<Vec<Outgoing>, Failure> {
        let Some(instance) = M::MANAGER.behaviour.instance(event)? else {
            return Ok(Vec::new());
        };
        let commands = match M::MANAGER.behaviour {
            Behaviour::Stateless(manager) => manager.react(event)?,
            Behaviour::Stateful(manager) => {
                let reaction = manager.replay(&instance, self.history(&instance))?.react(event)?;
                self.record(&instance, reaction).unwrap_or_default()
            }
        };
        self.remember(&instance, &commands);
        Ok(commands)
    }

    /// What it sends in response; `None` if nobody handles the rejection.
    fn refuse(
        &mut self,
        instance: &StreamId,
        command: &Outgoing,
        rejection: &Rejection,
    ) -> Result<Option<Vec<Outgoing>>, Failure> {
        let Behaviour::Stateful(manager) = M::MANAGER.behaviour else {
            return Ok(None);
        };
        let mut replayed = manager.replay(instance, self.history(instance))?;
        let reaction = replayed.refused(command.id, rejection)?;
        let commands = self.record(instance, reaction);
        self.remember(instance, commands.as_deref().unwrap_or_default());
        Ok(commands)
    }

    fn history(&self, instance: &StreamId) -> &[Arc<RecordedEvent>] {
        self.instances.get(instance).map_or(&[], Vec::as_slice)
    }

    fn record(&mut self, instance: &StreamId, reaction: Reaction) -> Option<Vec<Outgoing>> {
        match reaction {
            Reaction::PassedOver => None,
            Reaction::Repeated { commands } => Some(commands),
            Reaction::New { record, commands } => {
                let history = self.instances.entry(instance.clone()).or_default();
                history.push(stored(record, history.len(), self.now));
                Some(commands)
            }
        }
    }

    fn remember(&mut self, instance: &StreamId, commands: &[Outgoing]) {
        let sent = commands.iter().map(|command| (instance.clone(), command.clone()));
        self.sent.extend(sent);
    }
}

/// What a store makes of a record.
fn stored(record: NewEvent, before: usize, now: Timestamp) -> Arc<RecordedEvent> {
    let number = before as u64 + 1;
    Arc::new(RecordedEvent {
        id: record.id,
        tenant: TenantId::DEFAULT,
        position: Position::new(number),
        event_type: record.event_type,
        schema_version: record.schema_version,
        content_type: record.content_type,
        payload: record.payload,
        metadata: record.metadata,
        recorded_at: now,
        home: StreamVersion {
            stream: record.home,
            version: Version::new(number),
        },
        links: Vec::new(),
    })
}

impl<M: ProcessManager> fmt::Debug for Process<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process")
            .field("manager", &M::MANAGER.name)
            .field("sent", &self.sent)
            .finish_non_exhaustive()
    }
}

/// What a process manager made of an event, or of a rejection.
#[must_use = "a scenario checks nothing until it comes to `then_sends`"]
pub struct Reacted<M> {
    process: Process<M>,
    sent: Result<Vec<Outgoing>, Failure>,
}

impl<M: ProcessManager> Reacted<M> {
    /// It sent these commands, in this order, and no others.
    ///
    /// # Panics
    /// If it did not, with the difference.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn then_sends(self, expected: impl Commands<M>) -> Process<M> {
        let (name, expected) = (M::MANAGER.name, expected.shown().concat());
        match &self.sent {
            Ok(sent) => {
                let found = all(sent);
                assert!(
                    expected == found,
                    "`{name}` sent other commands than expected\n{}",
                    render::diff(&expected, &found)
                );
                self.process
            }
            Err(failure) => panic!(
                "`{name}` was to send commands, and failed: {}",
                render::chain(failure)
            ),
        }
    }

    /// It sent nothing, and did not fail either.
    ///
    /// # Panics
    /// If it did, with the commands.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn then_sends_nothing(self) -> Process<M> {
        let name = M::MANAGER.name;
        match &self.sent {
            Ok(sent) if sent.is_empty() => self.process,
            Ok(sent) => panic!("`{name}` was to send nothing, and sent\n{}", all(sent)),
            Err(failure) => panic!(
                "`{name}` was to send nothing, and failed: {}",
                render::chain(failure)
            ),
        }
    }

    /// Why it could not react: its instance would be parked.
    ///
    /// # Panics
    /// If it did, with the commands that it sent.
    #[track_caller]
    #[expect(clippy::panic, reason = "this is how tests fail")]
    pub fn then_parked(self) -> Failure {
        match self.sent {
            Err(failure) => failure,
            Ok(sent) => panic!(
                "the instance of `{}` was to be parked, and sent\n{}",
                M::MANAGER.name,
                all(&sent)
            ),
        }
    }
}

impl<M: ProcessManager> fmt::Debug for Reacted<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reacted")
            .field("process", &self.process)
            .field("sent", &self.sent)
            .finish()
    }
}

fn all(sent: &[Outgoing]) -> String {
    sent.iter().map(render::outgoing).collect()
}
