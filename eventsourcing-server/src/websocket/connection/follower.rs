use eventsourcing::query::WireAnswer;

use super::FeedKey;
use crate::websocket::message::{Answer, Credits, Tag};

/// What is sent to one who follows a query, and when.
///
/// Nothing is kept but the last result, and only if it may be sent: what nobody asks for is not read, and the newest is read
/// then.
#[derive(Debug)]
pub(super) struct Follower {
    pub(super) tag: Tag,
    pub(super) feed: FeedKey,
    credits: Credits,
    is_open: bool,
    waiting: Option<WireAnswer>,
}

impl Follower {
    pub(super) fn new(tag: Tag, feed: FeedKey, credits: Credits) -> Self {
        Self {
            tag,
            feed,
            credits,
            is_open: false,
            waiting: None,
        }
    }

    pub(super) fn opened(&mut self) {
        self.is_open = true;
    }

    pub(super) fn grant(&mut self, results: u64) {
        self.credits.grant(results);
    }

    /// Whether the next result may be taken.
    pub(super) fn wants_answer(&self) -> bool {
        !self.is_open || (self.waiting.is_none() && self.credits != Credits::Events(0))
    }

    pub(super) fn answered(&mut self, answer: WireAnswer) {
        self.waiting = Some(answer);
    }

    /// Whether there is anything to send.
    pub(super) fn has_something(&self) -> bool {
        self.waiting.is_some()
    }

    /// The next result, as a message.
    pub(super) fn next_message(&mut self) -> Option<String> {
        let answer = self.waiting.take()?;
        self.credits.spend(1);
        Some(Answer::of_subscription(&self.tag, &answer).to_json())
    }
}
