use std::collections::VecDeque;

use bytes::Bytes;
use eventsourcing::Position;
use eventsourcing::store::Checkpoint;

use super::FeedKey;
use crate::events::Cursor;
use crate::websocket::WebSocketLimits;
use crate::websocket::message::{Credits, Events, ServerMessage, Tag};

/// What is sent to one subscription, and when.
#[derive(Debug)]
pub(super) struct Subscription {
    pub(super) tag: Tag,
    pub(super) feed: FeedKey,
    credits: Credits,
    progress: Progress,
    /// Everything up to here was sent, or did not pass the filter.
    told: Option<Checkpoint>,
    /// Events that were read and not sent yet.
    waiting: VecDeque<RenderedEvent>,
    waiting_bytes: usize,
    /// How far was read.
    read_to: Option<Checkpoint>,
    /// Whether to tell how far was read, even if there are no events.
    is_curious: bool,
}

#[derive(Debug)]
enum Progress {
    /// It is not known yet where the log ends.
    Opening,
    /// It has not been told that it has come to here, where the log ended when it began.
    CatchingUp(Position),
    Live,
}

/// An event as it is sent.
#[derive(Clone, Debug)]
pub(in crate::websocket) struct RenderedEvent {
    pub(in crate::websocket) position: Position,
    pub(in crate::websocket) json: Bytes,
}

/// The next events of a subscription.
#[derive(Clone, Debug)]
pub(in crate::websocket) struct RenderedPage {
    pub(in crate::websocket) events: Vec<RenderedEvent>,
    pub(in crate::websocket) scanned_to: Checkpoint,
}

/// Where a subscription begins, and where the log ended then.
#[derive(Clone, Copy, Debug)]
pub(in crate::websocket) struct Opened {
    pub(in crate::websocket) after: Checkpoint,
    pub(in crate::websocket) end: Position,
}

impl Subscription {
    pub(super) fn new(tag: Tag, feed: FeedKey, credits: Credits) -> Self {
        Self {
            tag,
            feed,
            credits,
            progress: Progress::Opening,
            told: None,
            waiting: VecDeque::new(),
            waiting_bytes: 0,
            read_to: None,
            is_curious: false,
        }
    }

    pub(super) fn opened(&mut self, opened: Opened) {
        self.progress = Progress::CatchingUp(opened.end);
        self.read_to = Some(opened.after);
        self.told = Some(opened.after);
    }

    pub(super) fn grant(&mut self, events: u64) {
        self.credits.grant(events);
    }

    /// Whether its next page may be read: there is room for it, and credit beyond what waits already.
    pub(super) fn wants_page(&self, limits: &WebSocketLimits) -> bool {
        let has_credit = match self.credits {
            Credits::Events(credits) => {
                u64::try_from(self.waiting.len()).is_ok_and(|waiting| waiting < credits)
            }
            Credits::Unlimited => true,
        };
        let opening = matches!(self.progress, Progress::Opening);
        opening || (has_credit && self.waiting_bytes < limits.events_bytes)
    }

    pub(super) fn read(&mut self, page: RenderedPage) {
        self.waiting_bytes += page.events.iter().map(|event| event.json.len()).sum::<usize>();
        self.waiting.extend(page.events);
        self.read_to = Some(page.scanned_to);
    }

    /// Everything up to here was sent.
    pub(super) fn cursor(&self) -> Option<Cursor> {
        self.told.map(Cursor)
    }

    /// Asks to be told how far was read, if that is further than what was sent.
    pub(super) fn be_curious(&mut self) {
        self.is_curious = true;
    }

    /// Whether there is anything to send.
    pub(super) fn has_something(&self) -> bool {
        self.may_send_events() || self.has_caught_up() || self.has_news_of_progress()
    }

    /// The next message of this subscription.
    pub(super) fn next_message(&mut self, limits: &WebSocketLimits) -> Option<String> {
        if self.may_send_events() {
            return self.events(limits);
        }
        if self.has_news_of_progress() {
            self.is_curious = false;
            return self.events(limits);
        }
        if self.has_caught_up() {
            self.progress = Progress::Live;
            self.told = self.read_to;
            let message = ServerMessage::CaughtUp {
                subscription: &self.tag,
                cursor: self.cursor()?,
            };
            return Some(message.to_json());
        }
        None
    }

    #[cfg(test)]
    pub(super) fn waiting_bytes(&self) -> usize {
        self.waiting_bytes
    }

    fn may_send_events(&self) -> bool {
        !self.waiting.is_empty() && self.credits != Credits::Events(0)
    }

    fn has_caught_up(&self) -> bool {
        let Progress::CatchingUp(end) = self.progress else {
            return false;
        };
        self.waiting.is_empty() && self.read_to.is_some_and(|read_to| read_to.position >= end)
    }

    fn has_news_of_progress(&self) -> bool {
        self.is_curious && self.waiting.is_empty() && self.read_to != self.told
    }

    /// As many of the events as there are credits, and as fit into a message.
    fn events(&mut self, limits: &WebSocketLimits) -> Option<String> {
        let (count, bytes) = self.fitting(limits.events_bytes);
        self.told = if count < self.waiting.len() {
            let last = self.waiting.get(count.checked_sub(1)?)?;
            self.read_to.map(|read_to| Checkpoint {
                position: last.position,
                ..read_to
            })
        } else {
            self.read_to
        };
        let mut events = Events::new(&self.tag, self.cursor()?, bytes + count);
        for event in self.waiting.drain(..count) {
            events.push(&event.json);
        }
        self.waiting_bytes -= bytes;
        self.credits.spend(u64::try_from(count).unwrap_or(u64::MAX));
        Some(events.into_json())
    }

    /// How many events, and how many bytes of them, go into the next message.
    fn fitting(&self, most_bytes: usize) -> (usize, usize) {
        let credits = match self.credits {
            Credits::Events(credits) => usize::try_from(credits).unwrap_or(usize::MAX),
            Credits::Unlimited => usize::MAX,
        };
        let (mut count, mut bytes) = (0, 0);
        for event in self.waiting.iter().take(credits) {
            if count > 0 && bytes + event.json.len() > most_bytes {
                break;
            }
            count += 1;
            bytes += event.json.len();
        }
        (count, bytes)
    }
}
