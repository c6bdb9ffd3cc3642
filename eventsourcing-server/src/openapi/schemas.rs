//! The schemas of what is sent and answered. Those of the server have names that begin with `eventsourcing.`; those of events,
//! commands and queries begin with `event.`, `command.`, `query.` and `result.`, and the types of the service keep theirs, which have no `.`.

mod own;

use std::fmt::Write as _;

use eventsourcing::service::{CommandDescription, EventDescription, QueryDescription, ServiceDescription};
use serde_json::{Map, Value, json};

/// A reference to a schema of the server.
pub(super) fn own(name: &str) -> Value {
    reference(&format!("eventsourcing.{name}"))
}

/// A reference to the schema of a command.
pub(super) fn of_command(command: &CommandDescription) -> Value {
    reference(&name_of_command(command))
}

/// A reference to the schema of what a query asks for.
pub(super) fn of_query(query: &QueryDescription) -> Value {
    reference(&format!("query.{}", plain(&query.name)))
}

/// A reference to the schema of what comes of a query.
pub(super) fn of_result(query: &QueryDescription) -> Value {
    reference(&format!("result.{}", plain(&query.name)))
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

fn name_of_command(command: &CommandDescription) -> String {
    format!("command.{}", plain(&command.name.replace('/', ".")))
}

fn name_of_event(event: &EventDescription) -> String {
    format!("event.{}", plain(&event.name))
}

pub(super) fn components(service: &ServiceDescription) -> Map<String, Value> {
    let commands = service.commands.iter().map(|command| {
        let schema = command.schema.as_ref().map_or_else(|| json!({}), relocated);
        (name_of_command(command), schema)
    });
    let events = service
        .events
        .iter()
        .map(|event| (name_of_event(event), cloud_event_of(event)));
    let queries = service.queries.iter().flat_map(|query| {
        let name = plain(&query.name);
        [("query", &query.schema), ("result", &query.result)].map(|(kind, schema)| {
            let schema = schema.as_ref().map_or_else(|| json!({}), relocated);
            (format!("{kind}.{name}"), schema)
        })
    });
    let definitions = service
        .definitions
        .iter()
        .map(|(name, schema)| (name_of_definition(name), relocated(schema)));
    let any = ("Event", any_event(service));
    let own = own::schemas().into_iter().chain([any]);
    let own = own.map(|(name, schema)| (format!("eventsourcing.{name}"), schema));
    own.chain(commands)
        .chain(events)
        .chain(queries)
        .chain(definitions)
        .collect()
}

/// An event of a known type and version, or any other.
fn any_event(service: &ServiceDescription) -> Value {
    let known = service
        .events
        .iter()
        .map(|event| reference(&name_of_event(event)));
    let kinds: Vec<_> = known.chain([own("CloudEvent")]).collect();
    json!({ "anyOf": kinds })
}

/// A type of event: the members of all events, and what it has of its own. Other versions look as they did then.
fn cloud_event_of(event: &EventDescription) -> Value {
    let data = event.schema.as_ref().map_or_else(|| json!({}), relocated);
    json!({
        "allOf": [own("CloudEvent")],
        "type": "object",
        "properties": {
            "type": { "const": event.name },
            "schemaversion": { "const": event.version },
            "data": data,
        },
        "required": ["type", "schemaversion"],
    })
}

/// A schema whose references lead to where the definitions are in this document.
pub(super) fn relocated(schema: &Value) -> Value {
    match schema {
        Value::Array(items) => items.iter().map(relocated).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let definition = value.as_str().and_then(|value| value.strip_prefix("#/$defs/"));
                let value = match definition {
                    Some(pointer) if key == "$ref" => {
                        let name = pointer.replace("~1", "/").replace("~0", "~");
                        format!("#/components/schemas/{}", name_of_definition(&name)).into()
                    }
                    _ => relocated(value),
                };
                (key.clone(), value)
            });
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

fn name_of_definition(name: &str) -> String {
    plain(name).replace('.', "_2e")
}

/// A name in the characters that those of components may have.
fn plain(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-') {
            plain.push(character);
        } else {
            let _ = write!(plain, "_{:x}", u32::from(character));
        }
    }
    plain
}
