use std::collections::HashMap;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Value, json};

use super::world::{World, answer, command, follow, limits, opened, page, query};
use crate::events::Cursor;
use crate::problem::{Problem, ProblemKind};
use crate::websocket::connection::{Action, FeedKey, Frame};

/// What happens to a connection, in any order.
#[derive(Clone, Debug)]
enum Event {
    Text(String),
    Command(u8),
    Query(u8),
    Follow { name: u8, credits: Option<u64> },
    Answer(usize),
    Subscribe { name: u8, credits: Option<u64> },
    Credit { name: u8, events: u64 },
    Unsubscribe(u8),
    Ping,
    Done(usize),
    Open { feed: usize, end: u64 },
    Page { feed: usize, events: u64, more: u64 },
    Fail(usize),
    Send(usize),
    Stuck,
    Time(u64),
    ShutDown,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        1 => ".{0,40}".prop_map(Event::Text),
        1 => r#"\{"type":"(command|subscribe|credit|unsubscribe|ping)"(,"(request|subscription|credits|after|filter|command|nonce)":("a"|7|null|\{\}|\[\]))*\}"#
            .prop_map(Event::Text),
        8 => (0..5_u8).prop_map(Event::Command),
        4 => (0..5_u8).prop_map(Event::Query),
        4 => (0..4_u8, proptest::option::of(0..4_u64)).prop_map(|(name, credits)| Event::Follow { name, credits }),
        16 => any::<usize>().prop_map(Event::Answer),
        8 => (0..4_u8, proptest::option::of(0..20_u64)).prop_map(|(name, credits)| Event::Subscribe { name, credits }),
        8 => (0..4_u8, 0..20_u64).prop_map(|(name, events)| Event::Credit { name, events }),
        2 => (0..4_u8).prop_map(Event::Unsubscribe),
        4 => Just(Event::Ping),
        8 => any::<usize>().prop_map(Event::Done),
        8 => (any::<usize>(), 0..50_u64).prop_map(|(feed, end)| Event::Open { feed, end }),
        16 => (any::<usize>(), 0..60_u64, 0..3_u64)
            .prop_map(|(feed, events, more)| Event::Page { feed, events, more }),
        1 => any::<usize>().prop_map(Event::Fail),
        16 => (0..6_usize).prop_map(Event::Send),
        1 => Just(Event::Stuck),
        2 => (0..15_000_u64).prop_map(Event::Time),
        1 => Just(Event::ShutDown),
    ]
}

/// What a feed has come to, as it must be.
#[derive(Debug, Default)]
struct Feed {
    name: String,
    is_open: bool,
    /// `None` is unlimited.
    credits: Option<u64>,
    read_to: u64,
    read: Vec<u64>,
    sent: Vec<u64>,
    cursor: u64,
}

/// What a query that is followed has come to, as it must be.
#[derive(Debug, Default)]
struct Follower {
    name: String,
    is_open: bool,
    /// `None` is unlimited.
    credits: Option<u64>,
    read: u64,
    sent: u64,
}

/// The shell, as a test: it does what it is told, whenever it likes.
struct Shell {
    world: World,
    feeds: HashMap<FeedKey, Feed>,
    followers: HashMap<FeedKey, Follower>,
    order: Vec<FeedKey>,
    under_way: Vec<String>,
    subscribing: Option<(String, Option<u64>)>,
    closed: bool,
}

impl Shell {
    fn new() -> Self {
        Self {
            world: World::new(),
            feeds: HashMap::new(),
            followers: HashMap::new(),
            order: Vec::new(),
            under_way: Vec::new(),
            subscribing: None,
            closed: false,
        }
    }

