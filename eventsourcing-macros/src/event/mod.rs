//! `#[derive(Event)]`

mod check;
mod expand;
mod model;
mod parse;
mod payload;
mod read;
mod stream;
#[cfg(test)]
mod tests;
mod upcast;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use self::parse::{EventAttribute, Place};
use crate::diag::Diagnostics;
use crate::paths::Paths;

pub(crate) fn derive(input: TokenStream) -> TokenStream {
    match syn::parse2(input) {
        Ok(input) => derive_for(&input),
        Err(error) => error.into_compile_error(),
    }
}

fn derive_for(input: &DeriveInput) -> TokenStream {
    let diagnostics = Diagnostics::default();
    let attribute = EventAttribute::parse(&input.attrs, Place::of(&input.data), &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let model = read::event(input, &attribute, &diagnostics);
    if let Some(model) = &model {
        check::model(model, &attribute, &diagnostics);
    }
    match (model, diagnostics.into_error()) {
        (Some(model), None) => expand::event(&model, &paths),
        (_, errors) => {
            let mut tokens = expand::fallback(input, &paths);
            tokens.extend(errors.map(syn::Error::into_compile_error));
            tokens
        }
    }
}
