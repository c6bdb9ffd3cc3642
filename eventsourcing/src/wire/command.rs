use std::error::Error as _;

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use serde_json::value::RawValue;

use super::{InvalidPayload, WireMetadata, json};
use crate::{CommandId, Limits, StreamId};

/// A command as it arrives over the wire: names and bytes, of no Rust type yet.
///
/// Its JSON form has no other members than these:
///
/// | member | | |
/// |---|---|---|
/// | `name` | required | the name of the command |
/// | `target` | of commands for an aggregate | the stream of the aggregate: `"todo-17"` |
/// | `id` | optional | a UUID; makes the command idempotent |
/// | `payload` | `{}` by default | the fields of the command |
/// | `metadata` | optional | see [`WireMetadata`] |
///
/// ```
/// use eventsourcing::StreamId;
/// use eventsourcing::wire::WireCommand;
/// use serde_json::json;
///
/// let create = WireCommand::new("Create", &json!({ "title": "Buy milk" }))?.for_target(StreamId::new("todo-17")?);
/// assert_eq!(
///     serde_json::to_string(&create)?,
///     r#"{"name":"Create","target":"todo-17","payload":{"title":"Buy milk"}}"#
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WireCommand {
    /// Makes it idempotent: however often a command is sent under this id, it happens once, and each time the first outcome
    /// is returned.
    pub id: Option<CommandId>,
    /// The name of the command.
    pub name: String,
    /// The stream that it is for. Commands over streams of their own choice have none.
    pub target: Option<StreamId>,
    /// Its fields, as JSON.
    pub payload: Bytes,
    /// What is known besides.
    pub metadata: WireMetadata,
}

impl WireCommand {
    /// A command of this name, with anything that has a JSON form as its payload.
    ///
    /// # Errors
    /// If the payload has no JSON form.
    pub fn new(name: impl Into<String>, payload: &impl Serialize) -> Result<Self, serde_json::Error> {
        Ok(Self::from_bytes(name, serde_json::to_vec(payload)?))
    }

    /// A command of this name, with a payload that is JSON already. Whether it is, is found out when it is dispatched.
    pub fn from_bytes(name: impl Into<String>, payload: impl Into<Bytes>) -> Self {
        Self {
            id: None,
            name: name.into(),
            target: None,
            payload: payload.into(),
            metadata: WireMetadata::default(),
        }
    }

    /// Reads the JSON form. Its size and nesting are looked at before it is parsed.
    ///
    /// # Errors
    /// If it is larger or nests deeper than the limits allow, or is not the JSON form of a command; tells where.
    pub fn from_json(bytes: &[u8], limits: &Limits) -> Result<Self, InvalidPayload> {
        let envelope = Limits {
            payload_bytes: limits.payload_bytes.saturating_add(limits.metadata_bytes),
            json_depth: limits.json_depth.saturating_add(1),
            ..*limits
        };
        json::parse(bytes, &envelope)
    }

    /// The same, for a stream.
    #[must_use]
    pub fn for_target(mut self, target: StreamId) -> Self {
        self.target = Some(target);
        self
    }

    /// The same, under an id that makes it idempotent.
    #[must_use]
    pub fn with_id(mut self, id: CommandId) -> Self {
        self.id = Some(id);
        self
    }

    /// The same, with what is known besides.
    #[must_use]
    pub fn with_metadata(mut self, metadata: WireMetadata) -> Self {
        self.metadata = metadata;
        self
    }
}

#[derive(Serialize)]
struct Written<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<CommandId>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<&'a StreamId>,
    payload: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a WireMetadata>,
}

impl Serialize for WireCommand {
    /// # Errors
    /// If the payload is not JSON.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let payload = serde_json::from_slice(&self.payload).map_err(ser::Error::custom)?;
        let written = Written {
            id: self.id,
            name: &self.name,
            target: self.target.as_ref(),
            payload,
            metadata: Some(&self.metadata).filter(|metadata| **metadata != WireMetadata::default()),
        };
        written.serialize(serializer)
    }
}

/// What is not understood is refused rather than passed over: it could be a condition with a typing error in its name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Read {
    #[serde(default)]
    id: Option<CommandId>,
    name: String,
    #[serde(default, deserialize_with = "target")]
    target: Option<StreamId>,
    #[serde(default, deserialize_with = "json::raw")]
    payload: Option<Box<RawValue>>,
    #[serde(default)]
    metadata: WireMetadata,
}

