//! What a connection says and does, as a machine without a socket, a clock or tasks.
//!
//! The [shell](super::socket) tells it what has happened. It then asks for [actions](Connection::next_action), for the feeds
//! that it [wants](Connection::wants_page) to be read, and, whenever the socket takes one, for the [next
//! frame](Connection::next_frame). So nothing is prepared that cannot be sent, and what waits is bounded:
//!
//! * nothing is read from the client while the [outbox](Outbox) is full or as many requests are under way as there may be;
//! * no page or result is read for a subscription without credit, or while some of it waits for the socket.

mod command;
mod follower;
mod heart;
mod outbox;
mod query;
mod subscription;
mod subscriptions;
#[cfg(test)]
mod tests;

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use axum::extract::ws::CloseCode;
use eventsourcing::Limits;
use eventsourcing::query::{Revision, WireQuery};
use eventsourcing::store::FeedFilter;
use eventsourcing::wire::WireCommand;
use tokio::time::Instant;

use super::WebSocketLimits;
use super::message::{After, ClientMessage, EndReason, Misunderstood, ServerMessage, Tag};
use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind};

use heart::{Beat, Heart};
use outbox::Outbox;
use subscription::Subscription;
pub(super) use subscription::{Opened, RenderedEvent, RenderedPage};
use subscriptions::{Entry, Subscriptions};

/// One connection.
#[derive(Debug)]
pub(super) struct Connection {
    terms: Terms,
    phase: Phase,
    outbox: Outbox,
    under_way: HashSet<Tag>,
    subscriptions: Subscriptions,
    actions: VecDeque<Action>,
    heart: Heart,
    must_ping: bool,
    next_news: Instant,
    /// Since when the socket has not taken anything, although there was something.
    stuck_since: Option<Instant>,
}

/// What was agreed on when it began.
#[derive(Clone, Debug)]
pub(super) struct Terms {
    pub(super) service: &'static str,
    pub(super) limits: WebSocketLimits,
    /// What the store takes.
    pub(super) store: Limits,
    pub(super) identity: Identity,
    /// When it is not known any more whether that is still the identity of the client.
    pub(super) expires: Option<Instant>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Open,
    /// Takes nothing new, and will close once the results of all commands are sent.
    Leaving(Farewell),
    /// Sends what there is, and closes.
    Closing(Farewell),
    /// The close frame was sent.
    Closed,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Farewell {
    pub(super) code: CloseCode,
    pub(super) reason: &'static str,
}

/// What the shell is to do.
#[derive(Debug)]
pub(super) enum Action {
    /// Execute a command, and say [what came of it](Connection::done).
    Dispatch { request: Tag, command: WireCommand },
    /// Ask a query, and say [what came of it](Connection::done).
    Ask { request: Tag, query: WireQuery },
    /// Follow a query by a feed, to be asked when it is [wanted](Connection::wants_page).
    Follow {
        feed: FeedKey,
        query: WireQuery,
        after: Option<Revision>,
    },
    /// Open a feed, to be read when it is [wanted](Connection::wants_page).
    Open {
        feed: FeedKey,
        after: After,
        filter: FeedFilter,
    },
    /// Close a feed, whatever it is doing.
    Close { feed: FeedKey },
}

/// What the shell knows a subscription by. Unlike the names that clients give, it is never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct FeedKey(u64);

/// What is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Frame {
    /// JSON.
    Text(String),
    Ping,
    /// The last one.
    Close(Farewell),
}

const SHUTTING_DOWN: Farewell = Farewell {
    code: 1012,
    reason: "the service is shutting down",
};
const SLOW_CONSUMER: Farewell = Farewell {
    code: 1013,
    reason: "slow consumer",
};
const NO_PONG: Farewell = Farewell {
    code: 1008,
    reason: "a ping was not answered",
};
const EXPIRED: Farewell = Farewell {
    code: 1008,
    reason: "the credentials have expired",
};
const NOT_TEXT: Farewell = Farewell {
    code: 1003,
    reason: "messages are text",
};
const MISUNDERSTOOD: Farewell = Farewell {
    code: 1002,
    reason: "a message was not understood",
};
const BROKEN: Farewell = Farewell {
    code: 1002,
    reason: "the WebSocket protocol was broken",
};
const TOO_LARGE: Farewell = Farewell {
    code: 1009,
    reason: "a message was too large",
};

