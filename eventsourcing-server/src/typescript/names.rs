use std::collections::{BTreeMap, BTreeSet};

use eventsourcing::service::ServiceDescription;
use serde_json::Value;

/// What the rest of the file calls by name.
const TAKEN: [&str; 32] = [
    "AbortSignal",
    "Array",
    "Asking",
    "AsyncGenerator",
    "Client",
    "CloudEvent",
    "Commands",
    "Connecting",
    "Error",
    "Event",
    "EventType",
    "Failure",
    "Filter",
    "JSON",
    "Math",
    "Message",
    "NonNullable",
    "Problem",
    "ProblemError",
    "Promise",
    "Queries",
    "ReadableStream",
    "Reading",
    "Readonly",
    "Record",
    "RequestInit",
    "Response",
    "Result",
    "Sending",
    "Sent",
    "Set",
    "Success",
];

/// Words that TypeScript keeps for itself, as far as types of Rust can be called so.
const WORDS: [&str; 24] = [
    "any",
    "bigint",
    "boolean",
    "class",
    "const",
    "default",
    "delete",
    "export",
    "function",
    "import",
    "interface",
    "never",
    "new",
    "null",
    "number",
    "object",
    "package",
    "string",
    "symbol",
    "this",
    "undefined",
    "unknown",
    "var",
    "void",
];

/// What the class and the types of a service are called.
pub(super) struct Names {
    class: String,
    definitions: BTreeMap<String, String>,
}

impl Names {
    pub(super) fn of(service: &ServiceDescription) -> Self {
        let mut taken: BTreeSet<String> = TAKEN.into_iter().chain(WORDS).map(str::to_owned).collect();
        let class = free(&service.name, &mut taken);
        let definitions = service.definitions.keys();
        let definitions = definitions
            .map(|name| (name.clone(), free(name, &mut taken)))
            .collect();
        Self { class, definitions }
    }

    pub(super) fn class(&self) -> &str {
        &self.class
    }

    /// What a definition is called; nothing is if there is none.
    pub(super) fn of_definition(&self, name: &str) -> &str {
        self.definitions.get(name).map_or("unknown", String::as_str)
    }
}

/// The name, in the characters that it may have, and as nothing else is called.
fn free(name: &str, taken: &mut BTreeSet<String>) -> String {
    let mut free: String = name
        .chars()
        .map(|character| {
            if character.is_ascii_alphanumeric() {
                character
            } else {
                '_'
            }
        })
        .collect();
    if free.is_empty() || free.starts_with(|first: char| first.is_ascii_digit()) {
        free.insert(0, '_');
    }
    while !taken.insert(free.clone()) {
        free.push('_');
    }
    free
}

/// The name of a member.
pub(super) fn key(name: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || matches!(character, '_' | '$');
    let is_digit = |first: char| first.is_ascii_digit();
    if !name.is_empty() && name.chars().all(is_plain) && !name.starts_with(is_digit) {
        name.to_owned()
    } else {
        literal(name)
    }
}

/// A text of the program.
pub(super) fn literal(text: &str) -> String {
    Value::from(text).to_string()
}
