//! `#[derive(Command)]`

mod check;
mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use self::model::Model;
use self::parse::CommandAttribute;
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
    let attribute = CommandAttribute::parse(&input.attrs, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let model = Model::new(input, &attribute, &diagnostics);
    if let Some(model) = &model {
        check::model(model, &attribute, &diagnostics);
    }
    match (model, diagnostics.into_error()) {
        (Some(model), None) => expand::command(&model, &paths),
        (_, errors) => expand::fallback(input, &attribute, &paths, errors),
    }
}
