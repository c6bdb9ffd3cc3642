//! What a service says about the form of its commands and events.

use std::borrow::Cow;
use std::convert::Infallible;

use eventsourcing::prelude::*;
use eventsourcing::schema::{JsonSchema, Schema, SchemaGenerator, json_schema};
use eventsourcing::service::ServiceDescription;
use serde_json::{Value, json};

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[stream_key(category = "note")]
pub struct NoteId(String);

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "note")]
pub enum NoteEvent {
    Written { colour: paint::Colour },
    Lit { colour: light::Colour },
}

mod paint {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Colour(String);
}

mod light {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
    pub struct Colour(u8, u8, u8);
}

#[derive(Clone, Default)]
pub struct Note;

#[aggregate(id = NoteId, event = NoteEvent, error = Infallible)]
impl Note {
    #[command]
    pub fn write(&self, colour: paint::Colour) -> Result<NoteEvent, Infallible> {
        Ok(NoteEvent::Written { colour })
    }

    #[apply]
    fn written(&mut self) {}

    #[apply]
    fn lit(&mut self) {}
}

impl JsonSchema for Write {
    fn schema_name() -> Cow<'static, str> {
        "Write".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "id": generator.subschema_for::<NoteId>(),
                "colour": generator.subschema_for::<paint::Colour>(),
            },
            "required": ["id", "colour"],
        })
    }
}

#[service(aggregates(Note))]
struct Notes;

fn schema_of_event(description: &ServiceDescription, name: &str) -> Value {
    let event = description.events.iter().find(|event| event.name == name);
    event.unwrap().schema.clone().unwrap()
}

#[test]
fn the_id_of_an_aggregate_need_not_be_sent() {
    let expected = json!({
        "type": "object",
        "properties": { "id": { "$ref": "#/$defs/NoteId" }, "colour": { "$ref": "#/$defs/Colour" } },
        "required": ["colour"],
    });
    assert_eq!(Notes::describe().commands[0].schema, Some(expected));
}

#[test]
fn types_of_one_name_are_told_apart_and_defined_once() {
    let notes = Notes::describe();
    let lit = schema_of_event(&notes, "note.Lit");
    let written = schema_of_event(&notes, "note.Written");
    assert_eq!(
        written["properties"]["colour"],
        json!({ "$ref": "#/$defs/Colour" })
    );
    assert_eq!(lit["properties"]["colour"], json!({ "$ref": "#/$defs/Colour2" }));
    assert_eq!(notes.definitions["Colour"]["type"], json!("string"));
    assert_eq!(notes.definitions["Colour2"]["type"], json!("array"));
    assert_eq!(notes.definitions.len(), 3);
}

#[test]
fn a_description_with_schemas_is_read_back() {
    let notes = Notes::describe();
    let written = serde_json::to_string(&notes).unwrap();
    assert_eq!(
        serde_json::from_str::<ServiceDescription>(&written).unwrap(),
        notes
    );
}
