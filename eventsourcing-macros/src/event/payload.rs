//! The serde attributes that shape the payload of a variant.
//!
//! The payload is written and read by serde, from a hidden copy of the enum. Of the attributes on the enum and its
//! variants only those are copied that speak of fields: tags and names of variants belong to the user's own
//! `Serialize`, if there is one. Those on fields are copied as they are.

use quote::ToTokens as _;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Path, Token};

use crate::diag::Diagnostics;

const OF_AN_ENUM: [&str; 3] = ["rename_all_fields", "deny_unknown_fields", "bound"];
const OF_A_VARIANT: [&str; 2] = ["rename_all", "bound"];

/// The attributes of an enum that shape payloads.
pub(super) fn of_enum(attributes: &[Attribute], diagnostics: &Diagnostics) -> Vec<Meta> {
    let mut found = read(attributes, diagnostics);
    found.retain(|meta| OF_AN_ENUM.iter().any(|key| meta.path().is_ident(key)));
    found
}

/// The attributes of a variant that shape its payload.
pub(super) fn of_variant(attributes: &[Attribute], diagnostics: &Diagnostics) -> Vec<Meta> {
    let mut found = read(attributes, diagnostics);
    for meta in &found {
        let path = meta.path();
        if ["with", "serialize_with", "deserialize_with"]
            .iter()
            .any(|key| path.is_ident(key))
        {
            let key = path.to_token_stream();
            let message =
                format!("`{key}` on a variant would not shape its stored payload; put it on a field");
            diagnostics.error(path, message);
        }
    }
    found.retain(|meta| OF_A_VARIANT.iter().any(|key| meta.path().is_ident(key)));
    found
}

/// The attributes that shape the payload of a variant if it is written as a struct.
pub(super) fn of_struct(of_enum: &[Meta], of_variant: &[Meta]) -> Vec<Meta> {
    let has_its_own = of_variant.iter().any(|meta| meta.path().is_ident("rename_all"));
    let of_enum = of_enum.iter().filter_map(|meta| {
        let is_for_all = meta.path().is_ident("rename_all_fields");
        if is_for_all && has_its_own {
            return None;
        }
        let mut meta = meta.clone();
        if is_for_all {
            *path_of(&mut meta) = syn::parse_quote!(rename_all);
        }
        Some(meta)
    });
    let all = of_enum.chain(of_variant.iter().cloned());
    all.filter(|meta| !meta.path().is_ident("bound")).collect()
}

fn path_of(meta: &mut Meta) -> &mut Path {
    match meta {
        Meta::Path(path) => path,
        Meta::List(list) => &mut list.path,
        Meta::NameValue(pair) => &mut pair.path,
    }
}

fn read(attributes: &[Attribute], diagnostics: &Diagnostics) -> Vec<Meta> {
    let serde = attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("serde"));
    let lists = serde.filter_map(|attribute| {
        diagnostics.ok(attribute.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated))
    });
    lists.flatten().collect()
}
