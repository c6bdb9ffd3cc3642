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
mod parting;
mod query;
mod subscription;
mod subscriptions;
#[cfg(test)]
mod tests;
mod time;

use std::collections::{HashSet, VecDeque};

use eventsourcing::Limits;
use eventsourcing::query::{Revision, WireQuery};
use eventsourcing::store::FeedFilter;
use eventsourcing::wire::WireCommand;
use tokio::time::Instant;

use super::WebSocketLimits;
use super::message::{After, ClientMessage, EndReason, Misunderstood, ServerMessage, Tag};
use crate::auth::Identity;
use crate::problem::{Problem, ProblemKind};

use heart::Heart;
use outbox::Outbox;
pub(super) use parting::Farewell;
use parting::{BROKEN, MISUNDERSTOOD, NOT_TEXT, TOO_LARGE};
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
