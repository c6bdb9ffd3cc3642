//! The types of `#[stream]` fields: a key, or an `Option` or a `Vec` of keys.
//!
//! They are told apart by how they are written: a projection to the key type in the header of an impl
//! makes the compiler see overlaps that are not there.

use quote::ToTokens;
use syn::{GenericArgument, PathArguments, Type};

/// How many keys a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Container {
    /// `K`
    One,
    /// `Option<K>`
    Option,
    /// `Vec<K>`
    Vec,
}

/// Takes the key type out of the type of a field.
pub(crate) fn split(ty: &Type) -> (Container, &Type) {
    let Type::Path(path) = ungrouped(ty) else {
        return (Container::One, ty);
    };
    let Some(last) = path.path.segments.last() else {
        return (Container::One, ty);
    };
    let PathArguments::AngleBracketed(arguments) = &last.arguments else {
        return (Container::One, ty);
    };
    let container = match last.ident.to_string().as_str() {
        "Option" => Container::Option,
        "Vec" => Container::Vec,
        _ => return (Container::One, ty),
    };
    match (arguments.args.first(), arguments.args.len()) {
        (Some(GenericArgument::Type(key)), 1) => (container, key),
        _ => (Container::One, ty),
    }
}

/// Whether two types are written alike.
pub(crate) fn same(a: &Type, b: &Type) -> bool {
    written(a) == written(b)
}

/// How a type is written, as text.
pub(crate) fn written(ty: &Type) -> String {
    ungrouped(ty).to_token_stream().to_string()
}

/// A type that came through a `macro_rules!` fragment lies in an invisible group.
pub(crate) fn ungrouped(ty: &Type) -> &Type {
    match ty {
        Type::Group(group) => ungrouped(&group.elem),
        _ => ty,
    }
}
