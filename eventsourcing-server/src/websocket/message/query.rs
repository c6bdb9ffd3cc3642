use bytes::Bytes;
use eventsourcing::query::{Revision, WireParameters, WireQuery};
use eventsourcing::{Position, TenantId};
use serde::{Deserialize, Deserializer, de};
use serde_json::value::RawValue;

use super::client::{Credits, Seen};
use super::{Misunderstood, Tag};

/// A query that a client wants to be told of, again and again.
#[derive(Debug)]
pub(in crate::websocket) struct Follow {
    pub(in crate::websocket) subscription: Tag,
    pub(in crate::websocket) query: Asked,
    /// What the client has already.
    pub(in crate::websocket) after: Option<Revision>,
    pub(in crate::websocket) credits: Credits,
}

/// A query as a client says it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::websocket) struct Asked {
    name: String,
    #[serde(default)]
    payload: Option<Box<RawValue>>,
    #[serde(default)]
    position: Option<Position>,
}

impl Asked {
    /// The same, of whoever is signed in.
    pub(in crate::websocket) fn of(self, tenant: &TenantId) -> WireQuery {
        let payload = self.payload.map_or(Bytes::from_static(b"{}"), |payload| {
            Bytes::from(Box::<str>::from(payload).into_boxed_bytes())
        });
        let mut query = WireQuery::of(self.name, WireParameters::Json(payload));
        query.tenant = tenant.clone();
        query.at = self.position;
        query
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryBody {
    #[serde(rename = "type")]
    _kind: Seen,
    #[serde(rename = "request")]
    _request: Seen,
    query: Asked,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FollowBody {
    #[serde(rename = "type")]
    _kind: Seen,
    #[serde(rename = "subscription")]
    _subscription: Seen,
    query: Asked,
    #[serde(default, deserialize_with = "revision")]
    after: Option<Revision>,
    credits: Credits,
}

/// Reads the query of a request.
pub(super) fn asked(text: &str, request: &Tag) -> Result<Asked, Misunderstood> {
    let body: Result<QueryBody, _> = serde_json::from_str(text);
    body.map(|body| body.query)
        .map_err(|wrong| Misunderstood::Request(request.clone(), wrong.to_string()))
}

/// Reads the query of a subscription.
pub(super) fn follow(text: &str, subscription: Tag) -> Result<Follow, Misunderstood> {
    match serde_json::from_str::<FollowBody>(text) {
        Ok(body) => Ok(Follow {
            subscription,
            query: body.query,
            after: body.after,
            credits: body.credits,
        }),
        Err(wrong) => Err(Misunderstood::Subscription(subscription, wrong.to_string())),
    }
}

fn revision<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Revision>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(de::Error::custom))
        .transpose()
}
