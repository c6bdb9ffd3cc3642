use std::time::Duration;

use bytes::Bytes;
use eventsourcing::query::{Revision, WireAnswer};
use eventsourcing::store::{Checkpoint, StoreEpoch, StoreId, StoreIdentity};
use eventsourcing::uuid::Uuid;
use eventsourcing::{Limits, Position};
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::auth::Identity;
use crate::events::Cursor;
use crate::websocket::WebSocketLimits;
use crate::websocket::connection::{
    Action, Connection, FeedKey, Frame, Opened, RenderedEvent, RenderedPage, Terms,
};
use crate::websocket::message::Tag;

/// A connection without a socket, at a time that the test says.
pub(super) struct World {
    pub(super) connection: Connection,
    pub(super) now: Instant,
}

/// After how long nobody knows who the client is.
pub(super) const EXPIRES: Duration = Duration::from_hours(1);

/// Small ones, which are soon reached.
pub(super) fn limits() -> WebSocketLimits {
    WebSocketLimits {
        message_bytes: 1_000,
        commands: 3,
        subscriptions: 2,
        filter_names: 3,
        outbox_messages: 4,
        outbox_bytes: 4_000,
        events_bytes: 100,
        ..WebSocketLimits::default()
    }
}

impl World {
    /// A connection that has said hello.
    pub(super) fn new() -> Self {
        let mut world = Self::of(Identity::default());
        assert_eq!(world.says()["type"], "hello");
        world
    }

    pub(super) fn of(identity: Identity) -> Self {
        let now = Instant::now();
        let terms = Terms {
            service: "Tower",
            limits: limits(),
            store: Limits::DEFAULT,
            identity,
            expires: Some(now + EXPIRES),
        };
        Self {
            connection: Connection::new(terms, now),
            now,
        }
    }

    pub(super) fn hears(&mut self, message: &Value) {
        self.hears_text(&message.to_string());
    }

    pub(super) fn hears_text(&mut self, text: &str) {
        self.connection.received(text, self.now);
    }

    /// The next message, of which there has to be one.
    pub(super) fn says(&mut self) -> Value {
        match self.sends() {
            Some(Frame::Text(text)) => serde_json::from_str(&text).expect("JSON"),
            other => panic!("it sends {other:?}"),
        }
    }

    /// The next frame, which the socket takes.
    pub(super) fn sends(&mut self) -> Option<Frame> {
        self.connection.moved();
        self.connection.next_frame()
    }

    pub(super) fn is_silent(&mut self) -> bool {
        self.connection.moved();
        let has_frames = self.connection.has_frames();
        let frame = self.sends();
        assert_eq!(
            has_frames,
            frame.is_some(),
            "it knows whether it has something to say"
        );
        frame.is_none()
    }

    /// Subscribes, and opens the feed: the log has `end` events.
    pub(super) fn subscribed(&mut self, name: &str, credits: &Value, end: u64) -> FeedKey {
        self.hears(&json!({ "type": "subscribe", "subscription": name, "credits": credits }));
        let Some(Action::Open { feed, .. }) = self.connection.next_action() else {
            panic!("it opens no feed");
        };
        self.connection.opened(feed, Ok(opened(end)));
        assert_eq!(
            self.says(),
            json!({ "type": "subscribed", "subscription": name, "cursor": cursor(0) })
        );
        feed
    }

    pub(super) fn passes(&mut self, time: Duration) {
        self.now += time;
        self.connection.tick(self.now);
    }

    pub(super) fn done(&mut self, request: &str) {
        let request = Tag::new(request).unwrap();
        let result = json!({ "type": "result", "request": request });
        self.connection.done(&request, result.to_string());
    }
}

/// A query that is followed, and its feed.
pub(super) fn followed(world: &mut World, name: &str, credits: &Value) -> FeedKey {
    world.hears(&follow(name, credits));
    let Some(Action::Follow { feed, .. }) = world.connection.next_action() else {
        panic!("it follows nothing");
    };
    world.connection.following(feed, Ok(()));
    assert_eq!(world.says(), json!({ "type": "following", "subscription": name }));
    feed
}

pub(super) fn follow(name: &str, credits: &Value) -> Value {
    json!({ "type": "follow", "subscription": name, "query": { "name": "Bells" }, "credits": credits })
}

pub(super) fn query(request: &str) -> Value {
    json!({ "type": "query", "request": request, "query": { "name": "Bells" } })
}

/// A result that is its position.
pub(super) fn answer(position: u64) -> WireAnswer {
    WireAnswer {
        result: Bytes::from(position.to_string()),
        revision: revision(position),
        position: Position::new(position),
    }
}

pub(super) fn revision(number: u64) -> Revision {
    format!("{number:032x}").parse().unwrap()
}

pub(super) fn command(request: &str) -> Value {
    json!({ "type": "command", "request": request, "command": { "name": "Ring" } })
}

pub(super) fn checkpoint(position: u64) -> Checkpoint {
    Checkpoint {
        store: StoreIdentity {
            id: StoreId::new(Uuid::from_u128(1)),
            epoch: StoreEpoch::new(Uuid::from_u128(2)),
        },
        position: Position::new(position),
    }
}

pub(super) fn cursor(position: u64) -> Cursor {
    Cursor(checkpoint(position))
}

pub(super) fn opened(end: u64) -> Opened {
    Opened {
        after: checkpoint(0),
        end: Position::new(end),
    }
}

/// Events that are their positions, and as long as that.
pub(super) fn page(positions: impl IntoIterator<Item = u64>, scanned_to: u64) -> RenderedPage {
    let events = positions.into_iter().map(|position| RenderedEvent {
        position: Position::new(position),
        json: Bytes::from(position.to_string()),
    });
    RenderedPage {
        events: events.collect(),
        scanned_to: checkpoint(scanned_to),
    }
}
