//! `#[derive(Query)]`

mod expand;
mod model;
mod parse;
#[cfg(test)]
mod tests;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use self::model::Model;
use self::parse::QueryAttribute;
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
    let attribute = QueryAttribute::parse(&input.attrs, &diagnostics);
    let paths = Paths::new(attribute.facade.value().cloned());
    let model = Model::new(input, &attribute, &diagnostics);
    match (model, diagnostics.into_error()) {
        (Some(model), None) => expand::query(&model, &paths),
        (_, errors) => expand::fallback(input, &attribute, &paths, errors),
    }
}
