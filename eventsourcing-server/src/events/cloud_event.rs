use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use eventsourcing::{
    Actor, CausationId, CommandId, CorrelationId, Metadata, RecordedEvent, StreamId, StreamVersion, TenantId,
    Timestamp,
};
use eventsourcing::{EventId, Position, SchemaVersion, Version};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

/// An event in the structured JSON form of [CloudEvents 1.0](https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md).
///
/// Numbers that may outgrow the integers of CloudEvents, which have 32 bits, are written as text.
#[derive(Serialize)]
struct CloudEvent<'a> {
    specversion: &'static str,
    id: EventId,
    source: String,
    #[serde(rename = "type")]
    event_type: &'a str,
    subject: &'a StreamId,
    time: Timestamp,
    datacontenttype: &'a str,
    #[serde(serialize_with = "as_text")]
    position: Position,
    #[serde(serialize_with = "as_text")]
    streamversion: Version,
    schemaversion: SchemaVersion,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenantid: Option<&'a TenantId>,
    #[serde(flatten)]
    known: Option<Known>,
    #[serde(skip_serializing_if = "String::is_empty")]
    links: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    #[serde(rename = "data_base64", skip_serializing_if = "Option::is_none")]
    base64: Option<String>,
}

/// What is known of the command that has led to the event.
#[derive(Serialize)]
struct Known {
    commandid: CommandId,
    correlationid: CorrelationId,
    causationid: CausationId,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<Actor>,
    #[serde(skip_serializing_if = "Option::is_none")]
    traceparent: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tracestate: Option<String>,
}

impl From<Metadata> for Known {
    fn from(metadata: Metadata) -> Self {
        let trace = metadata.trace.as_ref();
        Self {
            commandid: metadata.command_id,
            correlationid: metadata.correlation_id,
            causationid: metadata.causation_id,
            traceparent: trace.map(|trace| trace.traceparent().to_owned()),
            tracestate: trace.and_then(|trace| trace.tracestate()).map(str::to_owned),
            actor: metadata.actor,
        }
    }
}

/// An event as a CloudEvent: JSON on one line.
pub(super) fn render(event: &RecordedEvent) -> Bytes {
    let data = is_json(event.content_type.as_str())
        .then(|| serde_json::from_slice::<&RawValue>(&event.payload).ok())
        .flatten();
    let rendered = CloudEvent {
        specversion: "1.0",
        id: event.id,
        source: address_of(&event.home.stream),
        event_type: event.event_type.as_str(),
        subject: &event.home.stream,
        time: event.recorded_at,
        datacontenttype: event.content_type.as_str(),
        position: event.position,
        streamversion: event.home.version,
        schemaversion: event.schema_version,
        tenantid: Some(&event.tenant).filter(|tenant| **tenant != TenantId::DEFAULT),
        known: event.metadata().ok().map(Known::from),
        links: links(&event.links),
        data,
        base64: data.is_none().then(|| BASE64_STANDARD.encode(&event.payload)),
    };
    #[expect(clippy::expect_used, reason = "text, numbers, and JSON that was read before")]
    let mut json = serde_json::to_vec(&rendered).expect("a CloudEvent has a JSON form");
    // Payloads are written as they were stored. Outside of strings, where JSON has none, a line end is as good as a space.
    for byte in &mut json {
        if matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
    json.into()
}

fn is_json(content_type: &str) -> bool {
    let essence = content_type.split(';').next().unwrap_or_default();
    essence == "application/json" || essence.ends_with("+json")
}

/// What need not be encoded in a segment of a path, [RFC 3986](https://www.rfc-editor.org/rfc/rfc3986#section-3.3).
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~')
    .remove(b'@')
    .remove(b':');

/// Where a stream is found, below the address of the service.
pub(crate) fn address_of(stream: &StreamId) -> String {
    format!("/streams/{}", utf8_percent_encode(stream.as_str(), SEGMENT))
}

/// `/streams/account-bob#3`: the streams that hold an event besides, each with its version there.
fn links(links: &[StreamVersion]) -> String {
    let mut text = String::new();
    for StreamVersion { stream, version } in links {
        if !text.is_empty() {
            text.push(' ');
        }
        let _ = write!(text, "{}#{version}", address_of(stream));
    }
    text
}

fn as_text<S: Serializer>(number: &impl ToString, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&number.to_string())
}

