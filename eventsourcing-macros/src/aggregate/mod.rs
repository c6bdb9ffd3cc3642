//! `#[aggregate(..)]`

mod apply;
mod check;
mod command;
mod derives;
mod expand;
mod id;
mod item;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::ToTokens as _;

use self::model::Model;
use self::parse::AggregateAttribute;
use crate::diag::Diagnostics;
use crate::paths::Paths;

pub(crate) fn expand(attribute: TokenStream, item: TokenStream) -> TokenStream {
    let diagnostics = Diagnostics::default();
    let attribute = AggregateAttribute::parse(attribute, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let Some(mut item) = item::parse(item.clone(), &diagnostics) else {
        return with_errors(item, diagnostics);
    };
    let original = item.clone();
    item::strip(&mut item);
    let Some(model) = Model::new(&original, &attribute, &diagnostics) else {
        return with_errors(item.into_token_stream(), diagnostics);
    };
    check::model(&model, &attribute, &diagnostics);
    let generated = expand::aggregate(&model, &paths, diagnostics.into_error());
    quote::quote!(#item #generated)
}

/// What the user wrote stays, whatever is wrong with it.
fn with_errors(mut item: TokenStream, diagnostics: Diagnostics) -> TokenStream {
    item.extend(diagnostics.into_error().map(syn::Error::into_compile_error));
    item
}
