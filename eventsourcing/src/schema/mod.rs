//! What commands and events look like, as [JSON Schemas](https://json-schema.org/draft/2020-12). Feature `schema`.
//!
//! A [`ServiceDescription`](crate::service::ServiceDescription) has a schema for each command and each event whose parts have one.
//! Numbers, texts and collections do; a type of your own does with [`JsonSchema`], which is that of the crate `schemars`. What has no
//! schema is any JSON.
//!
//! | | is described |
//! |---|---|
//! | a variant of an event enum | if all its fields are [`JsonSchema`] |
//! | a struct event | by its own [`JsonSchema`], as it is written by its own `Serialize` |
//! | a command | by its own [`JsonSchema`] |
//! | a command that `#[aggregate]` writes | if all its fields are [`JsonSchema`]; by its own, if you write or derive one |
//! | an id that `#[aggregate]` writes | as what it wraps |
//! | a query | by its own [`JsonSchema`], and that of its result |
//! | a command of a [`CommandHandler`](crate::wire::CommandHandler) of your own | as that says |
//!
//! With `#[derive(JsonSchema)]` on an event enum, the compiler says which field has no schema, and `#[schemars(..)]` shapes those of its
//! fields. Not described are events with type parameters, those with a codec of their own, and commands with type parameters.
//!
//! ```
//! use eventsourcing::prelude::*;
//! use eventsourcing::schema::JsonSchema;
//! use serde_json::json;
//!
//! #[derive(StreamKey, Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
//! #[stream_key(category = "account")]
//! pub struct AccountId(String);
//!
//! #[derive(Event)]
//! #[event(prefix = "account")]
//! pub enum AccountEvent {
//!     /// Somebody has paid in.
//!     Deposited { #[stream] account: AccountId, amount: u32 },
//! }
//!
//! #[derive(Command, Serialize, Deserialize, JsonSchema)]
//! #[command(emits(AccountEvent))]
//! pub struct Deposit { #[stream] account: AccountId, amount: u32 }
//! # impl CommandLogic for Deposit {
//! #     type Error = std::convert::Infallible;
//! #     fn handle(&self, _: &DepositState, cx: &mut Decide<Self>) -> Result<(), Self::Error> {
//! #         emit!(cx, AccountEvent::Deposited { account: self.account.clone(), amount: self.amount });
//! #         Ok(())
//! #     }
//! # }
//!
//! #[service(commands(Deposit))]
//! pub struct Bank;
//!
//! let bank = Bank::describe();
//! let amount = json!({ "type": "integer", "format": "uint32", "minimum": 0 });
//! assert_eq!(
//!     bank.events[0].schema,
//!     Some(json!({
//!         "type": "object",
//!         "description": "Somebody has paid in.",
//!         "properties": { "account": { "$ref": "#/$defs/AccountId" }, "amount": amount },
//!         "required": ["account", "amount"],
//!     })),
//! );
//! assert_eq!(bank.definitions["AccountId"], json!({ "type": "string" }));
//! ```
//!
//! # Contract
//! A schema describes everything that the program reads: a field with `#[serde(default)]` may be missing, in a command that arrives as
//! in an event that was stored before there was the field. Events of an older version look as they did then.

pub(crate) mod known;

/// The whole crate: for `#[schemars(crate = "eventsourcing::schema::schemars")]` where it is no dependency of its own.
#[doc(no_inline)]
pub use schemars;
#[doc(no_inline)]
pub use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
