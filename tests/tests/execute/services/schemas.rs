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

#[derive(Event, Clone, Debug, PartialEq)]
#[event(prefix = "tag")]
pub enum TagEvent {
    Named { tag: TagId, name: String },
    Kept { by: Secret },
}

/// It has no schema.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Secret(u8);

/// The macro writes the id.
pub struct Tag;

#[aggregate(id = TagId(String), category = "tag", event = TagEvent, stateless)]
impl Tag {
    /// Gives it a name.
    #[command]
    pub fn name(
        &self,
        cx: &Cx<TagId>,
        /// At least one letter.
        #[serde(rename = "newName")]
        name: String,
        #[serde(default)] loudly: bool,
    ) -> TagEvent {
        let _ = loudly;
        TagEvent::Named {
            tag: cx.id().clone(),
            name,
        }
    }

    #[command]
    pub fn keep(&self, by: Secret) -> TagEvent {
        TagEvent::Kept { by }
    }

    #[command(name = "Rename")]
    pub fn rename(&self, name: String) -> TagEvent {
        TagEvent::Named {
            tag: TagId::from("other"),
            name,
        }
    }
}

/// What the user says of a command counts.
impl JsonSchema for Rename {
    fn schema_name() -> Cow<'static, str> {
        "Rename".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "object", "required": ["id", "name"] })
    }
}

#[service(aggregates(Note, Tag))]
struct Notes;

fn schema_of_event(description: &ServiceDescription, name: &str) -> Value {
    let event = description.events.iter().find(|event| event.name == name);
    event.unwrap().schema.clone().unwrap()
}

fn schema_of_command(description: &ServiceDescription, name: &str) -> Option<Value> {
    let command = description.commands.iter().find(|command| command.name == name);
    command.unwrap().schema.clone()
}

#[test]
fn a_command_of_an_aggregate_is_described_by_its_fields() {
    let description = Notes::describe();
    let expected = json!({
        "type": "object",
        "description": "Gives it a name.",
        "properties": {
            "id": { "$ref": "#/$defs/TagId" },
            "newName": { "type": "string", "description": "At least one letter." },
            "loudly": { "type": "boolean", "default": false },
        },
        "required": ["newName"],
    });
    assert_eq!(schema_of_command(&description, "tag/Name"), Some(expected));
    assert_eq!(description.definitions["TagId"], json!({ "type": "string" }));
}

#[test]
fn a_command_with_a_field_without_a_schema_has_none() {
    assert_eq!(schema_of_command(&Notes::describe(), "tag/Keep"), None);
}

#[test]
fn a_command_that_describes_itself_is_described_so() {
    let expected = json!({ "type": "object", "required": ["name"] });
    assert_eq!(
        schema_of_command(&Notes::describe(), "tag/Rename"),
        Some(expected)
    );
}

#[test]
fn an_event_with_an_id_that_the_macro_writes_is_described() {
    let named = schema_of_event(&Notes::describe(), "tag.Named");
    assert_eq!(named["properties"]["tag"], json!({ "$ref": "#/$defs/TagId" }));
}

#[test]
fn the_id_of_an_aggregate_need_not_be_sent() {
    let expected = json!({
        "type": "object",
        "properties": { "id": { "$ref": "#/$defs/NoteId" }, "colour": { "$ref": "#/$defs/Colour" } },
        "required": ["colour"],
    });
    assert_eq!(
        schema_of_command(&Notes::describe(), "note/Write"),
        Some(expected)
    );
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
    assert_eq!(notes.definitions.len(), 4);
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
