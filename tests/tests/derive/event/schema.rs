//! JSON Schemas describe what is stored.

use std::collections::BTreeMap;
use std::fmt::Display;

use eventsourcing::event::Codec;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serializer;
use serde::de::DeserializeOwned;
use serde_json::json;

use super::*;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
struct Money {
    cents: i64,
}

/// It has no schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Secret(String);

/// How the enum itself is serialized says nothing about what is stored.
#[derive(Event, Serialize)]
#[event(prefix = "shop")]
#[serde(tag = "kind", rename_all = "lowercase", rename_all_fields = "camelCase")]
enum ShopEvent {
    /// A price was set.
    Priced {
        #[stream]
        shop_name: StreamId,
        /// In cents.
        #[serde(rename = "PRICE")]
        price: Money,
        was: Option<Money>,
    },
    #[serde(rename_all = "SCREAMING-KEBAB-CASE")]
    Counted {
        how_many: u8,
    },
    Noted {
        #[serde(default, skip_serializing_if = "String::is_empty")]
        note: String,
        #[serde(skip)]
        _cached: u8,
    },
    Weighed {
        #[serde(serialize_with = "as_text")]
        grams: u64,
    },
    Extended {
        id: bool,
        #[serde(flatten)]
        more: BTreeMap<String, bool>,
    },
    Signed(Signed),
    Sealed {
        secret: Secret,
        id: bool,
    },
    Closed,
}

#[derive(Event, Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[event(name = "shop.Signed")]
#[serde(rename_all = "UPPERCASE")]
struct Signed {
    by: Option<String>,
}

#[derive(Event)]
#[serde(deny_unknown_fields)]
enum Strict {
    Said { word: String },
}

/// With the derive, the compiler asks for the schema of every field, and attributes say what it cannot know.
#[derive(Event, JsonSchema)]
enum Insisting {
    Sealed {
        #[schemars(with = "String", title = "Sealed")]
        secret: Secret,
        #[schemars(range(max = 10))]
        level: u8,
    },
}

#[derive(Event)]
enum Generic<T> {
    Added { it: T },
    Cleared,
}

#[derive(Debug)]
struct Reversed;

#[derive(Event)]
#[event(codec = Reversed)]
enum Coded {
    Said { word: String },
}

fn as_text<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(value)
}

impl Codec for Reversed {
    const CONTENT_TYPE: ContentType = ContentType::from_static("text/reversed");

    fn encode<T: Serialize>(payload: &T) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
        Ok(serde_json::to_vec(payload)?.into_iter().rev().collect())
    }

    fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Box<dyn std::error::Error + Send + Sync>> {
        let bytes: Vec<u8> = bytes.iter().rev().copied().collect();
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// The schema of an event type, and what it refers to.
fn schema_of<E: Event>(name: &str) -> Option<(Value, Value)> {
    let mut generator = SchemaGenerator::default();
    let schema = E::TYPES.find(name).unwrap().schema(&mut generator)?;
    Some((schema.into(), generator.take_definitions(true).into()))
}

fn schema<E: Event>(name: &str) -> Value {
    schema_of::<E>(name).unwrap().0
}

#[test]
fn a_variant_is_described_as_its_payload_and_refers_to_its_parts() {
    let (schema, definitions) = schema_of::<ShopEvent>("shop.Priced").unwrap();
    assert_eq!(
        schema,
        json!({
            "type": "object",
            "description": "A price was set.",
            "properties": {
                "shopName": { "$ref": "#/$defs/StreamId" },
                "PRICE": { "$ref": "#/$defs/Money", "description": "In cents." },
                "was": { "anyOf": [{ "$ref": "#/$defs/Money" }, { "type": "null" }] },
            },
            "required": ["shopName", "PRICE"],
        })
    );
    let cents = json!({ "type": "integer", "format": "int64" });
    assert_eq!(
        definitions,
        json!({
            "StreamId": { "type": "string" },
            "Money": { "type": "object", "properties": { "cents": cents }, "required": ["cents"] },
        })
    );
}

#[test]
fn a_variant_without_fields_is_described_as_an_object() {
    assert_eq!(schema::<ShopEvent>("shop.Closed"), json!({ "type": "object" }));
}

#[test]
fn attributes_of_serde_shape_a_schema_as_they_shape_the_payload() {
    let counted = schema::<ShopEvent>("shop.Counted");
    assert_eq!(counted["required"], json!(["HOW-MANY"]));
    let noted = schema::<ShopEvent>("shop.Noted");
    let note = json!({ "type": "string" });
    assert_eq!(noted, json!({ "type": "object", "properties": { "note": note } }));
    let extended = schema::<ShopEvent>("shop.Extended");
    assert_eq!(extended["additionalProperties"], json!({ "type": "boolean" }));
    let said = schema::<Strict>("Said");
    assert_eq!(said["additionalProperties"], json!(false));
}

#[test]
fn a_field_that_is_written_in_its_own_way_can_be_any_json() {
    let weighed = schema::<ShopEvent>("shop.Weighed");
    assert_eq!(weighed["properties"], json!({ "grams": true }));
}

#[test]
fn a_wrapped_event_is_described_as_it_describes_itself() {
    let signed = schema::<ShopEvent>("shop.Signed");
    assert_eq!(signed, schema::<Signed>("shop.Signed"));
    let by = json!({ "type": ["string", "null"] });
    assert_eq!(signed["properties"], json!({ "BY": by }));
}

#[test]
fn a_variant_with_a_field_that_is_not_described_is_not_described_itself() {
    assert_eq!(schema_of::<ShopEvent>("shop.Sealed"), None);
}

#[test]
fn attributes_of_schemars_shape_a_schema() {
    let sealed = schema::<Insisting>("Sealed");
    assert_eq!(
        sealed["properties"]["secret"],
        json!({ "type": "string", "title": "Sealed" })
    );
    assert_eq!(sealed["properties"]["level"]["maximum"], json!(10));
}

#[test]
fn events_with_parameters_and_codecs_of_their_own_are_not_described() {
    assert_eq!(schema_of::<Generic<u8>>("Added"), None);
    assert_eq!(schema_of::<Generic<u8>>("Cleared"), None);
    assert_eq!(schema_of::<Coded>("Said"), None);
}