    fn happens(&mut self, event: Event) {
        match event {
            Event::Text(text) => self.hears(&text),
            Event::Command(request) => self.hears(&command(&request.to_string()).to_string()),
            Event::Query(request) => self.hears(&query(&request.to_string()).to_string()),
            Event::Follow { name, credits } => {
                self.subscribing = Some((name.to_string(), credits));
                let credits = credits.map_or_else(|| json!("unlimited"), |credits| json!(credits));
                self.hears(&follow(&name.to_string(), &credits).to_string());
            }
            Event::Answer(which) => self.answer(which),
            Event::Subscribe { name, credits } => {
                self.subscribing = Some((name.to_string(), credits));
                let credits = credits.map_or_else(|| json!("unlimited"), |credits| json!(credits));
                let subscription = name.to_string();
                let message =
                    json!({ "type": "subscribe", "subscription": subscription, "credits": credits });
                self.hears(&message.to_string());
            }
            Event::Credit { name, events } => {
                let name = name.to_string();
                if self.world.connection.wants_input() {
                    let feed = self.feeds.values_mut().find(|feed| feed.name == name);
                    if let Some(credits) = feed.and_then(|feed| feed.credits.as_mut()) {
                        *credits += events;
                    }
                    let mut followers = self.followers.values_mut();
                    let follower = followers.find(|follower| follower.name == name);
                    if let Some(credits) = follower.and_then(|follower| follower.credits.as_mut()) {
                        *credits += events;
                    }
                }
                let message = json!({ "type": "credit", "subscription": name, "events": events });
                self.hears(&message.to_string());
            }
            Event::Unsubscribe(name) => {
                let message = json!({ "type": "unsubscribe", "subscription": name.to_string() });
                self.hears(&message.to_string());
            }
            Event::Ping => self.hears(r#"{"type":"ping"}"#),
            Event::Done(which) => {
                if let Some(index) = which.checked_rem(self.under_way.len()) {
                    let request = self.under_way.remove(index);
                    self.world.done(&request);
                }
            }
            Event::Open { feed, end } => {
                if let Some((key, feed)) = self.any(feed)
                    && !feed.is_open
                {
                    feed.is_open = true;
                    self.world.connection.opened(key, Ok(opened(end)));
                }
            }
            Event::Page { feed, events, more } => self.page(feed, events, more),
            Event::Fail(feed) => {
                if let Some((key, _)) = self.any(feed) {
                    self.world
                        .connection
                        .read(key, Err(Problem::of(ProblemKind::Unavailable)));
                }
            }
            Event::Send(frames) => (0..frames).for_each(|_| self.sends()),
            Event::Stuck => self.world.connection.stuck(self.world.now),
            Event::Time(millis) => self.world.passes(Duration::from_millis(millis)),
            Event::ShutDown => self.world.connection.shut_down(Duration::ZERO),
        }
        self.act();
        self.check();
    }

    fn hears(&mut self, text: &str) {
        if self.world.connection.wants_input() {
            self.world.hears_text(text);
        }
    }

    fn any(&mut self, which: usize) -> Option<(FeedKey, &mut Feed)> {
        let key = *self.order.get(which.checked_rem(self.order.len())?)?;
        Some((key, self.feeds.get_mut(&key)?))
    }

    fn page(&mut self, which: usize, events: u64, more: u64) {
        let Some((key, _)) = self.any(which) else { return };
        let wants_page = self.world.connection.wants_page(key);
        let feed = self.feeds.get_mut(&key).expect("it is there");
        if !feed.is_open || !wants_page {
            return;
        }
        let unspent = feed.read.len() - feed.sent.len();
        if let Some(credits) = feed.credits {
            assert!(
                credits > unspent.try_into().unwrap(),
                "nothing is read without credit"
            );
        }
        let positions = feed.read_to + 1..=feed.read_to + events;
        feed.read_to += events + more;
        feed.read.extend(positions.clone());
        self.world.connection.read(key, Ok(page(positions, feed.read_to)));
    }

    fn act(&mut self) {
        while let Some(action) = self.world.connection.next_action() {
            match action {
                Action::Dispatch { request, .. } | Action::Ask { request, .. } => {
                    self.under_way.push(request.to_string());
                }
                Action::Follow { feed, .. } => {
                    let (name, credits) = self.subscribing.take().unwrap_or_default();
                    let follower = Follower {
                        name,
                        credits,
                        ..Follower::default()
                    };
                    self.followers.insert(feed, follower);
                }
                Action::Open { feed, .. } => {
                    // A text of chance may subscribe too.
                    let (name, credits) = self.subscribing.take().unwrap_or_default();
                    let opened = Feed {
                        name,
                        credits,
                        ..Feed::default()
                    };
                    self.feeds.insert(feed, opened);
                    self.order.push(feed);
                }
                Action::Close { feed } => {
                    self.feeds.remove(&feed);
                    self.followers.remove(&feed);
                    self.order.retain(|other| *other != feed);
                }
            }
        }
        self.subscribing = None;
    }

    fn sends(&mut self) {
        let Some(frame) = self.world.sends() else { return };
        assert!(!self.closed, "nothing follows the close frame");
        match frame {
            Frame::Text(text) => {
                let message: Value = serde_json::from_str(&text).expect("JSON");
                if message["type"] == "events" {
                    self.sends_events(&message);
                }
                if message["type"] == "answer" {
                    self.sends_answer(&message);
                }
            }
            Frame::Ping => {}
            Frame::Close(_) => self.closed = true,
        }
    }

    /// A query that is followed is opened, or has another result.
    fn answer(&mut self, which: usize) {
        let mut keys: Vec<_> = self.followers.keys().copied().collect();
        keys.sort_by_key(|key| self.followers[key].name.clone());
        let Some(key) = which.checked_rem(keys.len()).map(|index| keys[index]) else {
            return;
        };
        let wants_answer = self.world.connection.wants_page(key);
        let follower = self.followers.get_mut(&key).expect("it is there");
        if !follower.is_open {
            follower.is_open = true;
            self.world.connection.following(key, Ok(()));
        } else if wants_answer {
            assert_eq!(follower.read, follower.sent, "one result waits at the most");
            assert_ne!(follower.credits, Some(0), "nothing is read without credit");
            follower.read += 1;
            self.world.connection.answered(key, Ok(answer(follower.read)));
        }
    }

    fn sends_answer(&mut self, message: &Value) {
        let name = message["subscription"].as_str().expect("a name");
        let mut followers = self.followers.values_mut();
        let follower = followers
            .find(|follower| follower.name == name)
            .expect("results come from queries that are followed");
        if let Some(credits) = &mut follower.credits {
            *credits = credits.checked_sub(1).expect("no more than there is credit for");
        }
        follower.sent += 1;
        assert_eq!(message["result"], follower.sent, "each once, in order");
    }

    fn sends_events(&mut self, message: &Value) {
        let name = message["subscription"].as_str().expect("a name");
        let feed = self.feeds.values_mut().find(|feed| feed.name == name);
        let feed = feed.expect("events come from subscriptions that there are");
        let events: Vec<u64> = serde_json::from_value(message["events"].clone()).expect("numbers");
        if let Some(credits) = &mut feed.credits {
            let spent: u64 = events.len().try_into().unwrap();
            *credits = credits
                .checked_sub(spent)
                .expect("no more than there is credit for");
        }
        feed.sent.extend(events);
        assert!(
            feed.read.starts_with(&feed.sent),
            "in order, none twice, none left out"
        );
        let cursor: Cursor = message["cursor"]
            .as_str()
            .expect("a cursor")
            .parse()
            .expect("a cursor");
        let cursor = cursor.0.position.get();
        let next = feed.read.get(feed.sent.len());
        assert!(cursor > feed.cursor, "it moves on");
        assert!(feed.sent.last().is_none_or(|last| cursor >= *last));
        assert!(next.is_none_or(|next| cursor < *next), "nothing is passed over");
        feed.cursor = cursor;
    }

    fn check(&self) {
        let limits = limits();
        let connection = &self.world.connection;
        assert!(connection.under_way.len() <= limits.commands);
        assert!(self.feeds.len() + self.followers.len() <= limits.subscriptions);
        // What was under way when the outbox became full is added: results, feeds that were opened or not, and a farewell.
        let most = limits.outbox_messages + limits.commands + 2 * limits.subscriptions + 3;
        assert!(connection.outbox.len() <= most);
        for subscription in connection.subscriptions.to_events() {
            // A page may come when there is almost no room.
            assert!(subscription.waiting_bytes() < limits.events_bytes + 60 * 6);
        }
        let under_way = connection.under_way.len();
        assert_eq!(under_way, self.under_way.len(), "no command is forgotten");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn whatever_happens_the_bounds_hold_and_the_order_is_kept(events in proptest::collection::vec(event(), 0..200)) {
        let mut shell = Shell::new();
        for event in events {
            shell.happens(event);
        }
    }
}
