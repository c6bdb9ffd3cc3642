//! A client in TypeScript, made of the description of a service. Feature `typescript`.
//!
//! It is one file without dependencies, for browsers and for Node. It has a class with a method for each command and two for each query, the
//! types of their fields and results, and those of all events. The schemas come with the feature `schema`; what has none is `unknown`.
//!
//! Commit it, and let a test compare it with the service:
//!
//! ```
//! # use eventsourcing::prelude::*;
//! # #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
//! # #[stream_key(category = "seat")]
//! # pub struct Seat(u32);
//! # #[derive(Event)]
//! # #[event(prefix = "seat")]
//! # pub enum SeatEvent { Reserved { #[stream] seat: Seat } }
//! # #[derive(Command, Serialize, Deserialize)]
//! # #[command(emits(SeatEvent))]
//! # pub struct Reserve { #[stream] seat: Seat }
//! # impl CommandLogic for Reserve {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &ReserveState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, SeatEvent::Reserved { seat: self.seat.clone() });
//! #         Ok(())
//! #     }
//! # }
//! use eventsourcing_server::typescript::{assert_client_is_fresh, client};
//!
//! #[service(commands(Reserve))]
//! pub struct Theatre;
//!
//! assert!(client(&Theatre::describe()).contains("export class Theatre"));
//!
//! // In a test:
//! # fn test() {
//! assert_client_is_fresh("page/client.ts", &Theatre::describe());
//! # }
//! ```

mod fresh;
mod methods;
mod names;
mod types;

use std::fmt::Write as _;

use eventsourcing::service::{EventDescription, ServiceDescription};
use serde_json::Value;

pub use fresh::{UPDATE, assert_client_is_fresh};
use methods::methods;
use names::{Names, key, literal};
use types::Types;

const RUNTIME: &str = include_str!("runtime.ts");

/// The client of a service, as the text of a file.
pub fn client(service: &ServiceDescription) -> String {
    let names = Names::of(service);
    let types = Types::new(&names);
    let mut text = format!(
        "// The client of {}, made of its description by `eventsourcing-server`. Do not edit it: a test compares it with the service.\n",
        service.name
    );
    text.push_str(&definitions(service, &names, &types));
    text.push_str(&commands(service, &types));
    text.push_str(&queries(service, &types));
    text.push_str(&events(service, &types));
    text.push('\n');
    text.push_str(RUNTIME);
    // A class has to come behind the one that it extends.
    text.push_str(&methods(service, names.class()));
    text
}

/// The types of the service.
fn definitions(service: &ServiceDescription, names: &Names, types: &Types<'_>) -> String {
    let mut text = String::new();
    for (name, schema) in &service.definitions {
        let _ = write!(
            text,
            "\n{}export type {} = {};\n",
            types::doc_of(schema, ""),
            names.of_definition(name),
            types.of(schema, "")
        );
    }
    text
}

/// The fields of each command. The id of an aggregate is in the address, and not among them.
fn commands(service: &ServiceDescription, types: &Types<'_>) -> String {
    let mut text = "\n/** The fields of each command. */\nexport interface Commands {\n".to_owned();
    for command in &service.commands {
        let schema = methods::fields(command);
        let ty = schema
            .as_ref()
            .map_or_else(|| "unknown".to_owned(), |schema| types.of(schema, "  "));
        let _ = writeln!(text, "  {}: {ty};", key(&command.name));
    }
    text.push_str("}\n");
    text
}

/// The fields of each query, and what comes of it.
fn queries(service: &ServiceDescription, types: &Types<'_>) -> String {
    let mut text =
        "\n/** The fields of each query, and what comes of it. */\nexport interface Queries {\n".to_owned();
    for query in &service.queries {
        let ty = |schema: &Option<Value>| {
            let schema = schema.as_ref();
            schema.map_or_else(|| "unknown".to_owned(), |schema| types.of(schema, "    "))
        };
        let _ = writeln!(
            text,
            "  {}: {{\n    fields: {};\n    result: {};\n  }};",
            key(&query.name),
            ty(&query.schema),
            ty(&query.result)
        );
    }
    text.push_str("}\n");
    text
}

/// What can happen, as a union that `type` and `schemaversion` tell apart.
fn events(service: &ServiceDescription, types: &Types<'_>) -> String {
    let mut text = "\n/** Something that the service knows: `type` says what, and `schemaversion` in which form. */\nexport type Event =".to_owned();
    let mut members = Vec::new();
    for event in &service.events {
        members.extend(of_event(event, types));
    }
    if members.is_empty() {
        text.push_str(" never");
    }
    for member in members {
        let _ = write!(text, "\n  | {member}");
    }
    let names = service.events.iter();
    let names = names.flat_map(|event| std::iter::once(&event.name).chain(&event.aliases));
    let names: Vec<_> = names.map(|name| literal(name)).collect();
    let _ = write!(
        text,
        ";\n\nexport type EventType = Event[\"type\"];\n\nconst EVENT_TYPES: ReadonlySet<string> = new Set([{}]);\n",
        names.join(", ")
    );
    text
}

/// What an event looks like now; of earlier versions, and under earlier names, nobody knows.
fn of_event(event: &EventDescription, types: &Types<'_>) -> Vec<String> {
    let name = literal(&event.name);
    let data = event
        .schema
        .as_ref()
        .map_or_else(|| "unknown".to_owned(), |schema| types.of(schema, "    "));
    let mut members = vec![format!("CloudEvent<{name}, {}, {data}>", event.version)];
    let earlier: Vec<_> = (1..event.version).map(|version| version.to_string()).collect();
    if !earlier.is_empty() {
        members.push(format!("CloudEvent<{name}, {}, unknown>", earlier.join(" | ")));
    }
    let aliases = event.aliases.iter();
    members.extend(aliases.map(|alias| format!("CloudEvent<{}, number, unknown>", literal(alias))));
    members
}
