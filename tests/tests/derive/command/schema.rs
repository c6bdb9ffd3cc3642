//! JSON Schemas describe what is sent.

use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Value, json};

use super::*;

#[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[stream_key(category = "account")]
struct DescribedId(String);

/// Moves money.
#[derive(Command, Serialize, Deserialize, JsonSchema)]
#[command(emits(AccountEvent::Transferred))]
#[serde(rename_all = "camelCase")]
struct Move {
    #[stream]
    from_account: DescribedId,
    amount: u8,
    /// Why.
    #[serde(default)]
    reason: String,
}

#[derive(Command, Serialize, Deserialize)]
#[command(emits(AccountEvent::Transferred))]
struct Undescribed {
    #[stream]
    from: DescribedId,
}

#[derive(Command, Serialize, Deserialize, JsonSchema)]
#[command(emits(AccountEvent::Transferred))]
struct Tagged<T> {
    #[stream]
    from: DescribedId,
    tag: T,
}

fn schema<C: Command>() -> Option<Value> {
    C::schema(&mut SchemaGenerator::default()).map(Value::from)
}

#[test]
fn a_command_is_described_as_it_describes_itself() {
    let amount = json!({ "type": "integer", "format": "uint8", "minimum": 0, "maximum": 255 });
    let expected = json!({
        "type": "object",
        "description": "Moves money.",
        "properties": {
            "fromAccount": { "$ref": "#/$defs/DescribedId" },
            "amount": amount,
            "reason": { "type": "string", "description": "Why.", "default": "" },
        },
        "required": ["fromAccount", "amount"],
    });
    assert_eq!(schema::<Move>(), Some(expected));
}

#[test]
fn a_command_that_does_not_describe_itself_is_not_described() {
    assert_eq!(schema::<Undescribed>(), None);
}

#[test]
fn a_command_with_parameters_is_not_described() {
    assert_eq!(schema::<Tagged<u8>>(), None);
}
