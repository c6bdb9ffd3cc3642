//! `#[projection(..)]`

mod check;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Item, ItemImpl};

use self::model::Model;
use self::parse::ProjectionAttribute;
use crate::diag::Diagnostics;
use crate::paths::Paths;

pub(crate) fn attribute(attribute: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(Item::Impl(block)) => of_block(attribute, &block),
        Ok(other) => {
            let at = match &other {
                Item::Struct(item) => item.struct_token.to_token_stream(),
                Item::Fn(item) => item.sig.to_token_stream(),
                other => other.to_token_stream(),
            };
            let message = "a projection is an `impl` block with a method for each event; put `#[projection(..)]` on that";
            with_error(item, &syn::Error::new_spanned(at, message))
        }
        Err(error) => with_error(item, &error),
    }
}

fn of_block(attribute: TokenStream, item: &ItemImpl) -> TokenStream {
    let diagnostics = Diagnostics::default();
    let attribute = ProjectionAttribute::parse(attribute, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let model = Model::new(item, &attribute, &diagnostics);
    check::model(&model, &attribute, &diagnostics);
    let stripped = parse::without_handler_attributes(item);
    let generated = match diagnostics.into_error() {
        None => expand::projection(&model, &paths),
        Some(errors) => expand::fallback(&model, &paths, &errors),
    };
    // First, so that editors see the block while it is being written.
    quote!(#stripped #generated)
}

/// What the user wrote stays, whatever is wrong with it.
fn with_error(mut item: TokenStream, error: &syn::Error) -> TokenStream {
    item.extend(error.to_compile_error());
    item
}
