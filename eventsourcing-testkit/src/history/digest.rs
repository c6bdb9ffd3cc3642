use std::fmt;
use std::sync::Arc;

use eventsourcing_core::store::{Appended, Conflict, FeedFilter};
use eventsourcing_core::{EventId, RecordedEvent, TypeFilter};

use super::{Action, Command, Delivered, History, Operation, Outcome, PageSeen, StreamsSeen, Subscriber, Tick};

/// A hash of a history and its log: the same history gives the same one on every machine. Payloads, metadata and times do
/// not go in.
///
/// A recorded campaign names it beside its seed, so that whoever repeats it sees that it was the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HistoryDigest(u64);

impl HistoryDigest {
    /// The digest of a history and the log that it led to.
    pub fn of(history: &History, log: &[Arc<RecordedEvent>]) -> Self {
        let mut hasher = Fnv::default();
        hasher.list(&history.operations, Fnv::operation);
        hasher.list(&history.subscribers, Fnv::subscriber);
        hasher.list(log, |hasher, event| hasher.recorded(event));
        Self(hasher.0)
    }
}

impl fmt::Display for HistoryDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// FNV-1a in 64 bits (Fowler, Noll and Vo). The hasher of the standard library may change from release to release.
struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.bytes(text.as_bytes());
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
            Action::Read(read) => self.read(read),
            Action::Feed(page) => self.page(page),
        }
    }

    fn command(&mut self, command: &Command) {
        for read in command.reads() {
            self.text(read.stream.as_str());
            self.number(read.seen.get());
            self.types(&read.types);
        }
        if let Some(append) = &command.sent {
            self.list(&append.events, |hasher, event| hasher.id(event.id));
        }
        match &command.outcome {
            Outcome::Acknowledged(appended) => self.appended(appended),
            Outcome::Rejected => self.text("rejected"),
            Outcome::Conflicted(Conflict { stream, .. }) => self.text(stream.as_str()),
            Outcome::Failed => self.text("failed"),
            Outcome::Unknown => self.text("unknown"),
        }
    }

    fn appended(&mut self, appended: &Appended) {
        self.number(appended.repeated.into());
        self.number(appended.position.get());
        self.list(&appended.events, |hasher, event| hasher.recorded(event));
    }

    fn read(&mut self, read: &StreamsSeen) {
        self.list(&read.slices, |hasher, slice| {
            hasher.text(slice.stream.as_str());
            hasher.number(slice.after.get());
            hasher.number(slice.head.get());
            hasher.list(&slice.events, |hasher, event| hasher.id(*event));
        });
    }

    fn page(&mut self, page: &PageSeen) {
        self.number(page.after.get());
        self.filter(&page.filter);
        self.list(&page.events, Self::delivered);
        self.number(page.scanned_to.get());
    }

    fn subscriber(&mut self, subscriber: &Subscriber) {
        self.text(&subscriber.name);
        self.filter(&subscriber.filter);
        self.list(&subscriber.runs, |hasher, run| {
            hasher.number(run.from.get());
            hasher.list(&run.delivered, Self::delivered);
        });
    }

    fn filter(&mut self, filter: &FeedFilter) {
        self.types(&filter.types);
        for category in filter.categories.iter().flatten() {
            self.text(category.as_str());
        }
        for stream in filter.streams.iter().flatten() {
            self.text(stream.as_str());
        }
    }

    fn types(&mut self, types: &TypeFilter) {
        if let TypeFilter::Only(types) = types {
            self.list(&types.names(), |hasher, name| hasher.text(name.as_str()));
        }
    }

    fn delivered(&mut self, delivered: &Delivered) {
        self.id(delivered.event);
        self.number(delivered.position.get());
    }

    fn recorded(&mut self, event: &RecordedEvent) {
        self.id(event.id);
        self.number(event.position.get());
        for place in event.streams() {
            self.text(place.stream.as_str());
            self.number(place.version.get());
        }
    }

    fn id(&mut self, id: EventId) {
        self.bytes(id.get().as_bytes());
    }
}
