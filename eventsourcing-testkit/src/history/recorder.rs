use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use eventsourcing_core::store::{
    Append, AppendError, Appended, Condition, Conflict, FeedFilter, FeedPage, ReadFeed, ReadStreams, Settled,
    StreamsRead,
};
use eventsourcing_core::{CommandId, Position, StreamId, TypeFilter, Version};

use super::subscriber::SubscriberRun;
use super::{
    Action, Command, Coverage, Delivered, History, Operation, Outcome, PageSeen, SliceSeen, StreamsSeen,
    Subscriber, SubscriberRecorder, Tick,
};

/// Writes a [`History`], from any number of threads. A handle: clones write the same history.
///
/// ```
/// use eventsourcing_core::{StreamId, TypeFilter, Version};
/// use eventsourcing_testkit::history::{Outcome, Recorder, check};
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
struct Recording {
    now: Tick,
    history: History,
    /// The commands without an outcome, by their indices.
    unknown: BTreeSet<usize>,
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
        self.history.operations.push(operation);
        self.unknown.insert(at);
        at
    }

    /// Who is told that the outcome is unknown has not been told that it is over.
    fn finish(&mut self, at: usize, outcome: Outcome) {
        let now = self.tick();
        if !matches!(outcome, Outcome::Unknown)
            && let Some(operation) = self.history.operations.get_mut(at)
            && let Action::Command(command) = &mut operation.action
        {
            operation.returned = Some(now);
            command.outcome = outcome;
            self.unknown.remove(&at);
        }
    }

    /// None of the attempts at an append that nobody was told the outcome of had an effect.
    fn settle_as_absent(&mut self, append: &Append) {
        let attempts: Vec<usize> = self
            .unknown
            .iter()
            .copied()
            .filter(|at| self.is_attempt(*at, append))
            .collect();
        for at in attempts {
            self.finish(at, Outcome::Failed);
            if let Action::Command(command) = &mut self.history.operations[at].action {
                command.settled = true;
            }
        }
    }

    fn is_attempt(&self, at: usize, append: &Append) -> bool {
        match &self.history.operations[at].action {
            Action::Command(command) => command.sent.as_ref().is_some_and(|sent| is_same(sent, append)),
            _ => false,
        }
    }
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
        PendingCommand {
            recorder: self.clone(),
            at: self.with(|recording| recording.begin(client, command)),
        }
    }

    /// A client is about to ask for something. Only an answer is recorded.
    pub fn begin_query(&self, client: u32) -> PendingQuery {
        PendingQuery {
            recorder: self.clone(),
            client,
            invoked: self.with(Recording::tick),
        }
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
    fn with<T>(&self, change: impl FnOnce(&mut Recording) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A command that was issued. What is not recorded about it is unknown.
#[derive(Debug)]
#[must_use = "the outcome stays unknown until one is recorded"]
pub struct PendingCommand {
    recorder: Recorder,
    at: usize,
}

impl PendingCommand {
    /// Its id.
    pub fn id(&mut self, id: CommandId) -> &mut Self {
        self.change(|command| command.id = Some(id))
    }

    /// It is decided on a stream, as seen at a version; only events of these types count.
    pub fn read(&mut self, stream: StreamId, seen: Version, types: TypeFilter) -> &mut Self {
        let read = Condition { stream, seen, types };
        self.change(|command| command.reads.push(read))
    }

    /// The client was told that it took effect.
    pub fn acknowledged(self, appended: &Appended) {
        self.finish(Outcome::Acknowledged(appended.clone()));
    }

    /// The client was told that, on what was read, nothing is to be written.
    pub fn rejected(self) {
        self.finish(Outcome::Rejected);
    }

    /// The client was told that it had no effect, since a stream had moved on.
    pub fn conflicted(self, conflict: &Conflict) {
        self.finish(Outcome::Conflicted(conflict.clone()));
    }

    /// The client was told that it had no effect, for another reason.
    pub fn failed(self) {
        self.finish(Outcome::Failed);
    }

    /// The client does not know what became of it. Dropping this says the same.
    pub fn unknown(self) {
        self.finish(Outcome::Unknown);
    }

    /// The store has answered an append.
    pub fn answered(self, answer: &Result<Appended, AppendError>) {
        self.finish(match answer {
            Ok(appended) => Outcome::Acknowledged(appended.clone()),
            Err(error) => Outcome::of(error),
        });
    }

    fn finish(self, outcome: Outcome) {
        self.recorder.with(|recording| recording.finish(self.at, outcome));
    }

    fn change(&mut self, change: impl FnOnce(&mut Command)) -> &mut Self {
        self.recorder.with(|recording| {
            let operation = recording.history.operations.get_mut(self.at);
            if let Some(Action::Command(command)) = operation.map(|operation| &mut operation.action) {
                change(command);
            }
        });
        self
    }
}

/// A question that was sent.
#[derive(Debug)]
#[must_use = "only an answer is recorded"]
pub struct PendingQuery {
    recorder: Recorder,
    client: u32,
    invoked: Tick,
}

impl PendingQuery {
    /// The client was answered what there is in the streams.
    pub fn streams(self, asked: &ReadStreams, answer: &StreamsRead) {
        let slices = match answer.repeated {
            // What lies in the slices then is nobody's business.
            Some(_) => &[][..],
            None => &answer.slices,
        };
        let slices = asked.streams.iter().zip(slices).map(|(asked, slice)| SliceSeen {
            stream: asked.stream.clone(),
            after: asked.after,
            types: asked.types.clone(),
            head: slice.head,
            events: slice.events.iter().map(|event| event.id).collect(),
        });
        let seen = StreamsSeen {
            command: asked.command.map(|command| command.id),
            repeated: answer.repeated.clone(),
            slices: slices.collect(),
        };
        self.finish(Action::Read(seen));
    }

    /// The client was answered a page of the feed.
    pub fn feed(self, asked: &ReadFeed, page: &FeedPage) {
        let after = asked.after.map(|checkpoint| checkpoint.position);
        let seen = PageSeen {
            after: after.unwrap_or(Position::START),
            filter: asked.filter.clone(),
            events: page
                .events
                .iter()
                .map(|event| Delivered::from(&**event))
                .collect(),
            scanned_to: page.scanned_to.position,
            head: page.head,
        };
        self.finish(Action::Feed(Box::new(seen)));
    }

    /// The client was answered what became of an append whose outcome was unknown.
    pub fn settled(self, append: &Append, settled: &Settled) {
        match settled {
            Settled::Present(appended) => self.finish(Action::Settled(appended.clone())),
            Settled::Absent => self.recorder.with(|recording| recording.settle_as_absent(append)),
        }
    }

    fn finish(self, action: Action) {
        self.recorder.with(|recording| {
            let operation = Operation {
                client: self.client,
                invoked: self.invoked,
                returned: Some(recording.tick()),
                action,
            };
            recording.history.operations.push(operation);
        });
    }
}
