use std::fmt::Write as _;

use serde_json::{Map, Value};

use super::names::{Names, key};

/// Writes JSON Schemas as types of TypeScript. What those cannot say, such as the greatest number, is left out.
pub(super) struct Types<'a> {
    names: &'a Names,
}

impl<'a> Types<'a> {
    pub(super) fn new(names: &'a Names) -> Self {
        Self { names }
    }

    /// The type of a schema. `indent` is that of the line that it begins in.
    pub(super) fn of(&self, schema: &Value, indent: &str) -> String {
        let Value::Object(schema) = schema else {
            return if *schema == Value::Bool(false) {
                "never"
            } else {
                "unknown"
            }
            .to_owned();
        };
        let alternatives = ["oneOf", "anyOf"].into_iter().filter_map(|word| {
            let schemas = schema.get(word)?.as_array()?;
            Some(union(schemas.iter().map(|schema| self.of(schema, indent))))
        });
        let all = schema.get("allOf").and_then(Value::as_array);
        let all = all.into_iter().flatten().map(|schema| self.of(schema, indent));
        let own = self.own(schema, indent);
        let parts = own.into_iter().chain(alternatives).chain(all);
        let parts: Vec<_> = parts.filter(|part| part != "unknown").collect();
        match &*parts {
            [] => "unknown".to_owned(),
            [part] => part.clone(),
            parts => {
                let parts: Vec<_> = parts.iter().map(|part| enclosed(part)).collect();
                parts.join(" & ")
            }
        }
    }

    /// What a schema says itself, rather than by others.
    fn own(&self, schema: &Map<String, Value>, indent: &str) -> Option<String> {
        if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
            let name = reference.strip_prefix("#/$defs/").unwrap_or_default();
            let name = name.replace("~1", "/").replace("~0", "~");
            return Some(self.names.of_definition(&name).to_owned());
        }
        if let Some(constant) = schema.get("const") {
            return Some(value(constant));
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            return Some(union(values.iter().map(value)));
        }
        match schema.get("type") {
            Some(Value::String(name)) => Some(self.named(name, schema, indent)),
            Some(Value::Array(names)) => {
                let names = names.iter().filter_map(Value::as_str);
                Some(union(names.map(|name| self.named(name, schema, indent))))
            }
            _ => schema
                .contains_key("properties")
                .then(|| self.object(schema, indent)),
        }
    }

    fn named(&self, name: &str, schema: &Map<String, Value>, indent: &str) -> String {
        match name {
            "integer" | "number" => "number".to_owned(),
            "string" | "boolean" | "null" => name.to_owned(),
            "array" => self.array(schema, indent),
            "object" => self.object(schema, indent),
            _ => "unknown".to_owned(),
        }
    }

    fn array(&self, schema: &Map<String, Value>, indent: &str) -> String {
        let items = schema.get("items").map(|items| self.of(items, indent));
        let Some(first) = schema.get("prefixItems").and_then(Value::as_array) else {
            return format!("Array<{}>", items.as_deref().unwrap_or("unknown"));
        };
        let mut elements: Vec<_> = first.iter().map(|item| self.of(item, indent)).collect();
        let most = schema.get("maxItems").and_then(Value::as_u64);
        let is_closed = most.is_some_and(|most| u64::try_from(first.len()) == Ok(most));
        if !is_closed && items.as_deref() != Some("never") {
            elements.push(format!("...Array<{}>", items.as_deref().unwrap_or("unknown")));
        }
        format!("[{}]", elements.join(", "))
    }

    fn object(&self, schema: &Map<String, Value>, indent: &str) -> String {
        let others = match schema.get("additionalProperties") {
            Some(Value::Bool(false)) => Some("never".to_owned()),
            Some(schema @ Value::Object(_)) => Some(self.of(schema, indent)),
            _ => None,
        };
        let properties = schema.get("properties").and_then(Value::as_object);
        let Some(properties) = properties.filter(|properties| !properties.is_empty()) else {
            return format!("Record<string, {}>", others.as_deref().unwrap_or("unknown"));
        };
        let required = schema.get("required").and_then(Value::as_array);
        let inner = format!("{indent}  ");
        let mut text = "{\n".to_owned();
        for (name, schema) in properties {
            let is_required = required.is_some_and(|names| names.iter().any(|other| other == name));
            let mark = if is_required { "" } else { "?" };
            let doc = doc_of(schema, &inner);
            let ty = self.of(schema, &inner);
            let _ = writeln!(text, "{doc}{inner}{}{mark}: {ty};", key(name));
        }
        let _ = write!(text, "{indent}}}");
        // Others have a type of their own; but of an index, TypeScript wants that it fits those that are named, too.
        if others.is_some_and(|others| others != "never") {
            text.push_str(" & Record<string, unknown>");
        }
        text
    }
}

fn union(types: impl Iterator<Item = String>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in types.map(|part| enclosed(&part)) {
        if !parts.contains(&part) {
            parts.push(part);
        }
    }
    if parts.iter().any(|part| part == "unknown") {
        return "unknown".to_owned();
    }
    if parts.is_empty() {
        "never".to_owned()
    } else {
        parts.join(" | ")
    }
}

/// Puts intersections and unions into parentheses, unless brackets hold them already.
fn enclosed(part: &str) -> String {
    let mut depth = 0_u32;
    let mut quoted = false;
    let mut escaped = false;
    for character in part.chars() {
        match character {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '{' | '[' | '(' | '<' => depth += 1,
            '}' | ']' | ')' | '>' => depth = depth.saturating_sub(1),
            '|' | '&' if depth == 0 => return format!("({part})"),
            _ => {}
        }
    }
    part.to_owned()
}

/// A value as a type of its own.
fn value(value: &Value) -> String {
    match value {
        Value::Array(values) => {
            let values: Vec<_> = values.iter().map(self::value).collect();
            format!("[{}]", values.join(", "))
        }
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .map(|(name, member)| format!("{}: {}", key(name), self::value(member)))
                .collect();
            format!("{{ {} }}", members.join("; "))
        }
        plain => plain.to_string(),
    }
}

/// What a schema says of itself, as a comment.
pub(super) fn doc_of(schema: &Value, indent: &str) -> String {
    let description = schema.get("description").and_then(Value::as_str);
    description.map_or_else(String::new, |description| doc(description, indent))
}

/// A comment on lines of its own.
pub(super) fn doc(text: &str, indent: &str) -> String {
    let text = text.replace("*/", "*\\/");
    if !text.contains('\n') {
        return format!("{indent}/** {text} */\n");
    }
    let mut doc = format!("{indent}/**\n");
    for line in text.lines() {
        let _ = writeln!(doc, "{}", format!("{indent} * {line}").trim_end());
    }
    let _ = writeln!(doc, "{indent} */");
    doc
}

#[cfg(test)]
mod tests;