#[cfg(test)]
mod tests {
    use eventsourcing::uuid::Uuid;
    use eventsourcing::{ContentType, EventTypeName, TraceContext};
    use serde_json::{Value, json};

    use super::*;

    fn place(stream: &str, version: u64) -> StreamVersion {
        StreamVersion {
            stream: StreamId::new(stream).unwrap(),
            version: Version::new(version),
        }
    }

    fn event(content_type: ContentType, payload: &'static [u8]) -> RecordedEvent {
        RecordedEvent {
            id: EventId::new(Uuid::from_u128(1)),
            tenant: TenantId::DEFAULT,
            position: Position::new(u64::MAX),
            event_type: EventTypeName::new("account.Transferred").unwrap(),
            schema_version: 2,
            content_type,
            payload: Bytes::from_static(payload),
            metadata: Bytes::new(),
            recorded_at: Timestamp::UNIX_EPOCH,
            home: place("account-alice", 3),
            links: Vec::new(),
        }
    }

    fn rendered(event: &RecordedEvent) -> Value {
        serde_json::from_slice(&render(event)).unwrap()
    }

    #[test]
    fn an_event_of_which_little_is_known_is_this() {
        let expected = concat!(
            r#"{"specversion":"1.0","id":"00000000-0000-0000-0000-000000000001","source":"/streams/account-alice","#,
            r#""type":"account.Transferred","subject":"account-alice","time":"1970-01-01T00:00:00.000000Z","#,
            r#""datacontenttype":"application/json","position":"18446744073709551615","streamversion":"3","#,
            r#""schemaversion":2,"data":{"amount":1.10}}"#
        );
        assert_eq!(render(&event(ContentType::JSON, br#"{"amount":1.10}"#)), expected);
    }

    #[test]
    fn everything_that_is_known_has_its_attribute() {
        let mut metadata = Metadata::of_command(CommandId::new(Uuid::from_u128(2)));
        metadata.actor = Some(Actor::new("alice").unwrap());
        let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        metadata.trace = Some(TraceContext::new(trace, Some("vendor=1")).unwrap());
        metadata.extra.insert("ip".into(), "127.0.0.1".into());
        let event = rendered(&RecordedEvent {
            tenant: TenantId::new("acme").unwrap(),
            metadata: metadata.to_bytes(),
            links: vec![place("account-bob", 7), place("fee-a b/\u{f6}", 1)],
            ..event(ContentType::JSON, b"null")
        });
        let id = "00000000-0000-0000-0000-000000000002";
        for (attribute, value) in [
            ("tenantid", "acme"),
            ("commandid", id),
            ("correlationid", id),
            ("causationid", id),
            ("actor", "alice"),
            ("traceparent", trace),
            ("tracestate", "vendor=1"),
            ("links", "/streams/account-bob#7 /streams/fee-a%20b%2F%C3%B6#1"),
        ] {
            assert_eq!(event[attribute], value, "{attribute}");
        }
        assert_eq!(event["data"], Value::Null);
        assert!(
            !event.to_string().contains("127.0.0.1"),
            "what the application adds stays inside"
        );
    }

    #[test]
    fn a_payload_with_line_ends_is_one_line() {
        let line = render(&event(ContentType::JSON, b"{\r\n\t\"a\":\r\"two\\nlines\"\n}"));
        assert!(!line.iter().any(|byte| matches!(byte, b'\n' | b'\r')));
        let line: Value = serde_json::from_slice(&line).unwrap();
        assert_eq!(line["data"], json!({ "a": "two\nlines" }));
    }

    #[test]
    fn a_payload_that_is_not_json_is_base64_even_if_it_looks_like_it() {
        let text = ContentType::new("text/plain").unwrap();
        for (content_type, payload) in [(text, &b"17"[..]), (ContentType::JSON, &b"\xff\n"[..])] {
            let event = rendered(&event(content_type, payload));
            assert!(event.get("data").is_none());
            assert_eq!(event["data_base64"], BASE64_STANDARD.encode(payload));
        }
        let json = ContentType::new("application/merge-patch+json").unwrap();
        assert_eq!(rendered(&event(json, b"17"))["data"], 17);
    }
}
