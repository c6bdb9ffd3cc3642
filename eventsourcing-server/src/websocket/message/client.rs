use std::fmt;

use eventsourcing::store::FeedFilter;
use eventsourcing::{Category, EventTypeName, Limits, StreamId, TypeFilter};
use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Asked, Follow, Tag, query};
use crate::events::Cursor;
use crate::websocket::WebSocketLimits;

/// What a client says.
#[derive(Debug)]
pub(in crate::websocket) enum ClientMessage<'a> {
    Command { request: Tag, command: &'a RawValue },
    Query { request: Tag, query: Asked },
    Subscribe(Subscribe),
    Follow(Follow),
    Credit { subscription: Tag, events: u64 },
    Unsubscribe { subscription: Tag },
    Ping { nonce: Option<Tag> },
}

/// Which events a client wants.
#[derive(Debug)]
pub(in crate::websocket) struct Subscribe {
    pub(in crate::websocket) subscription: Tag,
    pub(in crate::websocket) after: After,
    pub(in crate::websocket) filter: FeedFilter,
    pub(in crate::websocket) credits: Credits,
}

/// Where a subscription begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::websocket) enum After {
    #[default]
    Beginning,
    Cursor(Cursor),
    End,
}

/// How many events, or results, a client is ready for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::websocket) enum Credits {
    Events(u64),
    Unlimited,
}

impl Credits {
    pub(in crate::websocket) fn grant(&mut self, more: u64) {
        if let Self::Events(credits) = self {
            *credits = credits.saturating_add(more);
        }
    }

    pub(in crate::websocket) fn spend(&mut self, spent: u64) {
        if let Self::Events(credits) = self {
            *credits = credits.saturating_sub(spent);
        }
    }
}

/// Why a message is not understood.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::websocket) enum Misunderstood {
    /// It breaks the protocol.
    Message(String),
    /// What it says of a request makes no sense.
    Request(Tag, String),
    /// What it says of a subscription makes no sense.
    Subscription(Tag, String),
}

impl<'a> ClientMessage<'a> {
    /// Reads a message. How deep it nests is looked at before it is parsed.
    pub(in crate::websocket) fn read(
        text: &'a str,
        limits: &WebSocketLimits,
        store: &Limits,
    ) -> Result<Self, Misunderstood> {
        check_size(text, limits, store)?;
        let head: Head = read(text).map_err(Misunderstood::Message)?;
        match (&*head.kind, head.request, head.subscription) {
            ("command", Some(request), None) => match read::<CommandBody<'_>>(text) {
                Ok(CommandBody { command, .. }) => Ok(Self::Command { request, command }),
                Err(wrong) => Err(Misunderstood::Request(request, wrong)),
            },
            ("subscribe", None, Some(subscription)) => {
                match read::<SubscribeBody>(text).and_then(|body| body.checked(subscription.clone(), limits))
                {
                    Ok(subscribe) => Ok(Self::Subscribe(subscribe)),
                    Err(wrong) => Err(Misunderstood::Subscription(subscription, wrong)),
                }
            }
            ("query", Some(request), None) => {
                query::asked(text, &request).map(|query| Self::Query { request, query })
            }
            ("follow", None, Some(subscription)) => query::follow(text, subscription).map(Self::Follow),
            ("credit", None, Some(subscription)) => match read::<Credit>(text) {
                Ok(Credit { events, .. }) => Ok(Self::Credit { subscription, events }),
                Err(wrong) => Err(Misunderstood::Subscription(subscription, wrong)),
            },
            ("unsubscribe", None, Some(subscription)) => match read::<Unsubscribe>(text) {
                Ok(_) => Ok(Self::Unsubscribe { subscription }),
                Err(wrong) => Err(Misunderstood::Subscription(subscription, wrong)),
            },
            ("ping", None, None) => match read::<Ping>(text) {
                Ok(Ping { nonce, .. }) => Ok(Self::Ping { nonce }),
                Err(wrong) => Err(Misunderstood::Message(wrong)),
            },
            (kind, ..) => Err(Misunderstood::Message(out_of_place(kind))),
        }
    }
}

