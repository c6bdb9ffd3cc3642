use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use eventsourcing_core::Position;
use eventsourcing_core::store::{Append, FeedFilter};
use uuid::Uuid;

use super::subscriber::SubscriberRun;
use super::{
    Action, Command, Coverage, History, Operation, Outcome, PendingCommand, PendingQuery, Subscriber,
    SubscriberRecorder, Tick,
};

/// Writes a [`History`], from any number of threads. A handle: clones write the same history.
///
/// ```
/// use eventsourcing_core::{StreamId, TypeFilter, Version};
/// use eventsourcing_testkit::history::{Recorder, check};
///
/// let recorder = Recorder::new();
/// let mut pending = recorder.begin(1);                           // before the call
/// pending.read(StreamId::new("account-alice")?, Version::ABSENT, TypeFilter::All);
/// pending.rejected();                                            // after the answer
///
/// check(&recorder.history(), &[]).assert_clean();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Recorder(Arc<Mutex<Recording>>);

#[derive(Debug, Default)]
pub(super) struct Recording {
    now: Tick,
    history: History,
    /// The commands without an outcome, by their indices.
    unknown: BTreeSet<usize>,
    /// The attempts at each append, by [`name_of`] it.
    attempts: HashMap<Uuid, Vec<usize>>,
}

impl Recording {
    fn tick(&mut self) -> Tick {
        self.now = self.now.next();
        self.now
    }

    fn begin(&mut self, client: u32, command: Command) -> usize {
        let at = self.history.operations.len();
        let operation = Operation {
            client,
            invoked: self.tick(),
            returned: None,
            action: Action::Command(command),
        };
        if let Action::Command(Command { sent: Some(sent), .. }) = &operation.action
            && let Some(name) = name_of(sent)
        {
            self.attempts.entry(name).or_default().push(at);
        }
        self.history.operations.push(operation);
        self.unknown.insert(at);
        at
    }

    pub(super) fn command(&mut self, at: usize) -> Option<&mut Command> {
        match &mut self.history.operations.get_mut(at)?.action {
            Action::Command(command) => Some(command),
            _ => None,
        }
    }

    /// The client of a command is told its outcome. That it is unknown is nothing to be told, and what is settled
    /// stays so.
    pub(super) fn finish_command(&mut self, at: usize, outcome: Outcome) {
        let now = self.tick();
        let is_told = !matches!(outcome, Outcome::Unknown) && self.unknown.remove(&at);
        if let Some(command) = self.command(at).filter(|_| is_told) {
            command.outcome = outcome;
            self.history.operations[at].returned = Some(now);
        }
    }

    /// Somebody who asked at a certain moment is told that an append has no effect.
    pub(super) fn settle_as_absent(&mut self, append: &Append, asked: Tick) {
        let attempts = name_of(append).and_then(|name| self.attempts.get(&name));
        let attempts = attempts.into_iter().flatten().copied();
        let attempts = attempts.filter(|at| self.unknown.contains(at) && self.is_attempt(*at, append, asked));
        for at in attempts.collect::<Vec<_>>() {
            self.finish_command(at, Outcome::Failed);
            if let Some(command) = self.command(at) {
                command.settled = true;
            }
        }
    }

    /// Whether an operation is an attempt at an append that had begun by then.
    fn is_attempt(&self, at: usize, append: &Append, by: Tick) -> bool {
        let operation = &self.history.operations[at];
        match &operation.action {
            Action::Command(Command { sent: Some(sent), .. }) => {
                operation.invoked < by && is_same(sent, append)
            }
            _ => false,
        }
    }

    /// A client was given an answer.
    pub(super) fn add(&mut self, client: u32, invoked: Tick, action: Action) {
        let returned = Some(self.tick());
        self.history.operations.push(Operation {
            client,
            invoked,
            returned,
            action,
        });
    }
}

/// The id of the first event that an append writes; without events, that of its command.
fn name_of(append: &Append) -> Option<Uuid> {
    let event = append.events.first().map(|event| event.id.get());
    event.or_else(|| Some(append.command?.id.get()))
}

/// Whether both write the same events, or nothing under the same command id.
fn is_same(sent: &Append, append: &Append) -> bool {
    match (sent.events.first(), append.events.first()) {
        (Some(event), Some(other)) => event.id == other.id,
        (None, None) => sent.command.is_some() && sent.command == append.command,
        _ => false,
    }
}

impl Recorder {
    /// An empty history in which everybody's writes are going to be.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty history in which the writes of some are going to be: the log may hold events of others.
    pub fn partial() -> Self {
        let recorder = Self::new();
        recorder.with(|recording| recording.history.coverage = Coverage::Partial);
        recorder
    }

    /// A client is about to issue a command. Until its outcome is recorded, that is unknown.
    pub fn begin(&self, client: u32) -> PendingCommand {
        self.begin_command(client, Command::default())
    }

    /// A client is about to send this to the store. Until the outcome is recorded, that is unknown.
    pub fn begin_append(&self, client: u32, append: Arc<Append>) -> PendingCommand {
        let command = Command {
            sent: Some(append),
            ..Command::default()
        };
        self.begin_command(client, command)
    }

    fn begin_command(&self, client: u32, command: Command) -> PendingCommand {
        let at = self.with(|recording| recording.begin(client, command));
        PendingCommand::new(self.clone(), at)
    }

    /// A client is about to ask for something. Only an answer is recorded.
    pub fn begin_query(&self, client: u32) -> PendingQuery {
        PendingQuery::new(self.clone(), client, self.with(Recording::tick))
    }

    /// Somebody wants to be handed all such events after a position.
    pub fn subscriber(
        &self,
        name: impl Into<String>,
        filter: FeedFilter,
        from: Position,
    ) -> SubscriberRecorder {
        let subscriber = Subscriber {
            name: name.into(),
            filter,
            runs: vec![SubscriberRun::starting_after(from)],
        };
        let at = self.with(|recording| {
            recording.history.subscribers.push(subscriber);
            recording.history.subscribers.len() - 1
        });
        SubscriberRecorder::new(self.clone(), at)
    }

    /// What has been recorded up to now.
    pub fn history(&self) -> History {
        self.with(|recording| recording.history.clone())
    }

    pub(super) fn with_subscriber(&self, at: usize, change: impl FnOnce(&mut Subscriber)) {
        self.with(|recording| recording.history.subscribers.get_mut(at).map(change));
    }

    /// A panic in another thread leaves a history that is whole, so a poisoned lock is no reason to stop.
    pub(super) fn with<T>(&self, change: impl FnOnce(&mut Recording) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::thread;

    use super::*;

    #[test]
    fn many_threads_write_one_history() {
        let recorder = Recorder::new();
        thread::scope(|threads| {
            for client in 0..4 {
                let recorder = recorder.clone();
                threads.spawn(move || (0..100).for_each(|_| recorder.begin(client).failed()));
            }
        });
        let operations = recorder.history().operations;
        let ticks = |operation: &Operation| [Some(operation.invoked), operation.returned];
        let distinct: HashSet<_> = operations.iter().flat_map(ticks).collect();
        assert_eq!((operations.len(), distinct.len()), (400, 800));
    }

    #[test]
    fn what_is_not_finished_is_unknown() {
        let recorder = Recorder::new();
        let _pending = recorder.begin(1);
        let operations = recorder.history().operations;
        assert!(
            matches!(&operations[0].action, Action::Command(command) if matches!(command.outcome, Outcome::Unknown))
        );
        assert_eq!(operations[0].returned, None);
    }
}
