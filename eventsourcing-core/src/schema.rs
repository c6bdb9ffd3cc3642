//! JSON Schemas of what is not derived.

use std::fmt;

use schemars::{Schema, SchemaGenerator};

/// Describes a payload, if that is possible.
pub(crate) type Describe = fn(&mut SchemaGenerator) -> Option<Schema>;

/// How the payload of an event type is described. Says nothing about which type it is.
#[derive(Clone, Copy)]
pub(crate) struct PayloadSchema(pub(crate) Describe);

impl PayloadSchema {
    /// It is not described.
    pub(crate) const UNKNOWN: Self = Self(|_| None);
}

impl PartialEq for PayloadSchema {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for PayloadSchema {}

impl fmt::Debug for PayloadSchema {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PayloadSchema")
    }
}

/// A type that is written as text, and perhaps in a form that JSON Schema has a name for.
macro_rules! text_schema {
    ($name:ident $(, $key:literal: $value:literal)*) => {
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::core::stringify!($name).into()
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::core::concat!(::core::module_path!(), "::", ::core::stringify!($name)).into()
            }

            fn json_schema(_: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                ::schemars::json_schema!({ "type": "string" $(, $key: $value)* })
            }
        }
    };
}

pub(crate) use text_schema;