impl<'de> Deserialize<'de> for WireCommand {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let read = Read::deserialize(deserializer)?;
        let payload = read.payload.map_or(Bytes::from_static(b"{}"), |payload| {
            Bytes::from(Box::<str>::from(payload).into_boxed_bytes())
        });
        Ok(Self {
            id: read.id,
            name: read.name,
            target: read.target,
            payload,
            metadata: read.metadata,
        })
    }
}

/// Says all that is wrong with a stream id, the cause included.
fn target<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<StreamId>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else {
        return Ok(None);
    };
    match StreamId::new(&text) {
        Ok(target) => Ok(Some(target)),
        Err(error) => Err(match error.source() {
            Some(cause) => de::Error::custom(format_args!("{error}: {cause}")),
            None => de::Error::custom(error),
        }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{Actor, TenantId, Version};

    fn refused(json: &str) -> InvalidPayload {
        WireCommand::from_json(json.as_bytes(), &Limits::DEFAULT).expect_err("it is refused")
    }

    #[test]
    fn the_json_form_with_everything_is_this() {
        let mut command = WireCommand::new("Create", &json!({ "title": "Buy milk" }))
            .unwrap()
            .for_target(StreamId::new("todo-17").unwrap())
            .with_id(CommandId::new(Uuid::from_u128(1)));
        command.metadata = WireMetadata {
            correlation_id: Some(Uuid::from_u128(2).into()),
            causation_id: Some(Uuid::from_u128(3).into()),
            actor: Some(Actor::new("alice").unwrap()),
            tenant: TenantId::new("acme").unwrap(),
            trace: None,
            extra: [("ip".to_owned(), "127.0.0.1".to_owned())].into(),
            deadline: Some(Duration::from_millis(1_500)),
            expected_version: Some(Version::new(4)),
        };
        let expected = concat!(
            r#"{"id":"00000000-0000-0000-0000-000000000001","name":"Create","target":"todo-17","#,
            r#""payload":{"title":"Buy milk"},"#,
            r#""metadata":{"correlation_id":"00000000-0000-0000-0000-000000000002","#,
            r#""causation_id":"00000000-0000-0000-0000-000000000003","actor":"alice","tenant":"acme","#,
            r#""extra":{"ip":"127.0.0.1"},"deadline_ms":1500,"expected_version":4}}"#
        );
        let written = serde_json::to_string(&command).unwrap();
        assert_eq!(written, expected);
        assert_eq!(
            WireCommand::from_json(written.as_bytes(), &Limits::DEFAULT).unwrap(),
            command
        );
    }

    #[test]
    fn a_name_is_enough() {
        let command = WireCommand::from_json(br#"{"name":"Tick"}"#, &Limits::DEFAULT).unwrap();
        assert_eq!(command, WireCommand::from_bytes("Tick", "{}"));
    }

    #[test]
    fn the_payload_is_kept_byte_for_byte() {
        let sent = br#"{"name":"Pay","payload": { "b": 1.10, "a":1e3 }}"#;
        let command = WireCommand::from_json(sent, &Limits::DEFAULT).unwrap();
        assert_eq!(command.payload, r#"{ "b": 1.10, "a":1e3 }"#);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        assert!(refused(r#"{"name":"Tick","target":"Todo-1"}"#).to_string().starts_with(
            "invalid at `/target`: the stream id does not start with a category: a category is a lower-case letter"
        ));
        assert_eq!(
            refused(r#"{"name":"Tick","metadata":{"extra":{"a/b":7}}}"#).path,
            "/metadata/extra/a~1b"
        );
        assert!(
            refused(r#"{"name":"Tick","metadata":{"expectedVersion":7}}"#)
                .message
                .contains("unknown field")
        );
        assert!(
            refused(r#"{"name":"Tick"} x"#)
                .message
                .contains("trailing characters")
        );
        assert!(refused("").message.contains("EOF"));
    }

    #[test]
    fn what_is_too_large_or_too_deep_is_not_even_parsed() {
        let deep = format!(r#"{{"name":"Tick","payload":{}"#, "[".repeat(100_000));
        assert_eq!(
            refused(&deep).message,
            "100001 levels of a JSON payload, 65 are allowed"
        );
        let long = format!(r#"{{"name":"{}"}}"#, "x".repeat(2_000_000));
        assert!(refused(&long).message.contains("bytes of a payload"));
    }
}
