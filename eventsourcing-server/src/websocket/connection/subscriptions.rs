use super::FeedKey;
use super::subscription::Subscription;
use crate::problem::{Problem, ProblemKind};
use crate::websocket::WebSocketLimits;
use crate::websocket::message::{Subscribe, Tag};

/// The subscriptions of a connection, which take turns.
#[derive(Debug, Default)]
pub(super) struct Subscriptions {
    all: Vec<Subscription>,
    /// Whose turn it is.
    turn: usize,
    feeds: u64,
}

impl Subscriptions {
    pub(super) fn add(
        &mut self,
        subscribe: &Subscribe,
        is_open: bool,
        limits: &WebSocketLimits,
    ) -> Result<FeedKey, Problem> {
        if !is_open {
            return Err(Problem::new(
                ProblemKind::Unavailable,
                "the service is shutting down",
            ));
        }
        if self.all.iter().any(|other| other.tag == subscribe.subscription) {
            let detail = "there is a subscription of this name on this connection";
            return Err(Problem::new(ProblemKind::Malformed, detail));
        }
        if self.all.len() >= limits.subscriptions {
            let detail = format!("a connection has at most {} subscriptions", limits.subscriptions);
            return Err(Problem::new(ProblemKind::Overloaded, detail));
        }
        self.feeds += 1;
        let feed = FeedKey(self.feeds);
        self.all.push(Subscription::new(
            subscribe.subscription.clone(),
            feed,
            subscribe.credits,
        ));
        Ok(feed)
    }

    pub(super) fn grant(&mut self, tag: &Tag, events: u64) {
        if let Some(subscription) = self.all.iter_mut().find(|subscription| subscription.tag == *tag) {
            subscription.grant(events);
        }
    }

    pub(super) fn by_feed(&mut self, feed: FeedKey) -> Option<&mut Subscription> {
        self.all.iter_mut().find(|subscription| subscription.feed == feed)
    }

    pub(super) fn remove(&mut self, tag: &Tag) -> Option<Subscription> {
        self.remove_where(|subscription| subscription.tag == *tag)
    }

    pub(super) fn remove_feed(&mut self, feed: FeedKey) -> Option<Subscription> {
        self.remove_where(|subscription| subscription.feed == feed)
    }

    fn remove_where(&mut self, wanted: impl Fn(&Subscription) -> bool) -> Option<Subscription> {
        let index = self.all.iter().position(wanted)?;
        Some(self.all.remove(index))
    }

    pub(super) fn pop(&mut self) -> Option<Subscription> {
        self.all.pop()
    }

    pub(super) fn wants_page(&self, feed: FeedKey, limits: &WebSocketLimits) -> bool {
        self.all
            .iter()
            .any(|subscription| subscription.feed == feed && subscription.wants_page(limits))
    }

    pub(super) fn have_something(&self) -> bool {
        self.all.iter().any(Subscription::has_something)
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
        self.all.iter_mut().for_each(Subscription::be_curious);
    }

    #[cfg(test)]
    pub(super) fn all(&self) -> &[Subscription] {
        &self.all
    }
}
