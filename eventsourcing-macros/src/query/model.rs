use std::collections::HashSet;

use quote::ToTokens;
use syn::{Data, DeriveInput, Fields, Ident, Type};

use super::parse::QueryAttribute;
use crate::diag::Diagnostics;
use crate::{ident, stream_type};

/// A query as the macro sees it.
pub(super) struct Model<'a> {
    pub(super) ident: &'a Ident,
    /// Its name on the wire.
    pub(super) name: String,
    pub(super) result: &'a Type,
    /// The projections that it reads.
    pub(super) of: &'a [Type],
}

impl<'a> Model<'a> {
    pub(super) fn new(
        input: &'a DeriveInput,
        attribute: &'a QueryAttribute,
        diagnostics: &Diagnostics,
    ) -> Option<Self> {
        require_keys(input, attribute, diagnostics);
        if !input.generics.params.is_empty() {
            let message = "a query has no generic parameters, since it is found by its name";
            diagnostics.error(&input.generics.params, message);
        }
        diagnostics.ok(named_fields(input))?;
        let of = attribute.of.value()?;
        projections_are_named_once(of, diagnostics);
        let name = attribute.name.value();
        Some(Self {
            ident: &input.ident,
            name: name.map_or_else(|| ident::text(&input.ident), syn::LitStr::value),
            result: attribute.result.value()?,
            of,
        })
    }
}

fn require_keys(input: &DeriveInput, attribute: &QueryAttribute, diagnostics: &Diagnostics) {
    // After another mistake in the attribute, that may be the key, misspelled.
    if !diagnostics.is_empty() {
        return;
    }
    if attribute.result.key().is_none() {
        let message = "a query says what comes of it; add `#[query(result = Vec<Row>, of(Projection))]`";
        diagnostics.error(&input.ident, message);
    } else if attribute.of.key().is_none() {
        let message =
            "a query names the projections that it reads; add `of(Projection)` to its `#[query(..)]`";
        diagnostics.error(&input.ident, message);
    }
}

fn named_fields(input: &DeriveInput) -> syn::Result<()> {
    let name = ident::text(&input.ident);
    let refuse = |at: &dyn ToTokens| {
        let message =
            format!("a query is a struct with named fields, or with none; write `struct {name} {{ .. }}`");
        Err(syn::Error::new_spanned(at.to_token_stream(), message))
    };
    match &input.data {
        Data::Struct(data) if matches!(data.fields, Fields::Named(_)) => Ok(()),
        Data::Struct(_) => refuse(&input.ident),
        Data::Enum(data) => refuse(&data.enum_token),
        Data::Union(data) => refuse(&data.union_token),
    }
}

fn projections_are_named_once(of: &[Type], diagnostics: &Diagnostics) {
    let mut seen = HashSet::new();
    for projection in of {
        if !seen.insert(stream_type::written(projection)) {
            diagnostics.error(projection, "this is named twice; keep one of them");
        }
    }
}
