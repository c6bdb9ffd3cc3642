use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use serde::Serialize;

/// A JSON object with a further member `events`, of events that are rendered already.
pub(crate) fn json_with_events(members: &impl Serialize, events: impl Iterator<Item = Bytes>) -> Response {
    #[expect(
        clippy::expect_used,
        reason = "only objects of ids, numbers and text come here"
    )]
    let mut json = serde_json::to_vec(members).expect("the members have a JSON form");
    debug_assert!(
        json.len() > 2 && json.ends_with(b"}"),
        "there are members already"
    );
    json.pop();
    json.extend_from_slice(b",\"events\":");
    write_array(&mut json, events);
    json.push(b'}');
    typed("application/json", json)
}

/// A JSON array of events that are rendered already: the batched form of CloudEvents.
pub(super) fn batch(events: impl Iterator<Item = Bytes>) -> Response {
    let mut json = Vec::new();
    write_array(&mut json, events);
    typed("application/cloudevents-batch+json", json)
}

fn write_array(json: &mut Vec<u8>, events: impl Iterator<Item = Bytes>) {
    json.push(b'[');
    for (at, event) in events.enumerate() {
        if at > 0 {
            json.push(b',');
        }
        json.extend_from_slice(&event);
    }
    json.push(b']');
}

fn typed(content_type: &'static str, body: Vec<u8>) -> Response {
    (
        [(header::CONTENT_TYPE, HeaderValue::from_static(content_type))],
        body,
    )
        .into_response()
}
