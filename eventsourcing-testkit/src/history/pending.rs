use eventsourcing_core::store::{
    Append, AppendError, Appended, Condition, Conflict, FeedPage, ReadFeed, ReadStreams, Settled, StreamsRead,
};
use eventsourcing_core::{CommandId, Position, StreamId, TypeFilter, Version};

use super::{Action, Command, Delivered, Outcome, PageSeen, Recorder, SliceSeen, StreamsSeen, Tick};

/// A command that was issued. What is not recorded about it is unknown.
#[derive(Debug)]
#[must_use = "the outcome stays unknown until one is recorded"]
pub struct PendingCommand {
    recorder: Recorder,
    at: usize,
}

impl PendingCommand {
    pub(super) fn new(recorder: Recorder, at: usize) -> Self {
        Self { recorder, at }
    }

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
        self.recorder
            .with(|recording| recording.finish_command(self.at, outcome));
    }

    fn change(&mut self, change: impl FnOnce(&mut Command)) -> &mut Self {
        self.recorder
            .with(|recording| recording.command(self.at).map(change));
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
    pub(super) fn new(recorder: Recorder, client: u32, invoked: Tick) -> Self {
        Self {
            recorder,
            client,
            invoked,
        }
    }

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
            up_to: asked.up_to,
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
            Settled::Absent => {
                self.recorder
                    .with(|recording| recording.settle_as_absent(append, self.invoked));
            }
        }
    }

    fn finish(self, action: Action) {
        self.recorder
            .with(|recording| recording.add(self.client, self.invoked, action));
    }
}
