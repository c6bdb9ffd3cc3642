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

/// A method of `impl Command`. The command describes itself; if it does not, a type that stands for it does, if there is one.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_command {
    ($($payload:ty, { $($names:item)* } $definition:item)?) => {
        fn schema(
            generator: &mut $crate::__private::schemars::SchemaGenerator,
        ) -> $crate::__private::Option<$crate::__private::schemars::Schema> {
            $($($names)*)?
            {
                $(
                    #[allow(unused_imports, reason = "nearly everybody has it anyway")]
                    use ::core::prelude::rust_2024::*;
                    $definition
                )?
                #[allow(unused_imports, reason = "not used if there is a schema")]
                use $crate::__private::Unknown as _;
                <$crate::__private::Known<Self>>::schema(generator)
                    $(.or_else(|| <$crate::__private::Known<$payload>>::schema(generator)))?
            }
        }
    };
}

/// Nothing.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_command {
    ($($payload:tt)*) => {};
}

/// A schema for an id: that of what it wraps, or any JSON.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_id {
    ($id:ident, $inner:ty) => {
        #[automatically_derived]
        impl $crate::__private::schemars::JsonSchema for $id {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::stringify!($id))
            }

            fn schema_id() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(::core::concat!(
                    ::core::module_path!(),
                    "::",
                    ::core::stringify!($id)
                ))
            }

            fn json_schema(
                generator: &mut $crate::__private::schemars::SchemaGenerator,
            ) -> $crate::__private::schemars::Schema {
                #[allow(unused_imports, reason = "not used if there is a schema")]
                use $crate::__private::Unknown as _;
                <$crate::__private::Known<$inner>>::schema(generator)
                    .unwrap_or_else(|| $crate::__private::From::from(true))
            }
        }
    };
}

/// Nothing.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_id {
    ($($id:tt)*) => {};
}

/// Methods of `impl Query`, for a query whose result is of this type.
#[cfg(feature = "schema")]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_query {
    ($result:ty) => {
        fn schema(
            generator: &mut $crate::__private::schemars::SchemaGenerator,
        ) -> $crate::__private::Option<$crate::__private::schemars::Schema> {
            #[allow(unused_imports, reason = "not used if there is a schema")]
            use $crate::__private::Unknown as _;
            <$crate::__private::Known<Self>>::schema(generator)
        }

        fn result_schema(
            generator: &mut $crate::__private::schemars::SchemaGenerator,
        ) -> $crate::__private::Option<$crate::__private::schemars::Schema> {
            #[allow(unused_imports, reason = "not used if there is a schema")]
            use $crate::__private::Unknown as _;
            <$crate::__private::Known<$result>>::schema(generator)
        }
    };
}

/// Nothing.
#[cfg(not(feature = "schema"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __describe_query {
    ($result:ty) => {};
}
