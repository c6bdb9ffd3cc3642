use std::collections::BTreeMap;
use std::fmt::Write as _;

use eventsourcing::service::{CommandDescription, QueryDescription, ServiceDescription};
use serde_json::Value;

use super::names::{key, literal};
use super::types::doc;

/// What the class has besides commands.
const TAKEN: [&str; 6] = ["ask", "constructor", "events", "follow", "send", "subscribe"];

/// The class of the client.
pub(super) fn methods(service: &ServiceDescription, class: &str) -> String {
    let mut text = doc(&format!("The service {}.", service.name), "");
    text.insert(0, '\n');
    let mut names: BTreeMap<String, u32> = TAKEN.map(|name| (name.to_owned(), 1)).into();
    for command in &service.commands {
        *names.entry(camel_case(&command.name)).or_default() += 1;
    }
    for query in &service.queries {
        *names.entry(camel_case(&query.name)).or_default() += 1;
        *names.entry(following(&query.name)).or_default() += 1;
    }
    // Where two have the same name, each is called by its full one.
    let free = |name: String, full: String| if names.get(&name) == Some(&1) { name } else { full };
    let commands = service
        .commands
        .iter()
        .map(|command| method(command, &free(camel_case(&command.name), command.name.clone())));
    let queries = service.queries.iter().flat_map(|query| {
        let ask = free(camel_case(&query.name), format!("query/{}", query.name));
        let follow = free(following(&query.name), format!("follow/{}", query.name));
        [asking(query, &ask), follow_method(query, &follow)]
    });
    let methods: Vec<_> = commands.chain(queries).collect();
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

/// The method that asks a query.
fn asking(query: &QueryDescription, name: &str) -> String {
    let (doc, default, full_name) = parts(query);
    let path = literal(&format!("/queries/{}", query.name));
    format!(
        "{doc}  {}(fields: Queries[{full_name}][\"fields\"]{default}, asking?: Asking): Promise<Queries[{full_name}][\"result\"]> {{\n    return this.ask({path}, fields, asking);\n  }}\n",
        key(name)
    )
}

/// The method that follows a query.
fn follow_method(query: &QueryDescription, name: &str) -> String {
    let (doc, default, full_name) = parts(query);
    let path = literal(&format!("/queries/{}", query.name));
    format!(
        "{doc}  {}(fields: Queries[{full_name}][\"fields\"]{default}, asking?: Asking): AsyncGenerator<Queries[{full_name}][\"result\"], void, undefined> {{\n    return this.follow({path}, fields, asking);\n  }}\n",
        key(name)
    )
}

/// What a query says of itself, its fields if none is needed, and its name.
fn parts(query: &QueryDescription) -> (String, &'static str, String) {
    let description = query.schema.as_ref().and_then(|schema| schema.get("description"));
    let description = description.and_then(Value::as_str);
    let doc = description.map_or_else(String::new, |description| doc(description, "  "));
    let default = if has_required(query.schema.as_ref()) {
        ""
    } else {
        " = {}"
    };
    (doc, default, literal(&query.name))
}

/// The name of the method that follows a query: `followListTodos`.
fn following(query: &str) -> String {
    camel_case(&format!("follow/{query}"))
}

/// Whether a command cannot be sent without fields.
fn needs_fields(command: &CommandDescription) -> bool {
    has_required(command.schema.as_ref())
}

fn has_required(schema: Option<&Value>) -> bool {
    let required = schema.and_then(|schema| schema.get("required")?.as_array());
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