fn check_size(text: &str, limits: &WebSocketLimits, store: &Limits) -> Result<(), Misunderstood> {
    /// The message itself, and the command around its payload.
    const AROUND_A_PAYLOAD: usize = 2;
    let message = Limits {
        payload_bytes: limits.message_bytes,
        json_depth: store.json_depth.saturating_add(AROUND_A_PAYLOAD),
        ..*store
    };
    message
        .check_json(text.as_bytes())
        .map_err(|error| Misunderstood::Message(error.to_string()))
}

fn read<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// Says what a message of this type has to name.
fn out_of_place(kind: &str) -> String {
    match kind {
        "command" | "query" => format!("a `{kind}` names its `request`, and no `subscription`"),
        "subscribe" | "follow" | "credit" | "unsubscribe" => {
            format!("a message of the type `{kind}` names its `subscription`, and no `request`")
        }
        "ping" => "a `ping` names neither a `request` nor a `subscription`".to_owned(),
        _ => {
            "the `type` of a message is `command`, `query`, `subscribe`, `follow`, `credit`, `unsubscribe` or `ping`"
                .to_owned()
        }
    }
}

/// What has to be right for anything to be told to the client about a message.
#[derive(Deserialize)]
struct Head {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    request: Option<Tag>,
    #[serde(default)]
    subscription: Option<Tag>,
}

/// Members that the [head](Head) was read from: here they only are no unknown ones.
pub(super) type Seen = de::IgnoredAny;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CommandBody<'a> {
    #[serde(rename = "type")]
    _kind: Seen,
    #[serde(rename = "request")]
    _request: Seen,
    #[serde(borrow)]
    command: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SubscribeBody {
    #[serde(rename = "type")]
    _kind: Seen,
    #[serde(rename = "subscription")]
    _subscription: Seen,
    #[serde(default)]
    after: After,
    #[serde(default)]
    filter: Filter,
    credits: Credits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credit {
    #[serde(rename = "type")]
    _kind: Seen,
    #[serde(rename = "subscription")]
    _subscription: Seen,
    events: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unsubscribe {
    #[serde(rename = "type")]
    _kind: Seen,
    #[serde(rename = "subscription")]
    _subscription: Seen,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Ping {
    #[serde(rename = "type")]
    _kind: Seen,
    #[serde(default)]
    nonce: Option<Tag>,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Filter {
    types: Option<Vec<EventTypeName>>,
    categories: Option<Vec<Category>>,
    streams: Option<Vec<StreamId>>,
}

impl SubscribeBody {
    fn checked(self, subscription: Tag, limits: &WebSocketLimits) -> Result<Subscribe, String> {
        Ok(Subscribe {
            subscription,
            after: self.after,
            filter: self.filter.checked(limits.filter_names)?,
            credits: self.credits,
        })
    }
}

impl Filter {
    fn checked(self, most: usize) -> Result<FeedFilter, String> {
        let lengths = [
            self.types.as_ref().map(Vec::len),
            self.categories.as_ref().map(Vec::len),
            self.streams.as_ref().map(Vec::len),
        ];
        if lengths.contains(&Some(0)) {
            return Err("an empty list lets no event through; leave it out to let all through".to_owned());
        }
        let names: usize = lengths.into_iter().flatten().sum();
        if names > most {
            return Err(format!("the filter has {names} names, {most} are allowed"));
        }
        Ok(FeedFilter {
            types: self.types.map_or(TypeFilter::All, |types| {
                TypeFilter::Only(types.into_iter().collect())
            }),
            categories: self.categories,
            streams: self.streams,
        })
    }
}

impl<'de> Deserialize<'de> for After {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Option::<String>::deserialize(deserializer)?.as_deref() {
            None => Ok(Self::Beginning),
            Some("end") => Ok(Self::End),
            Some(cursor) => cursor.parse().map(Self::Cursor).map_err(de::Error::custom),
        }
    }
}

impl<'de> Deserialize<'de> for Credits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Expected;

        impl Visitor<'_> for Expected {
            type Value = Credits;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a number of events, or `unlimited`")
            }

            fn visit_u64<E: de::Error>(self, events: u64) -> Result<Credits, E> {
                Ok(Credits::Events(events))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Credits, E> {
                match text {
                    "unlimited" => Ok(Credits::Unlimited),
                    _ => Err(E::invalid_value(de::Unexpected::Str(text), &self)),
                }
            }
        }

        deserializer.deserialize_any(Expected)
    }
}
