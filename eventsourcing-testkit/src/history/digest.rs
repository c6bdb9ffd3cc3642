use std::fmt;
use std::sync::Arc;

use eventsourcing_core::store::Appended;
use eventsourcing_core::{EventId, RecordedEvent, StreamId};

use super::{Action, Command, Delivered, History, Operation, Outcome, Subscriber, Tick};

/// A hash of what happened: of the operations with their order, versions and outcomes, and of the log. The same history
/// gives the same one on every machine; payloads, metadata and times do not go in.
///
/// Whoever publishes a result names it beside the seed, so that whoever repeats the run sees that it was the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryDigest(u64);

impl HistoryDigest {
    /// The digest of a history and the log that it led to.
    pub fn of(history: &History, log: &[Arc<RecordedEvent>]) -> Self {
        let mut hasher = Hasher(0);
        hasher.list(&history.operations, Hasher::operation);
        hasher.list(&history.subscribers, Hasher::subscriber);
        hasher.list(log, |hasher, event| hasher.recorded(event));
        Self(hasher.0)
    }
}

impl fmt::Display for HistoryDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The hash function of Firefox and rustc, by 64 bits at a time: fast, and good enough where nobody tries to deceive.
/// That of the standard library may change from release to release.
struct Hasher(u64);

impl Hasher {
    fn number(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x517c_c1b7_2722_0a95);
    }

    fn list<T>(&mut self, items: &[T], mut item: impl FnMut(&mut Self, &T)) {
        self.number(items.len() as u64);
        for one in items {
            item(self, one);
        }
    }

    fn operation(&mut self, operation: &Operation) {
        self.number(operation.client.into());
        self.number(operation.invoked.get());
        self.number(operation.returned.map_or(0, Tick::get));
        match &operation.action {
            Action::Command(command) => self.command(command),
            Action::Read(read) => self.list(&read.slices, |hasher, slice| {
                hasher.number(slice.after.get());
                hasher.number(slice.head.get());
                hasher.number(slice.events.len() as u64);
            }),
            Action::Settled(appended) => self.appended(appended),
            Action::Feed(page) => {
                self.number(page.after.get());
                self.list(&page.events, Self::delivered);
                self.number(page.scanned_to.get());
            }
        }
    }

    fn command(&mut self, command: &Command) {
        for read in command.reads() {
            self.number(read.seen.get());
        }
        match &command.outcome {
            Outcome::Acknowledged(appended) => self.appended(appended),
            Outcome::Rejected => self.number(3),
            Outcome::Conflicted(conflict) => {
                self.number(4);
                self.number(conflict.head.get());
            }
            Outcome::Failed => self.number(5),
            Outcome::Unknown => self.number(6),
        }
    }

    fn appended(&mut self, appended: &Appended) {
        self.number(1 + u64::from(appended.repeated));
        self.number(appended.position.get());
        self.list(&appended.events, |hasher, event| hasher.id(event.id));
    }

    fn subscriber(&mut self, subscriber: &Subscriber) {
        self.list(&subscriber.runs, |hasher, run| {
            hasher.number(run.from.get());
            hasher.list(&run.delivered, Self::delivered);
        });
    }

    fn delivered(&mut self, delivered: &Delivered) {
        self.id(delivered.event);
        self.number(delivered.position.get());
    }

    fn recorded(&mut self, event: &RecordedEvent) {
        self.id(event.id);
        self.number(event.position.get());
        for place in event.streams() {
            self.stream(&place.stream);
            self.number(place.version.get());
        }
    }

    fn stream(&mut self, stream: &StreamId) {
        for bytes in stream.as_str().as_bytes().chunks(8) {
            let word = bytes
                .iter()
                .rev()
                .fold(0, |word, byte| word << 8 | u64::from(*byte));
            self.number(word);
        }
    }

    fn id(&mut self, id: EventId) {
        let (high, low) = id.get().as_u64_pair();
        self.number(high);
        self.number(low);
    }
}
