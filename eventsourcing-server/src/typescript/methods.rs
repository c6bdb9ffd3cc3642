use std::collections::BTreeMap;
use std::fmt::Write as _;

use eventsourcing::service::{CommandDescription, ServiceDescription};
use serde_json::Value;

use super::names::{key, literal};
use super::types::doc;

/// What the class has besides commands.
const TAKEN: [&str; 4] = ["constructor", "events", "send", "subscribe"];

/// The class of the client.
pub(super) fn methods(service: &ServiceDescription, class: &str) -> String {
    let mut text = doc(&format!("The service {}.", service.name), "");
    text.insert(0, '\n');
    let mut names: BTreeMap<String, u32> = TAKEN.map(|name| (name.to_owned(), 1)).into();
    for command in &service.commands {
        *names.entry(camel_case(&command.name)).or_default() += 1;
    }
    let methods: Vec<_> = service
        .commands
        .iter()
        .map(|command| {
            let name = camel_case(&command.name);
            // Where two have the same name, each is called by its full one.
            let is_free = names.get(&name) == Some(&1);
            method(command, &if is_free { name } else { command.name.clone() })
        })
        .collect();
    let _ = writeln!(
        text,
        "export class {class} extends Client {{\n{}}}",
        methods.join("\n")
    );
    text
}

fn method(command: &CommandDescription, name: &str) -> String {
    let full_name = literal(&command.name);
    let (id, path) = match command.name.split_once('/') {
        Some((category, own)) => (
            "id: string, ",
            format!("`/commands/{category}/${{encodeURIComponent(id)}}/{own}`"),
        ),
        None => ("", literal(&format!("/commands/{}", command.name))),
    };
    let schema = command.schema.as_ref();
    let description = schema
        .and_then(|schema| schema.get("description"))
        .and_then(Value::as_str);
    let doc = description.map_or_else(String::new, |description| doc(description, "  "));
    let default = if needs_fields(command) { "" } else { " = {}" };
    format!(
        "{doc}  {}({id}fields: Commands[{full_name}]{default}, sending?: Sending): Promise<Result> {{\n    return this.send({path}, fields, sending);\n  }}\n",
        key(name)
    )
}

/// Whether a command cannot be sent without fields.
fn needs_fields(command: &CommandDescription) -> bool {
    let required = command
        .schema
        .as_ref()
        .and_then(|schema| schema.get("required")?.as_array());
    required.is_some_and(|required| !required.is_empty())
}

/// The schema of the fields that are sent. The id of an aggregate is in the address, and need not be among them.
pub(super) fn fields(command: &CommandDescription) -> Option<Value> {
    let mut schema = command.schema.clone()?;
    let is_required = |name: &str| {
        let required = schema.get("required").and_then(Value::as_array);
        required.is_some_and(|names| names.iter().any(|other| other == name))
    };
    if command.name.contains('/') && !is_required("id") {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        properties.map(|properties| properties.remove("id"));
    }
    Some(schema)
}

/// `todo/Create` as `todoCreate`.
fn camel_case(name: &str) -> String {
    let mut camel = String::with_capacity(name.len());
    let mut begins = false;
    for character in name.chars() {
        if !character.is_ascii_alphanumeric() {
            begins = true;
        } else if camel.is_empty() {
            camel.push(character.to_ascii_lowercase());
        } else if begins {
            camel.push(character.to_ascii_uppercase());
        } else {
            camel.push(character);
        }
        begins &= !character.is_ascii_alphanumeric();
    }
    camel
}
