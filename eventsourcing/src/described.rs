//! What the macros write about JSON Schemas. They cannot see the features of this crate, so they write it into these macros, which
//! drop it without the feature `schema`.

/// An event type, with the schema of a type that stands for its payload.
///
/// What defines that type follows: names for the types of its fields, and the type itself, whose derive needs the prelude. These names
/// come first, so that nothing of the prelude is taken for them.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_payload {
    ($event_type:expr, $payload:ty $(, { $($names:item)* } $definition:item)?) => {
        $event_type.with_schema(|generator| {
            $($($names)*)?
            {
                $(
                    #[allow(unused_imports, reason = "nearly everybody has it anyway")]
                    use ::core::prelude::rust_2024::*;
                    $definition
                )?
                #[allow(unused_imports, reason = "not used if there is a schema")]
                use $crate::__private::Unknown as _;
                <$crate::__private::Known<$payload>>::schema(generator)
            }
        })
    };
}

/// An event type.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_payload {
    ($event_type:expr, $($payload:tt)*) => {
        $event_type
    };
}

/// A method of `impl Command`.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_command {
    () => {
        fn schema(
            generator: &mut $crate::__private::schemars::SchemaGenerator,
        ) -> $crate::__private::Option<$crate::__private::schemars::Schema> {
            #[allow(unused_imports, reason = "not used if there is a schema")]
            use $crate::__private::Unknown as _;
            <$crate::__private::Known<Self>>::schema(generator)
        }
    };
}

/// Nothing.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_command {
    () => {};
}
