use std::sync::Arc;

use super::events::Events;
use super::past::{Past, Written};
use super::{FixedClock, Outcome, Process, Projecting, SequentialIds};
use crate::command::{CommandLogic, Decide, Deciding, Decision, Plan};
use crate::execute::machine::{Effect, Input, Machine, Setup, Snapshots};
use crate::execute::{ExecuteError, RetryPolicy};
use crate::process::ProcessManager;
use crate::projection::derived::Projects;
use crate::stream::StreamKey;
use crate::{Actor, Clock as _, CommandId, Limits, Metadata, NewEvent, TenantId, Timestamp};

/// Starts a scenario: nothing has happened yet, and the time is the start of 2026.
pub fn scenario() -> Scenario {
    let metadata = Metadata::of_command(CommandId::new(uuid::Uuid::nil()));
    Scenario {
        past: Past::default(),
        now: FixedClock::default().now(),
        tenant: TenantId::DEFAULT,
        metadata,
    }
}

/// What has happened before the command.
#[must_use = "a scenario checks nothing until it comes to `when` and `then`"]
#[derive(Debug)]
pub struct Scenario {
    past: Past,
    now: Timestamp,
    tenant: TenantId,
    metadata: Metadata,
}

impl Scenario {
    /// These events have happened, after those that were given before.
    ///
    /// # Panics
    /// If an event cannot be written, or does not say which stream it belongs to.
    #[track_caller]
    pub fn given(self, events: impl Events) -> Self {
        self.given_written(events.written(None))
    }

    /// These events of an aggregate have happened, after those that were given before: in its stream, unless they name
    /// another.
    ///
    /// # Panics
    /// If an event cannot be written, or the id does not name a stream.
    #[track_caller]
    #[expect(clippy::panic, reason = "a test that cannot even name its streams has failed")]
    pub fn given_in<K: StreamKey>(self, id: &K, events: impl Events) -> Self {
        let stream = id
            .to_stream_id()
            .unwrap_or_else(|error| panic!("{id:?} names no stream: {error}"));
        self.given_written(events.written(Some(&stream)))
    }

    fn given_written(mut self, events: Vec<Written>) -> Self {
        for event in events {
            self.past.add(event, self.now);
        }
        self
    }

    /// It is now this time: for the command, and for events that are given from here on.
    pub fn at(mut self, now: Timestamp) -> Self {
        self.now = now;
        self
    }

    /// The command runs on somebody's behalf.
    pub fn by(mut self, actor: Actor) -> Self {
        self.metadata.actor = Some(actor);
        self
    }

    /// Goes on with a process manager, which has reacted to what has happened.
    ///
    /// # Panics
    /// If it could not.
    #[track_caller]
    pub fn process<M: ProcessManager>(self) -> Process<M> {
        Process::new(self.past, self.now)
    }

    /// Goes on with a projection, which has dealt with what has happened.
    ///
    /// # Panics
    /// If it could not.
    #[track_caller]
    pub fn projection<P: Projects>(self, projection: P) -> Projecting<P> {
        Projecting::new(projection, self.past, self.now)
    }

    /// Decides a command on what has happened, exactly as an executor does, discovery included. Its `prepare` does not run:
    /// give the command what that would have fetched.
    pub fn when<C: CommandLogic>(self, command: C) -> Outcome<C> {
        let mut plan = Plan::default();
        let home = match command.plan(&mut plan).map(|()| plan.streams()) {
            Ok([only]) => Some(only.stream.clone()),
            Ok(_) | Err(_) => None,
        };
        Outcome::new(self.decide(command), home)
    }

    fn decide<C: CommandLogic>(self, command: C) -> Result<Vec<NewEvent>, ExecuteError<C::Error>> {
        let metadata = self.metadata.to_bytes();
        let decision = Arc::new(Decision {
            now: self.now,
            tenant: self.tenant,
            metadata: self.metadata,
        });
        let cx = Decide::new(decision, metadata, Arc::new(SequentialIds::default()));
        let setup = Setup {
            key: None,
            policy: RetryPolicy::default(),
            max_streams: 256,
            random: fastrand::Rng::with_seed(0),
            expected: None,
            progress: None,
            states: None,
            snapshots: Snapshots::Rehearsed,
            here: None,
        };
        let mut machine = Machine::new(Deciding::new(command, cx), setup)?;
        let mut effect = machine.start();
        loop {
            let input = match effect {
                Effect::TakePlaces(_) | Effect::ExtendPlaces(_) => Input::PlacesTaken,
                Effect::Load(read) => Input::Loaded(Ok(self.past.read(&read))),
                Effect::LoadSnapshots(_) => Input::SnapshotsLoaded(Ok(Vec::new())),
                Effect::Pause(_) => Input::Paused,
                Effect::Append(append) => match Limits::DEFAULT.check(&append) {
                    Ok(()) => return Ok(append.events),
                    Err(error) => Input::Appended(Err(error.into())),
                },
                Effect::Finish(result) => return result.map(|_| Vec::new()),
            };
            effect = machine.resume(input);
        }
    }
}