impl Connection {
    /// A connection that has been made just now.
    pub(super) fn new(terms: Terms, now: Instant) -> Self {
        let hello = ServerMessage::Hello {
            protocol: super::PROTOCOL,
            service: terms.service,
            limits: (&terms.limits).into(),
        };
        let mut outbox = Outbox::default();
        outbox.push(hello.to_json());
        Self {
            phase: Phase::Open,
            outbox,
            under_way: HashSet::new(),
            subscriptions: Subscriptions::default(),
            actions: VecDeque::new(),
            heart: Heart::new(now),
            must_ping: false,
            next_news: now + terms.limits.ping_interval,
            stuck_since: None,
            terms,
        }
    }

    /// Whether anything may be read from the client.
    pub(super) fn wants_input(&self) -> bool {
        match self.phase {
            Phase::Open | Phase::Leaving(_) => {
                self.outbox.has_room(&self.terms.limits) && self.under_way.len() < self.terms.limits.commands
            }
            // To see it answer the close frame.
            Phase::Closing(_) | Phase::Closed => true,
        }
    }

    /// The client has sent a text.
    pub(super) fn received(&mut self, text: &str, now: Instant) {
        self.heart.heard(now);
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return;
        }
        match ClientMessage::read(text, &self.terms.limits, &self.terms.store) {
            Ok(message) => self.obey(message),
            Err(Misunderstood::Request(request, wrong)) => {
                self.refuse_request(&request, &Problem::new(ProblemKind::Malformed, wrong));
            }
            Err(Misunderstood::Subscription(subscription, wrong)) => {
                self.refuse_subscription(&subscription, &Problem::new(ProblemKind::Malformed, wrong));
            }
            Err(Misunderstood::Message(wrong)) => self.close_over(MISUNDERSTOOD, wrong),
        }
    }

    /// The client has sent bytes that are not text.
    pub(super) fn received_binary(&mut self) {
        self.close_over(NOT_TEXT, NOT_TEXT.reason);
    }

    /// The client has answered a ping, or has sent one, which was answered.
    pub(super) fn received_sign_of_life(&mut self, now: Instant) {
        self.heart.heard(now);
    }

    /// The client does not keep to the WebSocket protocol.
    pub(super) fn received_nonsense(&mut self) {
        self.close_over(BROKEN, BROKEN.reason);
    }

    /// The client has begun to send a message that is longer than allowed.
    pub(super) fn received_too_much(&mut self) {
        let most = self.terms.limits.message_bytes;
        self.close_over(TOO_LARGE, format!("a message has at most {most} bytes"));
    }

    fn obey(&mut self, message: ClientMessage<'_>) {
        match message {
            ClientMessage::Command { request, command } => self.command(request, command),
            ClientMessage::Query { request, query } => self.query(request, query),
            ClientMessage::Follow(follow) => self.follow(follow),
            ClientMessage::Subscribe(subscribe) => {
                let is_open = self.phase == Phase::Open;
                let tag = &subscribe.subscription;
                let added = self.subscriptions.add(tag, is_open, &self.terms.limits, |feed| {
                    Subscription::new(tag.clone(), feed, subscribe.credits).into()
                });
                match added {
                    Ok(feed) => self.actions.push_back(Action::Open {
                        feed,
                        after: subscribe.after,
                        filter: subscribe.filter,
                    }),
                    Err(problem) => self.refuse_subscription(&subscribe.subscription, &problem),
                }
            }
            // One that is not known may just have ended.
            ClientMessage::Credit { subscription, events } => self.subscriptions.grant(&subscription, events),
            ClientMessage::Unsubscribe { subscription } => {
                if let Some(subscription) = self.subscriptions.remove(&subscription) {
                    self.ended(&subscription, EndReason::Unsubscribed, None);
                }
            }
            ClientMessage::Ping { nonce } => self.say(&ServerMessage::Pong {
                nonce: nonce.as_ref(),
            }),
        }
    }

    /// A command or a query has come to its end; `result` is the message that says how.
    pub(super) fn done(&mut self, request: &Tag, result: String) {
        self.under_way.remove(request);
        self.outbox.push(result);
    }

    /// A feed was opened, or not.
    pub(super) fn opened(&mut self, feed: FeedKey, opened: Result<Opened, Problem>) {
        match opened {
            Err(problem) => self.failed(feed, &problem),
            Ok(opened) => {
                if let Some(subscription) = self.subscriptions.by_feed(feed) {
                    subscription.opened(opened);
                    if let Some(cursor) = subscription.cursor() {
                        let subscription = &subscription.tag;
                        let message = ServerMessage::Subscribed { subscription, cursor };
                        self.outbox.push(message.to_json());
                    }
                }
            }
        }
    }

    /// A page of a feed was read, or not.
    pub(super) fn read(&mut self, feed: FeedKey, page: Result<RenderedPage, Problem>) {
        match page {
            Ok(page) => {
                if let Some(subscription) = self.subscriptions.by_feed(feed) {
                    subscription.read(page);
                }
            }
            Err(problem) => self.failed(feed, &problem),
        }
    }

    fn failed(&mut self, feed: FeedKey, problem: &Problem) {
        if let Some(subscription) = self.subscriptions.remove_feed(feed) {
            self.ended(&subscription, EndReason::Failed, Some(problem));
        }
    }

    /// Whether the next page of a feed may be read.
    pub(super) fn wants_page(&self, feed: FeedKey) -> bool {
        self.phase == Phase::Open && self.subscriptions.wants_page(feed, &self.terms.limits)
    }

    /// What is to be done now.
    pub(super) fn next_action(&mut self) -> Option<Action> {
        self.actions.pop_front()
    }

    /// What is to be sent next; to be asked for only if it can be sent.
    pub(super) fn next_frame(&mut self) -> Option<Frame> {
        if self.phase == Phase::Closed {
            return None;
        }
        if self.must_ping {
            self.must_ping = false;
            return Some(Frame::Ping);
        }
        if let Some(message) = self.next_text() {
            self.heart.told();
            return Some(Frame::Text(message));
        }
        match self.phase {
            Phase::Leaving(_) if !self.under_way.is_empty() => None,
            Phase::Leaving(farewell) | Phase::Closing(farewell) => {
                self.phase = Phase::Closed;
                Some(Frame::Close(farewell))
            }
            Phase::Open | Phase::Closed => None,
        }
    }

    fn next_text(&mut self) -> Option<String> {
        match self.outbox.pop() {
            None if self.phase == Phase::Open => self.subscriptions.next_message(&self.terms.limits),
            message => message,
        }
    }

    /// Whether there is anything to be sent, or to be waited for until it is.
    pub(super) fn has_frames(&self) -> bool {
        if self.phase == Phase::Closed {
            return self.stuck_since.is_some();
        }
        let has_news = match self.phase {
            Phase::Open => self.subscriptions.have_something(),
            Phase::Leaving(_) => self.under_way.is_empty(),
            Phase::Closing(_) => true,
            Phase::Closed => false,
        };
        self.must_ping || self.stuck_since.is_some() || !self.outbox.is_empty() || has_news
    }

    /// Whether the close frame was sent.
    pub(super) fn is_closed(&self) -> bool {
        self.phase == Phase::Closed
    }

    /// Whether it is about to end.
    pub(super) fn is_ending(&self) -> bool {
        self.phase != Phase::Open
    }

    /// The socket has taken what it was given.
    pub(super) fn moved(&mut self) {
        self.stuck_since = None;
    }

    /// The socket does not take what it was given.
    pub(super) fn stuck(&mut self, now: Instant) {
        self.stuck_since.get_or_insert(now);
    }

    /// Whether the socket does not take what it was given.
    pub(super) fn is_stuck(&self) -> bool {
        self.stuck_since.is_some()
    }

    /// When to [`tick`](Self::tick), if nothing happens before. `None` if time is of no concern any more.
    pub(super) fn next_tick(&self) -> Option<Instant> {
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return None;
        }
        let stuck = self
            .stuck_since
            .map(|since| since + self.terms.limits.write_timeout);
        let soonest = self.heart.next(&self.terms.limits).min(self.next_news);
        [stuck, self.terms.expires, Some(soonest)]
            .into_iter()
            .flatten()
            .min()
    }

    /// Time has passed.
    pub(super) fn tick(&mut self, now: Instant) {
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return;
        }
        let limits = &self.terms.limits;
        if self
            .stuck_since
            .is_some_and(|since| since + limits.write_timeout <= now)
        {
            self.leave_at_once(EndReason::SlowConsumer, SLOW_CONSUMER);
            return;
        }
        if self.terms.expires.is_some_and(|expires| expires <= now) {
            self.leave_at_once(EndReason::CredentialsExpired, EXPIRED);
            return;
        }
        if now >= self.next_news {
            self.next_news = now + limits.ping_interval;
            self.subscriptions.be_curious();
        }
        if self.stuck_since.is_some() || !self.wants_input() {
            // Its answer could not be asked for, or not be heard.
            self.heart.heard(now);
            return;
        }
        match self.heart.tick(now, &self.terms.limits) {
            Beat::Rest => {}
            Beat::Ask => self.must_ping = true,
            Beat::Stopped => self.leave_at_once(EndReason::NoPong, NO_PONG),
        }
    }

    /// Takes nothing new, and closes when all commands are done.
    pub(super) fn shut_down(&mut self, retry_after: Duration) {
        if self.phase == Phase::Open {
            self.end_subscriptions(EndReason::ShuttingDown);
            self.say(&ServerMessage::Goodbye {
                reason: EndReason::ShuttingDown,
                retry_after,
            });
            self.phase = Phase::Leaving(SHUTTING_DOWN);
        }
    }

    fn leave_at_once(&mut self, reason: EndReason, farewell: Farewell) {
        self.end_subscriptions(reason);
        self.say(&ServerMessage::Goodbye {
            reason,
            retry_after: Duration::ZERO,
        });
        self.phase = Phase::Closing(farewell);
    }

    /// Closes because of something that the client has done.
    fn close_over(&mut self, farewell: Farewell, detail: impl Into<String>) {
        if matches!(self.phase, Phase::Closing(_) | Phase::Closed) {
            return;
        }
        let problem = Problem::new(ProblemKind::Malformed, detail);
        self.say(&ServerMessage::Error {
            request: None,
            subscription: None,
            problem: &problem,
        });
        self.end_subscriptions(EndReason::ProtocolError);
        self.phase = Phase::Closing(farewell);
    }

    fn end_subscriptions(&mut self, reason: EndReason) {
        while let Some(subscription) = self.subscriptions.pop() {
            self.ended(&subscription, reason, None);
        }
    }

    fn ended(&mut self, subscription: &Entry, reason: EndReason, problem: Option<&Problem>) {
        self.actions.push_back(Action::Close {
            feed: subscription.feed(),
        });
        self.say(&ServerMessage::Ended {
            subscription: subscription.tag(),
            reason,
            cursor: subscription.cursor(),
            problem,
        });
    }

    fn refuse_request(&mut self, request: &Tag, problem: &Problem) {
        self.say(&ServerMessage::Error {
            request: Some(request),
            subscription: None,
            problem,
        });
    }

    fn refuse_subscription(&mut self, subscription: &Tag, problem: &Problem) {
        self.say(&ServerMessage::Error {
            request: None,
            subscription: Some(subscription),
            problem,
        });
    }

    fn say(&mut self, message: &ServerMessage<'_>) {
        self.outbox.push(message.to_json());
    }
}
