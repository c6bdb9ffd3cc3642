use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator};

/// Knows the schema of `T`, if that has one: then its own function comes before that of [`Unknown`].
#[derive(Debug)]
pub struct Known<T>(PhantomData<T>);

impl<T: JsonSchema> Known<T> {
    /// The schema.
    pub fn schema(generator: &mut SchemaGenerator) -> Option<Schema> {
        Some(T::json_schema(generator))
    }
}

/// What there is without a schema.
pub trait Unknown {
    /// No schema.
    fn schema(_: &mut SchemaGenerator) -> Option<Schema> {
        None
    }
}

impl<T> Unknown for Known<T> {}

/// [`JsonSchema`] as a bound that may turn out not to hold: since it depends on a parameter, the compiler does not look at it before
/// the parameter is known. So a type that derives `JsonSchema` under such bounds has it if its fields have it, and compiles in any case.
pub trait Described<X> {
    /// The same type.
    type Itself: JsonSchema;
}

impl<X, T: JsonSchema> Described<X> for T {
    type Itself = T;
}
