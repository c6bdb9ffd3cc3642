//! `#[service(..)]` and `#[module(..)]`

mod check;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::Item;

use self::model::Model;
use self::parse::ServiceAttribute;
use crate::diag::Diagnostics;
use crate::paths::Paths;

/// What the attribute makes of a struct.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// All of a program.
    Service,
    /// A part of services.
    Module,
}

pub(crate) fn attribute(kind: Kind, attribute: TokenStream, item: TokenStream) -> TokenStream {
    match syn::parse2(item.clone()) {
        Ok(item) => attribute_on(kind, attribute, &item),
        Err(error) => {
            let mut tokens = item;
            tokens.extend(error.into_compile_error());
            tokens
        }
    }
}

fn attribute_on(kind: Kind, attribute: TokenStream, item: &Item) -> TokenStream {
    let diagnostics = Diagnostics::default();
    let attribute = ServiceAttribute::parse(kind, attribute, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let model = Model::new(kind, item, &attribute, &diagnostics);
    if let Some(model) = &model {
        check::model(model, &attribute, &diagnostics);
    }
    let errors = diagnostics.into_error();
    let generated = match (&model, &errors) {
        (Some(model), None) => expand::service(model, &paths),
        (Some(model), Some(_)) => expand::fallback(model, &paths),
        (None, _) => TokenStream::new(),
    };
    let errors = errors.map(syn::Error::into_compile_error);
    quote::quote!(#item #generated #errors)
}
