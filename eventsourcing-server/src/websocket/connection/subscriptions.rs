use super::FeedKey;
use super::follower::Follower;
use super::subscription::Subscription;
use crate::events::Cursor;
use crate::problem::{Problem, ProblemKind};
use crate::websocket::WebSocketLimits;
use crate::websocket::message::Tag;

/// The subscriptions of a connection, which take turns.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    all: Vec<Entry>,
    /// Whose turn it is.
    turn: usize,
    feeds: u64,
}

/// A subscription, whatever it is to.
#[derive(Debug)]
pub(super) enum Entry {
    Events(Subscription),
    Query(Follower),
}

impl Subscriptions {
    pub(super) fn add(
        &mut self,
        tag: &Tag,
        is_open: bool,
        limits: &WebSocketLimits,
        make: impl FnOnce(FeedKey) -> Entry,
    ) -> Result<FeedKey, Problem> {
        if !is_open {
            return Err(Problem::new(
                ProblemKind::Unavailable,
                "the service is shutting down",
            ));
        }
        if self.all.iter().any(|other| other.tag() == tag) {
            let detail = "there is a subscription of this name on this connection";
            return Err(Problem::new(ProblemKind::Malformed, detail));
        }
        if self.all.len() >= limits.subscriptions {
            let detail = format!("a connection has at most {} subscriptions", limits.subscriptions);
            return Err(Problem::new(ProblemKind::Overloaded, detail));
        }
        self.feeds += 1;
        let feed = FeedKey(self.feeds);
        self.all.push(make(feed));
        Ok(feed)
    }

    pub(super) fn grant(&mut self, tag: &Tag, credits: u64) {
        match self.all.iter_mut().find(|entry| entry.tag() == tag) {
            Some(Entry::Events(subscription)) => subscription.grant(credits),
            Some(Entry::Query(follower)) => follower.grant(credits),
            None => {}
        }
    }

    /// The subscription to events that a feed is for.
    pub(super) fn by_feed(&mut self, feed: FeedKey) -> Option<&mut Subscription> {
        self.all.iter_mut().find_map(|entry| match entry {
            Entry::Events(subscription) if subscription.feed == feed => Some(subscription),
            _ => None,
        })
    }

    /// Who follows a query by this feed.
    pub(super) fn follower(&mut self, feed: FeedKey) -> Option<&mut Follower> {
        self.all.iter_mut().find_map(|entry| match entry {
            Entry::Query(follower) if follower.feed == feed => Some(follower),
            _ => None,
        })
    }

    pub(super) fn remove(&mut self, tag: &Tag) -> Option<Entry> {
        self.remove_where(|entry| entry.tag() == tag)
    }

    pub(super) fn remove_feed(&mut self, feed: FeedKey) -> Option<Entry> {
        self.remove_where(|entry| entry.feed() == feed)
    }

    fn remove_where(&mut self, wanted: impl Fn(&Entry) -> bool) -> Option<Entry> {
        let index = self.all.iter().position(wanted)?;
        Some(self.all.remove(index))
    }

    pub(super) fn pop(&mut self) -> Option<Entry> {
        self.all.pop()
    }

    pub(super) fn wants_page(&self, feed: FeedKey, limits: &WebSocketLimits) -> bool {
        self.all
            .iter()
            .any(|entry| entry.feed() == feed && entry.wants_more(limits))
    }

    pub(super) fn have_something(&self) -> bool {
        self.all.iter().any(Entry::has_something)
    }

    /// The next message of the next one that has something to say.
    pub(super) fn next_message(&mut self, limits: &WebSocketLimits) -> Option<String> {
        let count = self.all.len();
        for step in 0..count {
            let index = (self.turn + step) % count;
            if let Some(message) = self.all.get_mut(index)?.next_message(limits) {
                self.turn = index + 1;
                return Some(message);
            }
        }
        None
    }

    pub(super) fn be_curious(&mut self) {
        for entry in &mut self.all {
            if let Entry::Events(subscription) = entry {
                subscription.be_curious();
            }
        }
    }

    /// Those to events.
    #[cfg(test)]
    pub(super) fn to_events(&self) -> impl Iterator<Item = &Subscription> {
        self.all.iter().filter_map(|entry| match entry {
            Entry::Events(subscription) => Some(subscription),
            Entry::Query(_) => None,
        })
    }
}

impl Entry {
    pub(super) const fn tag(&self) -> &Tag {
        match self {
            Self::Events(subscription) => &subscription.tag,
            Self::Query(follower) => &follower.tag,
        }
    }

    pub(super) const fn feed(&self) -> FeedKey {
        match self {
            Self::Events(subscription) => subscription.feed,
            Self::Query(follower) => follower.feed,
        }
    }

    /// Everything up to here was sent; of a query that is followed, each answer says what it is.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        match self {
            Self::Events(subscription) => subscription.cursor(),
            Self::Query(_) => None,
        }
    }

    fn wants_more(&self, limits: &WebSocketLimits) -> bool {
        match self {
            Self::Events(subscription) => subscription.wants_page(limits),
            Self::Query(follower) => follower.wants_answer(),
        }
    }

    fn has_something(&self) -> bool {
        match self {
            Self::Events(subscription) => subscription.has_something(),
            Self::Query(follower) => follower.has_something(),
        }
    }

    fn next_message(&mut self, limits: &WebSocketLimits) -> Option<String> {
        match self {
            Self::Events(subscription) => subscription.next_message(limits),
            Self::Query(follower) => follower.next_message(),
        }
    }
}

impl From<Subscription> for Entry {
    fn from(subscription: Subscription) -> Self {
        Self::Events(subscription)
    }
}

impl From<Follower> for Entry {
    fn from(follower: Follower) -> Self {
        Self::Query(follower)
    }
}
