use eventsourcing::service::ServiceDescription;
use serde_json::{Value, json};

use super::Types;
use crate::typescript::names::Names;

fn of(schema: &Value) -> String {
    let mut service = ServiceDescription::default();
    for name in ["Colour", "Problem", "a/b"] {
        service.definitions.insert(name.to_owned(), json!({}));
    }
    Types::new(&Names::of(&service)).of(schema, "")
}

#[test]
fn each_schema_is_this_type() {
    for (schema, ty) in [
        (json!({}), "unknown"),
        (json!(true), "unknown"),
        (json!(false), "never"),
        (json!({ "type": "integer", "minimum": 0 }), "number"),
        (json!({ "type": ["string", "null"] }), "string | null"),
        (json!({ "const": "a\"b" }), r#""a\"b""#),
        (json!({ "enum": ["a", 1, null] }), r#""a" | 1 | null"#),
        (
            json!({ "type": "array", "items": { "type": ["string", "null"] } }),
            "Array<string | null>",
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }, { "type": "number" }], "minItems": 2, "maxItems": 2 }),
            "[string, number]",
        ),
        (
            json!({ "type": "array", "prefixItems": [{ "type": "string" }], "items": { "type": "number" } }),
            "[string, ...Array<number>]",
        ),
        (json!({ "type": "object" }), "Record<string, unknown>"),
        (
            json!({ "type": "object", "additionalProperties": false }),
            "Record<string, never>",
        ),
        (
            json!({ "type": "object", "additionalProperties": { "type": "boolean" } }),
            "Record<string, boolean>",
        ),
        (
            json!({ "anyOf": [{ "$ref": "#/$defs/Colour" }, { "type": "null" }] }),
            "Colour | null",
        ),
        (
            json!({ "oneOf": [{ "const": "a" }, { "const": "a" }, { "const": "b" }] }),
            r#""a" | "b""#,
        ),
        (
            json!({ "allOf": [{ "$ref": "#/$defs/Colour" }, { "type": ["string", "null"] }] }),
            "Colour & (string | null)",
        ),
        (json!({ "anyOf": [{ "type": "string" }, {}] }), "unknown"),
    ] {
        assert_eq!(of(&schema), ty, "{schema}");
    }
}

#[test]
fn what_is_called_like_something_of_the_client_gets_another_name() {
    assert_eq!(of(&json!({ "$ref": "#/$defs/Problem" })), "Problem_");
    assert_eq!(of(&json!({ "$ref": "#/$defs/a~1b" })), "a_b");
}

#[test]
fn members_are_written_line_by_line_with_what_is_said_of_them() {
    let schema = json!({
        "type": "object",
        "properties": {
            "a-b": { "type": "string", "description": "Ends a comment: */" },
            "inner": { "type": "object", "properties": { "x": { "type": "number" } }, "required": ["x"] },
        },
        "required": ["inner"],
        "additionalProperties": { "type": "number" },
    });
    let expected = r#"{
  /** Ends a comment: *\/ */
  "a-b"?: string;
  inner: {
    x: number;
  };
} & Record<string, unknown>"#;
    assert_eq!(of(&schema), expected);
}
