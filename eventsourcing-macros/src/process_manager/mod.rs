//! `#[process_manager(..)]`

mod check;
mod expand;
mod handler;
mod model;
mod parse;
mod reply;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::{Item, ItemFn, ItemImpl};

use self::model::{Block, Function};
use self::parse::{BlockAttribute, FunctionAttribute};
use crate::diag::Diagnostics;
use crate::paths::Paths;

pub(crate) fn attribute(attribute: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(Item::Fn(function)) => of_function(attribute, &function),
        Ok(Item::Impl(block)) => of_block(attribute, &block),
        Ok(other) => {
            let message = "a process manager is a function, or the `impl` block of a state";
            with_error(item, &syn::Error::new_spanned(first_token(&other), message))
        }
        Err(error) => with_error(item, &error),
    }
}

fn of_function(attribute: TokenStream, item: &ItemFn) -> TokenStream {
    let diagnostics = Diagnostics::default();
    let attribute = FunctionAttribute::parse(attribute, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let model = Function::new(item, &attribute, &diagnostics);
    check::function(&model, &attribute, &diagnostics);
    let generated = match diagnostics.into_error() {
        None => expand::function(&model, &paths),
        Some(errors) if model.is_method() => errors.into_compile_error(),
        Some(errors) => expand::fallback_of_function(item, &paths, &errors),
    };
    let item = parse::without_lints(item);
    // First, so that editors see the function while it is being written.
    quote!(#item #generated)
}

fn of_block(attribute: TokenStream, item: &ItemImpl) -> TokenStream {
    let diagnostics = Diagnostics::default();
    let attribute = BlockAttribute::parse(attribute, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let model = Block::new(item, &attribute, &diagnostics);
    check::block(&model, &attribute, &diagnostics);
    let stripped = parse::without_handler_attributes(item);
    let generated = match diagnostics.into_error() {
        None => expand::block(&model, &paths),
        Some(errors) => expand::fallback_of_block(item, &paths, &errors),
    };
    quote!(#stripped #generated)
}

/// What the user wrote stays, whatever is wrong with it.
fn with_error(mut item: TokenStream, error: &syn::Error) -> TokenStream {
    item.extend(error.to_compile_error());
    item
}

/// What tells the kind of an item, after its attributes and `pub`.
fn first_token(item: &Item) -> TokenStream {
    match item {
        Item::Struct(item) => item.struct_token.to_token_stream(),
        Item::Enum(item) => item.enum_token.to_token_stream(),
        Item::Mod(item) => item.mod_token.to_token_stream(),
        Item::Trait(item) => item.trait_token.to_token_stream(),
        other => other.to_token_stream(),
    }
}
